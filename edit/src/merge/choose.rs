//! Two texts of which the user chooses: what differs is between git's markers.

use std::collections::HashMap;
use std::ops::Range;

use diffy::{DiffOptions, Line};

use super::Merged;

/// More changes than this are not tried one by one.
const MOST: usize = 40;

/// Parts that differ, as ranges of both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) old: Range<usize>,
    pub(super) new: Range<usize>,
}

/// What differs between two lists of words or lines.
pub(super) fn differences<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Difference> {
    let mut numbers: HashMap<&'a str, usize> = HashMap::new();
    let mut numbered = |parts: &[&'a str]| -> String {
        let number = |part| {
            let next = numbers.len();
            format!("{}\n", numbers.entry(part).or_insert(next))
        };
        parts.iter().copied().map(number).collect()
    };
    let (old_text, new_text) = (numbered(old), numbered(new));
    let mut options = DiffOptions::new();
    options.set_context_len(old.len().max(new.len()));
    let patch = options.create_patch(&old_text, &new_text);
    let mut found: Vec<Difference> = Vec::new();
    let (mut at_old, mut at_new) = (0, 0);
    for line in patch.hunks().iter().flat_map(|hunk| hunk.lines()) {
        let (from_old, from_new) = (at_old, at_new);
        match line {
            Line::Context(_) => {
                (at_old, at_new) = (at_old + 1, at_new + 1);
                continue;
            }
            Line::Delete(_) => at_old += 1,
            Line::Insert(_) => at_new += 1,
        }
        match found.last_mut() {
            Some(last) if last.old.end == from_old && last.new.end == from_new => {
                (last.old.end, last.new.end) = (at_old, at_new);
            }
            _ => found.push(Difference { old: from_old..at_old, new: from_new..at_new }),
        }
    }
    found
}

/// Both texts, with each difference between markers.
pub(super) fn between(yours: &str, ours: &str) -> Merged {
    let (yours, ours) = (lines(yours), lines(ours));
    let found = differences(&yours, &ours);
    chosen(&yours, &ours, &found, |_| Choice::Marked)
}

/// `merged`, which its language refuses, such that the user chooses: the one change of volplane's that is the reason, or
/// all of them if no single one is.
pub(super) fn refused(yours: &str, merged: &str, is_fine: impl Fn(&str) -> bool) -> Merged {
    let (yours, merged) = (lines(yours), lines(merged));
    let found = differences(&yours, &merged);
    let without = |place: usize| {
        let choice = |at| if at == place { Choice::Yours } else { Choice::Ours };
        chosen(&yours, &merged, &found, choice).text
    };
    let culprit = (0..found.len()).filter(|_| found.len() <= MOST).find(|&place| is_fine(&without(place)));
    let choice = |at| if culprit.is_none_or(|culprit| culprit == at) { Choice::Marked } else { Choice::Ours };
    chosen(&yours, &merged, &found, choice)
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

#[derive(Clone, Copy)]
enum Choice {
    Yours,
    Ours,
    Marked,
}

fn chosen(yours: &[&str], ours: &[&str], found: &[Difference], choice: impl Fn(usize) -> Choice) -> Merged {
    let mut out = Merged::empty();
    let part = |lines: &[&str], range: &Range<usize>| lines.get(range.clone()).unwrap_or_default().concat();
    let mut at = 0;
    for (place, difference) in found.iter().enumerate() {
        out.text.push_str(&part(yours, &(at..difference.old.start)));
        let (mine, theirs) = (part(yours, &difference.old), part(ours, &difference.new));
        match choice(place) {
            Choice::Yours => out.text.push_str(&mine),
            Choice::Ours => out.text.push_str(&theirs),
            Choice::Marked => out.push_conflict(&mine, &theirs),
        }
        at = difference.old.end;
    }
    out.text.push_str(&part(yours, &(at..yours.len())));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_between_markers() {
        let merged = between("a\nb\nc\n", "a\nB\nc\nd\n");
        let text =
            "a\n<<<<<<< yours\nb\n=======\nB\n>>>>>>> volplane\nc\n<<<<<<< yours\n=======\nd\n>>>>>>> volplane\n";
        assert_eq!(merged, Merged { text: text.into(), conflicts: vec![2, 8] });
        assert_eq!(between("a\n", "a\n"), Merged { text: "a\n".into(), conflicts: vec![] });
    }

    #[test]
    fn the_one_change_that_is_the_reason_is_to_be_chosen() {
        let merged = refused("a\nb\nc\n", "A\nb\nC\n", |text| !text.contains('C'));
        let text = "A\nb\n<<<<<<< yours\nc\n=======\nC\n>>>>>>> volplane\n";
        assert_eq!(merged, Merged { text: text.into(), conflicts: vec![3] });
        assert_eq!(refused("a\nb\nc\n", "A\nb\nC\n", |_| false).conflicts.len(), 2);
    }
}
