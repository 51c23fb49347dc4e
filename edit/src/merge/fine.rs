//! Conflicts looked at line by line. For git two changes are one as soon as they touch; here they have to meet.

use std::ops::Range;

/// More pairs of lines than this are not compared.
const MOST: usize = 250_000;

/// A range of the base's lines that one side has replaced.
#[derive(Debug, PartialEq, Eq)]
struct Hunk<'a> {
    range: Range<usize>,
    lines: &'a [&'a str],
}

/// Merges both sides unless both have changed one line of the base. What both have put at one place is for
/// `at_one_place` to order.
pub(super) fn merge<'a>(
    base: &[&'a str],
    yours: &'a [&'a str],
    ours: &'a [&'a str],
    at_one_place: impl Fn(&[&'a str], &[&'a str]) -> Option<Vec<&'a str>>,
) -> Option<Vec<&'a str>> {
    if base.len().max(1).saturating_mul(yours.len().max(ours.len())) > MOST {
        return None;
    }
    let mut yours = hunks(base, yours).into_iter().peekable();
    let mut ours = hunks(base, ours).into_iter().peekable();
    let mut out = Vec::new();
    let mut at = 0;
    loop {
        let meet = match (yours.peek(), ours.peek()) {
            (None, None) => break,
            (Some(one), Some(other)) => meet(one, other),
            _ => false,
        };
        let hunk = if meet {
            let (one, other) = (yours.next()?, ours.next()?);
            if one != other {
                if !one.range.is_empty() || !other.range.is_empty() {
                    return None;
                }
                out.extend(base.get(at..one.range.start)?);
                out.extend(at_one_place(one.lines, other.lines)?);
                at = one.range.start;
                continue;
            }
            one
        } else {
            // An insertion before a line comes before what becomes of the line.
            let key = |hunk: &Hunk<'_>| (hunk.range.start, hunk.range.end);
            let is_yours = match (yours.peek(), ours.peek()) {
                (Some(one), Some(other)) => key(one) < key(other),
                (one, _) => one.is_some(),
            };
            let (hunk, other) = if is_yours { (yours.next()?, ours.peek()) } else { (ours.next()?, yours.peek()) };
            let comes_behind = |put: &&Hunk<'_>| put.range.is_empty() && put.range.start == hunk.range.end;
            let is_behind = !hunk.range.is_empty() && other.is_some_and(|other| comes_behind(&other));
            // Behind lines that open or close something it would become part of something else.
            if is_behind && !(is_closed(base.get(hunk.range.clone())?) && is_closed(hunk.lines)) {
                return None;
            }
            hunk
        };
        out.extend(base.get(at..hunk.range.start)?);
        out.extend(hunk.lines);
        at = hunk.range.end;
    }
    out.extend(base.get(at..)?);
    Some(out)
}

/// Whether two changes are of the same lines, or put lines at the same place.
fn meet(one: &Hunk<'_>, other: &Hunk<'_>) -> bool {
    let (one, other) = (&one.range, &other.range);
    let inside = |point: &Range<usize>, range: &Range<usize>| range.start < point.start && point.start < range.end;
    match (one.is_empty(), other.is_empty()) {
        (true, true) => one.start == other.start,
        (true, false) => inside(one, other),
        (false, true) => inside(other, one),
        (false, false) => one.start < other.end && other.start < one.end,
    }
}

/// Whether lines begin no table, and whatever bracket they open they close again.
pub(super) fn is_closed(lines: &[&str]) -> bool {
    let mut depth = 0_usize;
    lines.iter().all(|line| {
        let mut fits = !line.starts_with('[');
        for c in line.chars() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => fits = false,
                },
                _ => {}
            }
        }
        fits
    }) && depth == 0
}

/// What a side has changed, by the longest common subsequence.
fn hunks<'a>(base: &[&str], side: &'a [&'a str]) -> Vec<Hunk<'a>> {
    let width = side.len() + 1;
    // The length of the longest common subsequence of base[i..] and side[j..] is at i * width + j.
    let mut lengths = vec![0_usize; (base.len() + 1) * width];
    for i in (0..base.len()).rev() {
        for j in (0..side.len()).rev() {
            let place = i * width + j;
            lengths[place] = if base[i] == side[j] {
                lengths[place + width + 1] + 1
            } else {
                lengths[place + width].max(lengths[place + 1])
            };
        }
    }
    let mut found = Vec::new();
    let (mut i, mut j) = (0, 0);
    let (mut from_i, mut from_j) = (0, 0);
    loop {
        let is_end = i == base.len() && j == side.len();
        if is_end || (i < base.len() && j < side.len() && base[i] == side[j]) {
            if from_i < i || from_j < j {
                found.push(Hunk { range: from_i..i, lines: &side[from_j..j] });
            }
            if is_end {
                return found;
            }
            (i, j) = (i + 1, j + 1);
            (from_i, from_j) = (i, j);
        } else if j == side.len() || (i < base.len() && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) {
            i += 1;
        } else {
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(base: &str, yours: &str, ours: &str) -> Option<String> {
        let lines =
            |text: &'static str| -> &'static [&'static str] { text.split_whitespace().collect::<Vec<_>>().leak() };
        let leak = |text: &str| -> &'static str { text.to_owned().leak() };
        let (base, yours, ours) = (lines(leak(base)), lines(leak(yours)), lines(leak(ours)));
        merge(base, yours, ours, |_, _| None).map(|lines| lines.join(" "))
    }

    #[test]
    fn changes_that_touch_are_both_made() {
        assert_eq!(merged("a b", "A b", "a B").as_deref(), Some("A B"));
        assert_eq!(merged("a b", "a x b", "a B").as_deref(), Some("a x B"));
        assert_eq!(merged("a b", "a x b", "A b").as_deref(), Some("A x b"));
        assert_eq!(merged("a", "x a y", "A").as_deref(), Some("x A y"));
        assert_eq!(merged("a b c", "c", "a b c d").as_deref(), Some("c d"));
        assert_eq!(merged("a b", "", "a b c").as_deref(), Some("c"));
    }

    #[test]
    fn the_same_change_is_made_once() {
        assert_eq!(merged("a b", "A b", "A b").as_deref(), Some("A b"));
        assert_eq!(merged("a b", "b", "b").as_deref(), Some("b"));
        assert_eq!(merged("a b", "a x b", "a x b").as_deref(), Some("a x b"));
    }

    #[test]
    fn changes_that_meet_are_left() {
        assert_eq!(merged("a", "x", "y"), None);
        assert_eq!(merged("a b c", "x c", "a y"), None);
        assert_eq!(merged("a b", "a x b", "z"), None);
        assert_eq!(merged("a b", "a x b", "a y b"), None);
        assert_eq!(merged("", "x", "y"), None);
    }
}
