//! Three-way merges of whole files: what the user changed and what volplane changed, against the text that both began with.

mod choose;
mod duplicates;
mod fine;
mod order;
mod rust;
mod spacing;
mod toml;

use diffy::{ConflictStyle, IncompleteHunkStyle, MergeOptions};

use crate::newlines::Newlines;
use order::{items_within, line_by_line, without_order};

/// A merge, done as far as it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The text; where both sides changed the same lines, it has both, between git's markers.
    pub text: String,
    /// The lines of the opening markers, counted from 1.
    pub conflicts: Vec<usize>,
}

impl Merged {
    fn empty() -> Self {
        Self { text: String::new(), conflicts: Vec::new() }
    }

    /// Adds the lines of both sides, between git's markers.
    fn push_conflict(&mut self, yours: &str, ours: &str) {
        let end = |text: &str| if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        self.conflicts.push(self.text.matches('\n').count() + 1);
        let sides = format!("<<<<<<< yours\n{yours}{}=======\n{ours}{}>>>>>>> volplane\n", end(yours), end(ours));
        self.text.push_str(&sides);
    }
}

/// Merges two texts of the file at `path` as its language wants it; as [`merge`], which is for all other files.
///
/// - TOML is merged table by table and key by key. The user's comments and order stay.
/// - Rust is merged line by line. Another spacing alone, as rustfmt makes it, is no change.
///
/// Where both sides are fine, the result is, or it has conflicts: no key and no name stands twice.
pub fn merge_file(path: &str, base: &str, yours: &str, ours: &str) -> Merged {
    let merge = match path.rsplit_once('.') {
        Some((_, "toml")) => toml::merge,
        Some((_, "rs")) => rust::merge,
        _ => merge_lines,
    };
    with_plain_newlines(yours, |yours| merge(base, yours, ours))
}

/// Merges `yours`, the user's text, with `ours`, what volplane would write now; both come from `base`.
///
/// `base` and `ours` have plain newlines; the result has those of `yours`. Lines whose order does not matter (`mod`, `use`,
/// entries of a manifest) that both sides have put at one place stay side by side instead of being a conflict.
pub fn merge(base: &str, yours: &str, ours: &str) -> Merged {
    with_plain_newlines(yours, |yours| merge_lines(base, yours, ours))
}

fn with_plain_newlines(yours: &str, merge: impl Fn(&str) -> Merged) -> Merged {
    let newlines = Newlines::of(yours);
    let merged = merge(&newlines.plain(yours));
    Merged { text: newlines.restore(merged.text), conflicts: merged.conflicts }
}

/// The merge of plain texts.
fn merge_lines(base: &str, yours: &str, ours: &str) -> Merged {
    let marker = marker_length(&[base, yours, ours]);
    let mut options = MergeOptions::new();
    options
        .set_conflict_marker_length(marker)
        .set_conflict_style(ConflictStyle::Diff3)
        .set_incomplete_hunk_style(IncompleteHunkStyle::Git);
    match options.merge(base, yours, ours) {
        Ok(text) => Merged { text, conflicts: Vec::new() },
        Err(text) => settle(&text, marker),
    }
}

/// The first line, counted from 1, of an unresolved conflict.
pub fn unresolved(text: &str) -> Option<usize> {
    let open = text.lines().position(|line| line.starts_with("<<<<<<< "))?;
    let rest = || text.lines().skip(open);
    let closed = rest().any(|line| line.trim_end() == "=======") && rest().any(|line| line.starts_with(">>>>>>> "));
    closed.then_some(open + 1)
}

/// More than any line of these texts begins with: the merge is read back by its markers.
fn marker_length(texts: &[&str]) -> usize {
    let run = |line: &str| {
        let first = line.chars().next().filter(|c| "<|=>".contains(*c));
        first.map_or(0, |first| line.chars().take_while(|c| *c == first).count())
    };
    texts.iter().flat_map(|text| text.lines()).map(run).max().unwrap_or(0).max(6) + 1
}

