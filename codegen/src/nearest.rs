//! "Did you mean": the name that was probably meant.

/// The candidate that differs least from `word`, if it differs little: by one letter, and one more for every four that
/// the word has. A word of two letters or fewer matches in another case only. Of several, the least is taken.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut finder = Finder::new(word);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        // What differs more than the best is of no use.
        let limit = best.map_or(finder.limit, |(distance, _)| distance);
        let same = candidate.eq_ignore_ascii_case(word);
        let found = if same { Some(0) } else { finder.distance(candidate, limit) };
        if let Some(found) = found.map(|distance| (distance, candidate))
            && best.is_none_or(|best| found < best)
        {
            best = Some(found);
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The only candidate that reads like `word` when case is ignored: what was certainly meant.
pub(crate) fn same_but_case<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut found = candidates.into_iter().filter(|candidate| candidate.eq_ignore_ascii_case(word));
    found.next().filter(|first| found.all(|other| other == *first))
}

/// More letters of a name than these are not compared.
const MAX_LETTERS: usize = 100;

/// A word, compared with many: there may be tens of thousands, so that each must cost little.
struct Finder {
    word: Vec<char>,
    limit: usize,
    other: Vec<char>,
    rows: [Vec<usize>; 3],
}

impl Finder {
    fn new(word: &str) -> Self {
        let word: Vec<char> = word.chars().take(MAX_LETTERS).collect();
        // One letter for another makes a different word of a short one.
        let limit = match word.len() {
            0..=2 => 0,
            length => 1 + length / 4,
        };
        Self { word, limit, other: Vec::new(), rows: Default::default() }
    }

    /// Insertions, removals, replacements and swaps of neighbours between the word and another; `None` above the limit.
    fn distance(&mut self, other: &str, limit: usize) -> Option<usize> {
        // A letter has one to four bytes.
        let fits = |longer: usize| self.word.len() <= longer + limit;
        if !fits(other.len()) || (other.len().div_ceil(4)).min(MAX_LETTERS) > self.word.len() + limit {
            return None;
        }
        self.other.clear();
        self.other.extend(other.chars().take(MAX_LETTERS));
        let (a, b) = (&self.word, &self.other);
        if a.len().abs_diff(b.len()) > limit {
            return None;
        }
        let [before, last, row] = &mut self.rows;
        last.clear();
        last.extend(0..=b.len());
        for (i, x) in a.iter().enumerate() {
            row.clear();
            row.push(i + 1);
            for (j, y) in b.iter().enumerate() {
                let mut best = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
                if i > 0 && j > 0 && a[i - 1] == *y && b[j - 1] == *x {
                    best = best.min(before[j - 1] + 1);
                }
                row.push(best);
            }
            // The distance is at least the least of a row, less one for a swap that the next row may end.
            if row.iter().min().is_none_or(|least| *least > limit + 1) {
                return None;
            }
            std::mem::swap(before, last);
            std::mem::swap(last, row);
        }
        last.last().copied().filter(|found| *found <= limit)
    }
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
    fn the_nearest_wins_wherever_it_is_and_the_least_of_equals() {
        assert_eq!(nearest("description", ["descriptoins", "descriptoin", "descripsion"]), Some("descripsion"));
        assert_eq!(nearest("description", ["descriptoin", "descriptions", "dexcriptoins"]), Some("descriptions"));
        assert_eq!(nearest("grüße", ["grüsse", "größe", "grüße_"]), Some("größe"));
        assert_eq!(nearest("Item7", ["Item12345678", "It"]), None);
    }

    #[test]
    fn only_a_single_name_that_differs_in_case_is_certain() {
        assert_eq!(same_but_case("request", ["Response", "Request"]), Some("Request"));
        assert_eq!(same_but_case("request", ["REQUEST", "Request"]), None);
        assert_eq!(same_but_case("Requets", ["Request"]), None);
    }
}
