//! One line of the table: what was seen of one pairing.

use std::fmt;

use crate::cases::Cases;

/// One pairing of programs, and what was seen.
#[derive(Clone, Debug)]
pub struct Row {
    /// The other library, such as `Kitex`.
    pub peer: String,
    /// Its version.
    pub version: String,
    /// Which end calls: `Go -> Rust`.
    pub direction: String,
    /// What carries the calls: `tcp`, `websocket (x/net)`.
    pub transport: String,
    /// The Thrift protocol: `buffered`, `ttheader`.
    pub protocol: String,
    /// What was seen.
    pub verdict: Verdict,
    /// What differs, or what had to be done.
    pub note: String,
}

impl Row {
    /// A row without a verdict yet, whose parts are all texts.
    pub fn new(peer: &str, version: &str, direction: &str, transport: &str, protocol: &str) -> Self {
        Row {
            peer: peer.into(),
            version: version.into(),
            direction: direction.into(),
            transport: transport.into(),
            protocol: protocol.into(),
            verdict: Verdict::Skipped("not run".into()),
            note: String::new(),
        }
    }

    /// The same row with a verdict.
    pub fn with_verdict(self, verdict: Verdict) -> Self {
        Row { verdict, ..self }
    }

    /// The same row with a note.
    pub fn with_note(self, note: impl Into<String>) -> Self {
        Row { note: note.into(), ..self }
    }
}

/// Gives the same verdict to all rows, as where a group cannot run.
pub fn all(rows: impl IntoIterator<Item = Row>, verdict: &Verdict) -> Vec<Row> {
    rows.into_iter().map(|row| row.with_verdict(verdict.clone())).collect()
}

/// What was seen of a pairing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All cases passed that the library can run.
    Passed {
        /// How many.
        cases: usize,
    },
    /// Why it failed.
    Failed(String),
    /// Why it was not run: `needs go`.
    Skipped(String),
}

impl Verdict {
    /// The verdict of a client's cases. No case at all is a failure.
    pub fn of(cases: &Cases) -> Self {
        match cases.failures() {
            Some(failures) => Verdict::Failed(failures),
            None => Verdict::Passed { cases: cases.passed },
        }
    }

    /// Why it was not run, if it was not.
    pub fn why_skipped(&self) -> Option<&str> {
        if let Verdict::Skipped(why) = self { Some(why) } else { None }
    }
}

impl From<anyhow::Error> for Verdict {
    fn from(error: anyhow::Error) -> Self {
        Verdict::Failed(format!("{error:#}"))
    }
}

impl From<anyhow::Result<Cases>> for Verdict {
    fn from(cases: anyhow::Result<Cases>) -> Self {
        cases.map_or_else(Verdict::from, |cases| Verdict::of(&cases))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Passed { cases: 1 } => write!(f, "ok"),
            Verdict::Passed { cases } => write!(f, "ok, {cases} cases"),
            Verdict::Failed(why) => write!(f, "FAILED: {why}"),
            Verdict::Skipped(why) => write!(f, "skipped: {why}"),
        }
    }
}