/// Resolves what needs no decision, and writes the rest with git's markers.
fn settle(text: &str, marker_length: usize) -> Merged {
    let marker = |c: char| c.to_string().repeat(marker_length);
    let (open, middle, split, close) = (marker('<'), marker('|'), marker('='), marker('>'));
    let mut out = Merged::empty();
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        if !line.starts_with(&open) {
            out.text.push_str(line);
            continue;
        }
        let mut part = |end: &str| -> Vec<&str> {
            let mut found = Vec::new();
            for line in lines.by_ref() {
                if line.starts_with(end) {
                    break;
                }
                found.push(line);
            }
            found
        };
        let (yours, base, ours) = (part(&middle), part(&split), part(&close));
        let above = out.text.lines().next_back().unwrap_or_default();
        let resolved = without_order(above, &base, &yours, &ours)
            .or_else(|| items_within(&base, &yours, &ours))
            .or_else(|| line_by_line(&base, &yours, &ours));
        match resolved {
            Some(both) => both.into_iter().for_each(|line| out.text.push_str(line)),
            None => out.push_conflict(&yours.concat(), &ours.concat()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "one\ntwo\nthree\nfour\nfive\n";

    #[test]
    fn changes_in_different_places_are_both_there() {
        let merged = merge(BASE, "ONE\ntwo\nthree\nfour\nfive\n", "one\ntwo\nthree\nfour\nfive\nsix\n");
        assert_eq!(merged, Merged { text: "ONE\ntwo\nthree\nfour\nfive\nsix\n".into(), conflicts: vec![] });
    }

    #[test]
    fn changes_of_the_same_line_are_marked_as_git_marks_them() {
        let merged = merge(BASE, "one\ntwo\nyours\nfour\nfive\n", "one\ntwo\nours\nfour\nfive\n");
        let text = "one\ntwo\n<<<<<<< yours\nyours\n=======\nours\n>>>>>>> volplane\nfour\nfive\n";
        assert_eq!(merged, Merged { text: text.into(), conflicts: vec![3] });
        assert_eq!(unresolved(&merged.text), Some(3));
        assert_eq!(unresolved(BASE), None);
    }

    #[test]
    fn a_conflict_says_its_line_behind_others() {
        let merged = merge("a\nb\nc\nd\ne\n", "1\nb\nc\nd\n1\n", "2\nb\nc\nd\n2\n");
        assert_eq!(merged.conflicts, [1, 9]);
        let lines: Vec<&str> = merged.text.lines().collect();
        assert!(merged.conflicts.iter().all(|line| lines[line - 1] == "<<<<<<< yours"), "{}", merged.text);
    }

    #[test]
    fn windows_newlines_and_a_byte_order_mark_stay() {
        let yours = "\u{feff}ONE\r\ntwo\r\nthree\r\nfour\r\nfive\r\n";
        let merged = merge(BASE, yours, "one\ntwo\nthree\nfour\n5\n");
        assert_eq!(merged.text, "\u{feff}ONE\r\ntwo\r\nthree\r\nfour\r\n5\r\n");
    }

    #[test]
    fn modules_and_entries_of_both_sides_stand_side_by_side() {
        let merged = merge("mod echo;\n\nx\n", "mod echo;\nmod util;\n\nx\n", "mod echo;\nmod second;\n\nx\n");
        assert_eq!(merged.text, "mod echo;\nmod second;\nmod util;\n\nx\n");
        let merged = merge("[a]\nb = 1\n", "[a]\nb = 1\nd.workspace = true\n", "[a]\nb = 1\nc = 2\n");
        assert_eq!(merged.text, "[a]\nb = 1\nc = 2\nd.workspace = true\n");
    }

    #[test]
    fn a_module_goes_beside_one_that_came() {
        let merged = merge("mod echo;\nmod shop;\n\nx\n", "mod echo;\nmod shop;\nmod util;\n\nx\n", "mod echo;\n\nx\n");
        assert_eq!(merged.text, "mod echo;\nmod util;\n\nx\n");
    }

    #[test]
    fn what_both_changed_or_named_alike_is_a_conflict() {
        for (base, yours, ours) in [
            ("a = 1\n", "a = 2\n", "a = 3\n"),
            ("x\n", "x\nmod a;\n", "x\npub mod a;\n"),
            ("use a::B;\n", "use a::{B, C};\n", "use a::{B, D};\n"),
            ("a = 1\n", "a = 1\nb = 2\n", "a = 3\nb = 4\n"),
            ("[a]\n", "[a]\nb = \"1\"\n", "[a]\nb.workspace = true\n"),
            ("x\n", "x\nuse a::B;\n", "x\nuse c::B;\n"),
            ("x\n", "x\nuse a::{self, C};\n", "x\nuse d::e as a;\n"),
            ("a = 1\n", "a = 2\n", ""),
            ("a = 1\n", "", "a = 2\n"),
            ("x\n", "x\nlog();\n", "y\nlog();\n"),
        ] {
            assert_eq!(merge(base, yours, ours).conflicts.len(), 1, "{base}");
        }
    }

    #[test]
    fn what_one_side_has_behind_modules_comes_behind_those_of_both() {
        let merged = merge("use a;\n\nx\n", "use a;\nuse z;\n\nx\n", "use a;\nuse b;\n\nfn f() {}\n\nx\n");
        assert_eq!(merged.text, "use a;\nuse b;\nuse z;\n\nfn f() {}\n\nx\n");
    }

    #[test]
    fn an_import_among_lines_that_are_gone_stays() {
        let base = "use a;\nuse b;\n\nfn b() {}\n\nx\n";
        let merged = merge(base, &base.replace("use b;\n", "use b;\nuse z;\n"), "use a;\n\nx\n");
        assert_eq!(merged, Merged { text: "use a;\nuse z;\n\nx\n".into(), conflicts: vec![] });
        let merged = merge(base, &base.replace("{}", "{ c() }"), "use a;\n\nx\n");
        assert_eq!(merged.conflicts.len(), 1, "{}", merged.text);
    }

    #[test]
    fn no_line_gets_into_another_table_or_function() {
        for (base, yours, ours) in [
            ("[a]\nx = 1\n\n[b]\ny = 1\n", "[a]\nx = 1\n\n[b]\ny = 1\nz = 1\n", "[a]\nx = 1\n"),
            ("[a]\nx = 1\n\n[b]\ny = 1\nv = 1\n", "[a]\nx = 1\n\n[b]\ny = 1\nz = 1\nv = 1\n", "[a]\nx = 1\n"),
            ("[a]\ny = 1\n", "[a]\ny = 1\nz = 1\n", "[a]\ny = 2\n\n[b]\nw = 1\n"),
            (
                "fn f() {\n  a();\n}\n",
                "fn f() {\n  a();\n  mine();\n}\n",
                "fn f() {\n  b();\n}\n\nfn g() {\n  c();\n}\n",
            ),
        ] {
            assert_eq!(merge(base, yours, ours).conflicts.len(), 1, "{}", merge(base, yours, ours).text);
        }
    }

    #[test]
    fn lines_beside_a_changed_one_are_no_conflict() {
        for (yours, ours, expected) in [
            ("mine\nold\n", "new\n", "mine\nnew\n"),
            ("old\nmine\n", "new\n", "new\nmine\n"),
            ("mine\n", "new\nold\n", "new\nmine\n"),
            ("", "old\nnew\n", "new\n"),
        ] {
            let [base, yours, ours, expected] = ["old\n", yours, ours, expected].map(|text| format!("a\n{text}b\n"));
            assert_eq!(merge(&base, &yours, &ours), Merged { text: expected, conflicts: vec![] }, "{yours}");
        }
    }

    #[test]
    fn a_line_that_looks_like_a_marker_of_any_length_is_a_line() {
        let (rule, bars) = ("=".repeat(70), "|".repeat(70));
        let base = format!("Title\n{rule}\ntext\n");
        let merged = merge(&base, &format!("Mine\n{rule}\n{bars}\n"), &format!("Title\n{rule}\nnew\n"));
        let text = format!("Mine\n{rule}\n<<<<<<< yours\n{bars}\n=======\nnew\n>>>>>>> volplane\n");
        assert_eq!(merged, Merged { text, conflicts: vec![3] });
    }

    #[test]
    fn an_item_that_one_side_has_changed_beside_a_new_one_is_as_that_side_has_it() {
        let merged = merge("[d]\na = 1\nb = 1\n", "[d]\na = 1\nb = 1\nx = 1\n", "[d]\na = 2\nb = 2\n");
        assert_eq!(merged, Merged { text: "[d]\na = 2\nb = 2\nx = 1\n".into(), conflicts: vec![] });
        let merged =
            merge("#[cfg(test)]\nmod t;\n", "#[cfg(test)]\nmod t;\nmod m;\n", "#[cfg(test)]\nmod t;\nmod e;\n");
        assert_eq!(merged.text, "#[cfg(test)]\nmod t;\nmod e;\nmod m;\n");
        let merged = merge("#[cfg(test)]\nmod t;\n", "#[cfg(test)]\nmod u;\n", "#[cfg(test)]\nmod t;\nmod e;\n");
        assert_eq!(merged.text, "#[cfg(test)]\nmod u;\nmod e;\n");
    }

    #[test]
    fn statements_are_not_reordered() {
        let merged = merge("{\n}\n", "{\nlet a = 1;\n}\n", "{\nlet b = 2;\n}\n");
        assert_eq!(merged.conflicts, [2]);
    }

    #[test]
    fn a_last_line_without_a_newline_is_kept() {
        assert_eq!(merge("a\nx\nb\n", "a\nx\nb", "A\nx\nb\n").text, "A\nx\nb");
        let merged = merge("a\nb", "a\nyours", "a\nours");
        assert_eq!(merged.text, "a\n<<<<<<< yours\nyours\n=======\nours\n>>>>>>> volplane\n");
    }
}
