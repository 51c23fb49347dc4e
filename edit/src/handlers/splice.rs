//! Changes to a text, kept as places and what belongs there, and made at once.

use std::ops::Range;

/// Changes that were not made yet.
#[derive(Debug, Default)]
pub(super) struct Splices {
    all: Vec<(Range<usize>, String)>,
}

/// A place in the changed text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// What stood here.
    Old(usize),
    /// In the text of this change, so many bytes from its beginning.
    New(usize, usize),
}

impl Splices {
    /// Replaces a range; says the number of the change.
    pub(super) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) -> usize {
        self.all.push((range, text.into()));
        self.all.len() - 1
    }

    /// Inserts a text.
    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) -> usize {
        self.replace(at..at, text)
    }

    /// The changed text, and the lines of these places in it, counted from 1.
    pub(super) fn apply(&self, text: &str, places: &[Place]) -> (String, Vec<usize>) {
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        // The sort is stable: what is inserted at one place stays in the order in which it came.
        order.sort_by_key(|number| self.all.get(*number).map(|(range, _)| range.start));
        let mut out = String::with_capacity(text.len());
        // Where what is copied begins in the old text and in the new one.
        let mut copied: Vec<(usize, usize)> = Vec::new();
        let mut begins = vec![0; self.all.len()];
        let mut old = 0;
        for number in order {
            let Some((range, new)) = self.all.get(number) else { continue };
            let Some(kept) = text.get(old..range.start) else { continue };
            copied.push((old, out.len()));
            out.push_str(kept);
            if let Some(begin) = begins.get_mut(number) {
                *begin = out.len();
            }
            out.push_str(new);
            old = range.end;
        }
        copied.push((old, out.len()));
        out.push_str(text.get(old..).unwrap_or_default());
        let at = |place: &Place| match *place {
            Place::New(number, offset) => begins.get(number).map_or(0, |begin| begin + offset),
            Place::Old(at) => {
                let next = copied.partition_point(|(old, _)| *old <= at);
                let (old, new) = next.checked_sub(1).and_then(|last| copied.get(last)).copied().unwrap_or_default();
                let limit = copied.get(next).map_or(out.len(), |(_, new)| *new);
                (new + (at - old)).min(limit)
            }
        };
        let line = |at: usize| out.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
        let lines = places.iter().map(|place| line(at(place))).collect();
        (out, lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_move_with_the_text() {
        let mut splices = Splices::default();
        splices.replace(2..3, "B1\nB2");
        let inserted = splices.insert(5, "\nnew");
        splices.insert(0, "top\n");
        let places = [Place::Old(0), Place::Old(2), Place::Old(4), Place::New(inserted, 1), Place::Old(6)];
        let (text, lines) = splices.apply("a\nb\nc\nd", &places);
        assert_eq!(text, "top\na\nB1\nB2\nc\nnew\nd");
        assert_eq!(lines, [2, 3, 5, 6, 7]);
    }
}
