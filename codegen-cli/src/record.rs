//! `volplane.lock`: the state of a project after the last update.
//!
//! The lines are independent and sorted, so that a diff shows what has changed, and git's `merge=union`
//! joins two branches that both updated. What such a join leaves behind (doubles, stale lines) is put up with by the reader
//! and gone after the next run.

mod read;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sha1::{Digest, Sha1};
use volplane_edit::newlines::Newlines;

use crate::project_path::ProjectPath;
use crate::version::Version;
pub(crate) use read::RecordError;

/// The file's name, beside volplane.toml.
pub(crate) const FILE: &str = "volplane.lock";

/// What was made, and from what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// The files that volplane made, by their paths; those that the user has removed since, too.
    pub(crate) files: BTreeMap<ProjectPath, Made>,
    /// Those of them that nothing makes any more and the user has changed: should they be wanted again, they are merged.
    pub(crate) unused: BTreeSet<ProjectPath>,
    /// What generated code was compiled from, by the path of the code: the compiler is not run for the same again.
    pub(crate) inputs: BTreeMap<ProjectPath, Fingerprint>,
    /// The services' traits, by their full paths.
    pub(crate) traits: BTreeMap<String, TraitRecord>,
    /// What was wrong with the text that this was read from.
    pub(crate) damage: Option<Damage>,
}

/// What has become of volplane.lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Damage {
    /// Lines are missing: the files that they were about are not in the record.
    Cut,
    /// Git's conflict markers are in it; both sides were read.
    Markers,
}

/// A file that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Made {
    /// volplane's own, with the print of what was written.
    Overwrite(Fingerprint),
    /// Both sides', with the text that the next merge starts from: one for each branch, where branches were joined.
    Merge(Vec<String>),
    /// The user's; with its fingerprint as long as it is unmodified.
    Skip(Option<Fingerprint>),
}

/// The methods of a service's trait, by their identifiers.
pub(crate) type TraitRecord = BTreeMap<String, MethodRecord>;

/// A method's signature.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MethodRecord {
    /// In the order of the IDL.
    pub(crate) arguments: Vec<ArgumentRecord>,
    /// The type that it returns.
    pub(crate) output: String,
    /// Its comment in the IDL.
    pub(crate) doc: Option<String>,
}

/// An argument of a method.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ArgumentRecord {
    /// Its field id in the IDL, which earlier versions did not keep.
    pub(crate) id: Option<i32>,
    /// Its identifier in Rust.
    pub(crate) ident: String,
    /// Its type.
    pub(crate) ty: String,
}

/// A text's SHA-1, as git tells texts apart; newlines and byte order mark don't count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fingerprint(String);

