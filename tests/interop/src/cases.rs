//! What a client printed of its cases: `ok NAME`, `ok NAME: what it saw`, `failed NAME: why`, `skipped NAME: why`.

/// The cases of one client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cases {
    /// How many passed.
    pub passed: usize,
    /// What was seen in those that passed, where that differs between peers.
    pub seen: Vec<String>,
    /// Those that failed, each with its reason.
    pub failed: Vec<String>,
    /// Those that the library cannot run, each with its reason.
    pub skipped: Vec<String>,
}

impl Cases {
    /// Reads a client's standard output. Other lines are ignored.
    pub fn read(output: &str) -> Self {
        let mut cases = Cases::default();
        for line in output.lines() {
            match line.split_once(' ') {
                Some(("ok", case)) => {
                    cases.passed += 1;
                    cases.seen.extend(case.split_once(": ").map(|(_, seen)| seen.to_owned()));
                }
                Some(("failed", case)) => cases.failed.push(case.to_owned()),
                Some(("skipped", case)) => cases.skipped.push(case.to_owned()),
                _ => {}
            }
        }
        cases
    }

    /// Why the client failed, if it did.
    pub fn failures(&self) -> Option<String> {
        if self.failed.is_empty() {
            return (self.passed == 0).then(|| "no case passed".to_owned());
        }
        Some(self.failed.join("; "))
    }

    /// The note of a row: what was seen, and the cases that were not run. That a protocol without a TTHeader has no
    /// business errors is no news.
    pub fn note(&self, protocol: &str) -> String {
        let is_news = |name: &&str| *name != "business" || protocol.starts_with("ttheader");
        let names: Vec<_> = self.skipped.iter().filter_map(|case| case.split(':').next()).filter(is_news).collect();
        let without = (!names.is_empty()).then(|| format!("without {}", names.join(", ")));
        self.seen.iter().cloned().chain(without).collect::<Vec<_>>().join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_counts_once() {
        let cases =
            Cases::read("ok kinds\nlistening\nfailed panic: no answer\nskipped business: no TTHeader\nok large\n");
        assert_eq!(cases.passed, 2);
        assert_eq!(cases.failures().as_deref(), Some("panic: no answer"));
        assert_eq!(cases.note("ttheader"), "without business");
        assert_eq!(cases.note("framed"), "");
    }

    #[test]
    fn what_was_seen_is_in_the_note() {
        let cases = Cases::read("ok strange: TApplicationException: unknown protocol\nskipped oneway: why\n");
        assert_eq!(cases.passed, 1);
        assert_eq!(cases.note("buffered-json"), "TApplicationException: unknown protocol; without oneway");
    }

    #[test]
    fn a_client_that_says_nothing_has_failed() {
        assert_eq!(Cases::read("").failures().as_deref(), Some("no case passed"));
        assert_eq!(Cases::read("ok kinds").failures(), None);
    }
}
