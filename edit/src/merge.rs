//! Three-way merges of whole files: what the user changed and what volplane changed, against the text that both began with.

mod fine;

use diffy::{ConflictStyle, IncompleteHunkStyle, MergeOptions};

use crate::newlines::Newlines;

/// Longer than any marker that a text holds by itself; the merge is read back by it.
const INTERNAL_MARKER: usize = 61;

/// A merge, done as far as it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The text; where both sides changed the same lines, it has both, between git's markers.
    pub text: String,
    /// The lines of the opening markers, counted from 1.
    pub conflicts: Vec<usize>,
}

/// Merges `yours`, the user's text, with `ours`, what volplane would write now; both come from `base`.
///
/// `base` and `ours` have plain newlines; the result has those of `yours`. Lines whose order does not matter (`mod`, `use`,
/// entries of a manifest) that both sides have put at one place stay side by side instead of being a conflict.
pub fn merge(base: &str, yours: &str, ours: &str) -> Merged {
    let newlines = Newlines::of(yours);
    let yours = newlines.plain(yours);
    let mut options = MergeOptions::new();
    options
        .set_conflict_marker_length(INTERNAL_MARKER)
        .set_conflict_style(ConflictStyle::Diff3)
        .set_incomplete_hunk_style(IncompleteHunkStyle::Git);
    let merged = match options.merge(base, &yours, ours) {
        Ok(text) => Merged { text, conflicts: Vec::new() },
        Err(text) => settle(&text),
    };
    Merged { text: newlines.restore(merged.text), conflicts: merged.conflicts }
}

/// The first line, counted from 1, of a conflict that nobody has resolved yet.
pub fn unresolved(text: &str) -> Option<usize> {
    let open = text.lines().position(|line| line.starts_with("<<<<<<< "))?;
    let rest = || text.lines().skip(open);
    let closed = rest().any(|line| line.trim_end() == "=======") && rest().any(|line| line.starts_with(">>>>>>> "));
    closed.then_some(open + 1)
}

/// Resolves what needs nobody's decision, and writes the rest with git's markers.
fn settle(text: &str) -> Merged {
    let marker = |c: char| c.to_string().repeat(INTERNAL_MARKER);
    let (open, middle, split, close) = (marker('<'), marker('|'), marker('='), marker('>'));
    let mut out = Merged { text: String::new(), conflicts: Vec::new() };
    let mut line_number = 1;
    let mut push = |out: &mut Merged, line: &str| {
        out.text.push_str(line);
        line_number += 1;
        line_number
    };
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        if !line.starts_with(&open) {
            push(&mut out, line);
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
        let fine = || fine::merge(&base, &yours, &ours, |yours, ours| without_order(&[], yours, ours));
        let resolved = without_order(&base, &yours, &ours)
            .or_else(|| items_within(&base, &yours, &ours))
            .or_else(|| fine().filter(|lines| !has_doubles(lines)));
        if let Some(both) = resolved {
            for line in both {
                push(&mut out, line);
            }
            continue;
        }
        let begins = push(&mut out, "<<<<<<< yours\n") - 1;
        out.conflicts.push(begins);
        for line in yours {
            push(&mut out, line);
        }
        push(&mut out, "=======\n");
        for line in ours {
            push(&mut out, line);
        }
        push(&mut out, ">>>>>>> volplane\n");
    }
    out
}

/// Both sides' changes, if what these lines hold has no order.
fn without_order<'a>(base: &[&str], yours: &[&'a str], ours: &[&'a str]) -> Option<Vec<&'a str>> {
    side_by_side(base, yours, ours).or_else(|| items_first(base, yours, ours))
}

/// Both sides' changes, if all that these lines hold has no order. The user's lines stay in theirs.
fn side_by_side<'a>(base: &[&str], yours: &[&'a str], ours: &[&'a str]) -> Option<Vec<&'a str>> {
    let items: Option<Vec<Item<'_>>> = [base, yours, ours].concat().into_iter().map(Item::of).collect();
    items?;
    let gone = |line: &&&str| !ours.contains(*line);
    let both_changed = base.iter().filter(gone).any(|line| !yours.contains(line));
    let mut lines: Vec<&str> =
        yours.iter().filter(|line| ours.contains(line) || !base.contains(line)).copied().collect();
    for line in ours.iter().filter(|line| !base.contains(line) && !yours.contains(line)) {
        let place = lines.iter().position(|other| *other > *line).unwrap_or(lines.len());
        lines.insert(place, line);
    }
    let in_doubt = both_changed && lines.iter().any(|line| matches!(Item::of(line), Some(Item::Use(_))));
    (!in_doubt && !has_doubles(&lines)).then_some(lines)
}

/// Items that both sides have put at one place, with what one of them has behind its own.
fn items_first<'a>(base: &[&str], yours: &[&'a str], ours: &[&'a str]) -> Option<Vec<&'a str>> {
    let split = |lines: &[&'a str]| {
        let (items, rest) = lines.split_at(lines.iter().take_while(|line| Item::of(line).is_some()).count());
        (items.to_vec(), rest.to_vec())
    };
    let ((your_items, your_rest), (our_items, our_rest)) = (split(yours), split(ours));
    if !base.is_empty()
        || your_items.is_empty()
        || our_items.is_empty()
        || !(your_rest.is_empty() || our_rest.is_empty())
    {
        return None;
    }
    Some([side_by_side(base, &your_items, &our_items)?, your_rest, our_rest].concat())
}

/// Whether there are two of which there can be only one.
fn has_doubles(lines: &[&str]) -> bool {
    let items: Vec<Item<'_>> = lines.iter().filter_map(|line| Item::of(line)).collect();
    items.iter().enumerate().any(|(place, item)| items[..place].contains(item))
}

/// Items that the user has put among lines that are gone.
fn items_within<'a>(base: &[&str], yours: &[&'a str], ours: &[&str]) -> Option<Vec<&'a str>> {
    let mut gone = base.iter().peekable();
    let put: Vec<&str> = yours.iter().filter(|line| gone.next_if_eq(line).is_none()).copied().collect();
    let is_all = ours.is_empty() && gone.peek().is_none() && put.iter().all(|line| Item::of(line).is_some());
    is_all.then_some(put)
}

/// A line that means the same before and behind its neighbours, by what there can be only one of.
#[derive(PartialEq, Eq)]
enum Item<'a> {
    Mod(&'a str),
    Use(&'a str),
    Entry(&'a str),
}

impl<'a> Item<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let line = line.strip_suffix('\n')?;
        let item = line.strip_prefix("pub ").unwrap_or(line);
        if let Some(item) = item.strip_suffix(';') {
            let module = item.strip_prefix("mod ").map(Self::Mod);
            return module.or_else(|| item.strip_prefix("use ").map(Self::Use));
        }
        let (key, value) = line.split_once('=')?;
        let key = key.trim_end();
        let is_key = key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        (is_key && !key.is_empty() && !value.ends_with(['[', '{', '('])).then_some(Self::Entry(key))
    }
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