impl Fingerprint {
    /// The print of a text.
    pub(crate) fn of(text: &str) -> Self {
        let digest = Sha1::digest(Newlines::of(text).plain(text).as_bytes());
        let mut text = String::with_capacity(40);
        for byte in digest {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// Its beginning, which tells the few bases of one file apart.
    fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

impl Made {
    /// Whether this text is unmodified, as far as the record says.
    pub(crate) fn is(&self, text: &str) -> bool {
        match self {
            Self::Overwrite(print) | Self::Skip(Some(print)) => Fingerprint::of(text) == *print,
            Self::Merge(bases) => {
                let text = Newlines::of(text).plain(text);
                bases.iter().any(|base| *base == text)
            }
            Self::Skip(None) => false,
        }
    }
}

impl Record {
    /// Reads the text of volplane.lock.
    ///
    /// # Errors
    /// When a line is none that this version knows.
    pub(crate) fn parse(text: &str) -> Result<Self, RecordError> {
        read::record(text)
    }

    /// The text of volplane.lock.
    pub(crate) fn text(&self) -> String {
        write::text(self)
    }
}

/// The version of volplane that wrote a volplane.lock; where two branches were joined, the older one of theirs.
pub(crate) fn written_by(text: &str) -> Option<Version> {
    text.lines().filter_map(|line| line.strip_prefix("volplane ")).map(|version| Version::new(version.trim())).min()
}

/// A path as one word.
fn word(path: &str) -> String {
    path.replace('%', "%25").replace(' ', "%20").replace('\n', "%0A").replace('\r', "%0D")
}

/// The path that [`word`] made a word of.
fn unword(word: &str) -> String {
    word.replace("%0D", "\r").replace("%0A", "\n").replace("%20", " ").replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn sample() -> Record {
        let argument = |id, ident: &str, ty: &str| ArgumentRecord { id, ident: ident.into(), ty: ty.into() };
        let method = |ty: &str| MethodRecord {
            arguments: vec![
                argument(Some(2), "req", ty),
                argument(Some(-1), "r#type", "::pilota::AHashMap<i32, i32>"),
                argument(None, "old", "[u8; 16]"),
            ],
            output: "::core::result::Result<(), ::volo_thrift::ServerError>".into(),
            doc: Some("Says the same.\n\nAlways.".into()),
        };
        let none = MethodRecord { arguments: vec![], output: "()".into(), doc: None };
        let echo = BTreeMap::from([("echo".into(), method("a::b::Request")), ("ping".into(), none)]);
        Record {
            damage: None,
            files: BTreeMap::from([
                ("cmd/a b.rs".into(), Made::Merge(vec!["one\n\n  two %20\nlast".into()])),
                ("cmd/empty.rs".into(), Made::Merge(vec![String::new()])),
                ("cmd/echo.rs".into(), Made::Skip(Some(Fingerprint::of("x")))),
                ("cmd/mine.rs".into(), Made::Skip(None)),
                ("generated/lib.rs".into(), Made::Overwrite(Fingerprint::of("y"))),
            ]),
            unused: BTreeSet::from(["cmd/mine.rs".into()]),
            inputs: BTreeMap::from([("generated/lib.rs".into(), Fingerprint::of("z"))]),
            traits: BTreeMap::from([("a::b::Echo".into(), echo), ("a::b::Nothing".into(), BTreeMap::new())]),
        }
    }

    #[test]
    fn what_is_written_is_read() -> Result<(), RecordError> {
        insta::assert_snapshot!(sample().text());
        assert_eq!(Record::parse(&sample().text())?, sample());
        assert_eq!(Record::parse("")?, Record::default());
        Ok(())
    }

    #[test]
    fn newlines_leave_no_print() {
        assert_eq!(Fingerprint::of("a\nb\n"), Fingerprint::of("\u{feff}a\r\nb\r\n"));
        assert_ne!(Fingerprint::of("a\nb\n"), Fingerprint::of("a\nb"));
    }

    #[test]
    fn doubles_and_conflict_markers_are_put_up_with() -> Result<(), RecordError> {
        let text = sample().text();
        let doubled: String = text.lines().flat_map(|line| [line, "\n", line, "\n"]).collect();
        let doubled = Record::parse(&doubled.replace("volplane ", "<<<<<<< a\nvolplane "))?;
        assert_eq!(doubled.files.len(), sample().files.len());
        assert_eq!(doubled.traits, sample().traits);
        Ok(())
    }

    #[test]
    fn of_two_branches_both_bases_are_kept() -> Result<(), RecordError> {
        let with = |base: &str| Record {
            files: BTreeMap::from([("a.rs".into(), Made::Merge(vec![base.to_owned()]))]),
            ..Record::default()
        };
        let (one, two) = (with("a\nb\nc\n").text(), with("a\nc\nd\n").text());
        // As merge=union does: the lines of the one, then those of the other.
        let base = |text: &str| {
            text.lines().filter(|line| line.starts_with("base ")).fold(String::new(), |all, line| all + line + "\n")
        };
        let joined = format!("file a.rs merge\n{}{}", base(&one), base(&two));
        let Some(Made::Merge(mut bases)) = Record::parse(&joined)?.files.remove("a.rs") else { return Ok(()) };
        bases.sort();
        assert_eq!(bases, ["a\nb\nc\n", "a\nc\nd\n"]);
        Ok(())
    }

    #[test]
    fn what_git_shows_of_before_both_branches_counts_for_nothing() -> Result<(), RecordError> {
        let text = "file x merge\n<<<<<<< A\nbase x 3f786850 |a\n||||||| 0\nbase x 0 |o\nmethod a::B c () -> ()\n=======\n>>>>>>> B\n";
        let record = Record::parse(text)?;
        assert_eq!(record.files["x"], Made::Merge(vec!["a\n".to_owned()]));
        assert!(record.traits.is_empty());
        Ok(())
    }

    #[test]
    fn a_truncated_lock_is_reported_and_files_without_a_base_are_unknown() -> Result<(), RecordError> {
        let text = sample().text();
        assert_eq!(Record::parse(&text)?.damage, None);
        // Anywhere behind the first file with a text.
        let first = text.find(" merge\n").map_or(0, |place| place + 7);
        for (end, _) in text.char_indices().filter(|(end, _)| *end > first) {
            let cut = text.get(..end).unwrap_or_default();
            let record = Record::parse(cut)?;
            assert_eq!(record.damage, Some(Damage::Cut), "{cut}");
            let is_known = |(path, made): (&ProjectPath, &Made)| sample().files.get(path) == Some(made);
            assert!(record.files.iter().all(is_known), "{cut}");
        }
        assert_eq!(Record::parse("<<<<<<< a\n=======\n>>>>>>> b\n")?.damage, Some(Damage::Markers));
        Ok(())
    }

    #[test]
    fn of_two_owners_the_user_is_the_one() -> Result<(), RecordError> {
        for text in
            ["file x overwrite a\nfile x skip a\n", "file x skip a\nfile x skip\n", "file x skip a\nfile x skip b\n"]
        {
            assert_eq!(Record::parse(text)?.files["x"], Made::Skip(None), "{text}");
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn any_text_is_a_record_or_refused(lines in vec(any_line(), 0..20)) {
            if let Ok(record) = Record::parse(&lines.join("\n")) {
                let text = record.text();
                prop_assert_eq!(Record::parse(&text).map(|record| record.text()).map_err(|error| error.to_string()), Ok(text));
            }
        }

        #[test]
        fn what_is_written_is_read_whatever_the_texts(files in btree_map("[a-c %/]{1,4}[x]", any_made(), 0..4)) {
            let files = files.into_iter().filter_map(|(path, made)| Some((ProjectPath::new(path).ok()?, made))).collect();
            let record = Record { files, ..Record::default() };
            prop_assert_eq!(Record::parse(&record.text()).map_err(|error| error.to_string()), Ok(record));
        }
    }

    /// Lines as volplane and git write them, and damaged ones.
    fn any_line() -> impl Strategy<Value = String> {
        let words = [
            "file",
            "base",
            "trait",
            "method",
            "x",
            "a::B",
            "merge",
            "skip",
            "overwrite",
            "|a",
            "$b",
            "(",
            ")",
            "->",
            "x: i32,",
            "<",
            "=======",
            "<<<<<<< a",
            "||||||| o",
            "%0A",
            "volplane",
        ];
        prop_oneof![vec(select(words.to_vec()), 0..7).prop_map(|words| words.join(" ")), any::<String>()]
    }

    fn any_made() -> impl Strategy<Value = Made> {
        let text = "[ab\n \u{e9}]{0,8}";
        prop_oneof![
            text.prop_map(|text| Made::Merge(vec![text])),
            text.prop_map(|text| Made::Overwrite(Fingerprint::of(&text))),
            proptest::option::of(text).prop_map(|text| Made::Skip(text.as_deref().map(Fingerprint::of))),
        ]
    }

    #[test]
    fn a_method_with_two_memories_is_forgotten() -> Result<(), RecordError> {
        let text =
            "method a::Echo echo (x: i32) -> ()\nmethod a::Echo echo (x: i64) -> ()\nmethod a::Echo two () -> ()\n";
        let record = Record::parse(text)?;
        assert_eq!(record.traits["a::Echo"].keys().collect::<Vec<_>>(), ["two"]);
        Ok(())
    }

    #[test]
    fn what_is_no_record_is_refused_with_its_line() {
        for text in ["\n\nnonsense\n", "file\n", "file x someday\n", "method a::B c\n", "base x\n", "file ../x skip\n"]
        {
            let error = Record::parse(text).map_err(|error| error.to_string());
            assert!(error.as_ref().is_err_and(|text| text.contains("volplane.lock:")), "{text:?}: {error:?}");
        }
    }

    #[test]
    fn of_two_branches_the_older_version_has_written_it() {
        let written_by = |text: &str| written_by(text).map(|version| version.to_string());
        assert_eq!(written_by("# x\r\nvolplane 0.10.0\r\nvolplane 0.9.2\r\n"), Some("0.9.2".to_owned()));
        assert_eq!(written_by("file x skip\n"), None);
    }

    #[test]
    fn a_newer_record_is_refused() {
        let error = Record::parse("volplane 999.0.0\n").map_err(|error| error.to_string());
        assert!(error.is_err_and(|text| text.contains("999.0.0")));
    }
}
