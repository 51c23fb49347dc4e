//! "Did you mean": the name that was probably meant.

/// The candidate that differs least from `word`, if it differs little: by one letter, and one more for every four that
/// the word has. A word of two letters or fewer matches in another case only.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // One letter for another makes a different word of a short one.
    let limit = match word.chars().count() {
        0..=2 => 0,
        length => 1 + length / 4,
    };
    let score = |candidate: &'a str| {
        let same = candidate.eq_ignore_ascii_case(word);
        let distance = if same { 0 } else { distance(word, candidate, limit)? };
        Some((distance, candidate))
    };
    candidates.into_iter().filter_map(score).min().map(|(_, candidate)| candidate)
}

/// The only candidate that reads like `word` when case is ignored: what was certainly meant.
pub(crate) fn same_but_case<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut found = candidates.into_iter().filter(|candidate| candidate.eq_ignore_ascii_case(word));
    found.next().filter(|first| found.all(|other| other == *first))
}

/// Insertions, removals, replacements and swaps of neighbours between two words; `None` above the limit.
fn distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(100).collect(), b.chars().take(100).collect());
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *y && b[j - 1] == *x {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|found| *found <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant_and_nothing_far_away() {
        assert_eq!(nearest("Requets", ["Response", "Request"]), Some("Request"));
        assert_eq!(nearest("request", ["Response", "Request"]), Some("Request"));
        assert_eq!(nearest("Foo", ["Response", "Request"]), None);
        assert_eq!(nearest("stuct", ["struct"]), Some("struct"));
        assert_eq!(nearest("z", ["x", "y"]), None);
    }

    #[test]
    fn only_a_single_name_that_differs_in_case_is_certain() {
        assert_eq!(same_but_case("request", ["Response", "Request"]), Some("Request"));
        assert_eq!(same_but_case("request", ["REQUEST", "Request"]), None);
        assert_eq!(same_but_case("Requets", ["Request"]), None);
    }
}
