//! Corrects IDL by the fixes that diagnostics carry. Pure: texts in, texts out.
//!
//! [`fix()`] works in rounds: it checks, applies the fixes, and checks again, because one correction can reveal
//! the next error. [`apply`] is one round.

use crate::check::{Checked, check, check_up_to};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::read::ReadSource;
use crate::source::{Source, Sources};
use crate::span::FileId;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

/// The maximum number of rounds.
const MAX_ROUNDS: usize = 50;

/// How many errors and warnings a round gets to see.
const MAX_SEEN: usize = 1_000;

/// The result of [`fix()`].
#[derive(Clone, Debug)]
pub struct Fixed {
    /// The remaining diagnostics, and the corrected texts.
    pub checked: Checked,
    /// The files whose texts changed, in the order of their paths.
    pub files: Vec<FixedFile>,
}

/// A file that was corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedFile {
    /// The path under which it was read.
    pub path: String,
    /// Its text before.
    pub before: String,
    /// Its text now.
    pub text: String,
    /// How many errors were corrected.
    pub errors: usize,
    /// How many warnings were corrected.
    pub warnings: usize,
}

/// Checks the files and what they include, and applies all certain corrections in every file for which
/// `may_change` gives `true` of its path. A file whose bytes are not UTF-8 stays as it is.
pub fn fix(
    files: &[PathBuf],
    include_dirs: &[PathBuf],
    reader: &dyn ReadSource,
    may_change: &dyn Fn(&str) -> bool,
) -> Fixed {
    let mut overlay = Overlay { reader, texts: HashMap::new() };
    let mut fixed: BTreeMap<String, FixedFile> = BTreeMap::new();
    for _ in 0..MAX_ROUNDS {
        let checked = check_up_to(MAX_SEEN, files, include_dirs, &overlay);
        let may = |source: &Source| may_change(source.path()) && overlay.is_exact(source);
        let round = apply(&checked.diagnostics, &checked.sources, &may);
        if round.is_empty() {
            break;
        }
        for Applied { file, text, errors, warnings } in round {
            let Some(source) = checked.sources.file(file) else { continue };
            let Ok(identity) = reader.identity(Path::new(source.path())) else { continue };
            let entry = fixed.entry(source.path().to_owned()).or_insert_with(|| FixedFile {
                path: source.path().to_owned(),
                before: source.text().to_owned(),
                text: String::new(),
                errors: 0,
                warnings: 0,
            });
            entry.errors += errors;
            entry.warnings += warnings;
            entry.text.clone_from(&text);
            overlay.texts.insert(identity, text);
        }
    }
    let files_fixed = fixed.into_values().filter(|file| file.before != file.text).collect();
    Fixed { checked: check(files, include_dirs, &overlay), files: files_fixed }
}

/// What one round made of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The file.
    pub file: FileId,
    /// Its text now.
    pub text: String,
    /// How many errors were corrected.
    pub errors: usize,
    /// How many warnings were corrected.
    pub warnings: usize,
}

/// Applies the fixes of the diagnostics, those of one diagnostic together or not at all. Where two diagnostics want to
/// change the same place, the first is applied and the other is left for the next round. Files for which `may_change` is
/// `false` stay as they are. The files that changed, by id.
pub fn apply(diagnostics: &[Diagnostic], sources: &Sources, may_change: &dyn Fn(&Source) -> bool) -> Vec<Applied> {
    let mut allowed: HashMap<FileId, bool> = HashMap::new();
    let mut edits: BTreeMap<FileId, Edits<'_>> = BTreeMap::new();
    for diagnostic in diagnostics {
        let fixes = diagnostic.fixes();
        let fits = |fix: &Fix| {
            let Some(source) = sources.file(fix.span.file) else { return false };
            *allowed.entry(fix.span.file).or_insert_with(|| may_change(source))
                && source.text().get(fix.span.start as usize..fix.span.end as usize).is_some()
        };
        if fixes.is_empty() || !fixes.iter().all(fits) {
            continue;
        }
        let mut taken: Vec<&Fix> = Vec::new();
        for fix in fixes {
            if !edits.entry(fix.span.file).or_default().take(fix) {
                break;
            }
            taken.push(fix);
        }
        if taken.len() < fixes.len() {
            for fix in taken {
                edits.entry(fix.span.file).or_default().by_start.remove(&fix.span.start);
            }
            continue;
        }
        let Some(counts) = fixes.first().and_then(|fix| edits.get_mut(&fix.span.file)) else { continue };
        match diagnostic.severity() {
            Severity::Error => counts.errors += 1,
            Severity::Warning => counts.warnings += 1,
        }
    }
    let applied = |(file, edits): (FileId, Edits<'_>)| {
        let before = sources.file(file)?.text();
        let text = edits.text(before);
        (text != before).then_some(Applied { file, text, errors: edits.errors, warnings: edits.warnings })
    };
    edits.into_iter().filter_map(applied).collect()
}

/// What is to change in one file. No two overlap or start at one place.
#[derive(Default)]
struct Edits<'a> {
    by_start: BTreeMap<u32, &'a Fix>,
    errors: usize,
    warnings: usize,
}

impl<'a> Edits<'a> {
    /// Takes one more, unless its place is taken.
    fn take(&mut self, fix: &'a Fix) -> bool {
        let before = self.by_start.range(..fix.span.start).next_back();
        let behind = self.by_start.range(fix.span.start..).next();
        let free = before.is_none_or(|(_, other)| other.span.end <= fix.span.start)
            && behind.is_none_or(|(start, _)| *start >= fix.span.end && *start > fix.span.start);
        if free {
            self.by_start.insert(fix.span.start, fix);
        }
        free
    }

    fn text(&self, before: &str) -> String {
        let mut out = String::with_capacity(before.len());
        let mut at = 0;
        for fix in self.by_start.values() {
            out.push_str(before.get(at..fix.span.start as usize).unwrap_or_default());
            out.push_str(&fix.replacement);
            at = fix.span.end as usize;
        }
        out.push_str(before.get(at..).unwrap_or_default());
        out
    }
}

/// Texts that were corrected, over those that the reader has.
struct Overlay<'a> {
    reader: &'a dyn ReadSource,
    texts: HashMap<PathBuf, String>,
}

impl Overlay<'_> {
    /// Whether the text is what the file holds, byte for byte.
    fn is_exact(&self, source: &Source) -> bool {
        self.read(Path::new(source.path())).is_ok_and(|bytes| bytes == source.text().as_bytes())
    }
}

impl ReadSource for Overlay<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.texts.get(&self.identity(path)?) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.reader.read(path),
        }
    }

    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        self.reader.identity(path)
    }
}

/// How many fixes the diagnostics carry for files that `may_change` excludes, by path.
pub fn left_alone(checked: &Checked, may_change: &dyn Fn(&str) -> bool) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for diagnostic in &checked.diagnostics {
        let files: HashSet<FileId> = diagnostic.fixes().iter().map(|fix| fix.span.file).collect();
        for source in files.into_iter().filter_map(|file| checked.sources.file(file)) {
            if !may_change(source.path()) {
                *found.entry(source.path().to_owned()).or_default() += 1;
            }
        }
    }
    found
}
