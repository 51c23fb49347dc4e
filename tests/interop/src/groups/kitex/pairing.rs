//! Pairings of the Go peer with ours, and with itself.

use futures_util::{StreamExt, stream};

use super::peer;
use crate::pairing;
use crate::program::Program;
use crate::row::{Row, Verdict};
use crate::work::Work;

/// How many pairings run at once. Most of the time of each goes by in timeouts that it waits for.
const AT_ONCE: usize = 4;

/// Which end calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    GoToRust,
    RustToGo,
    /// The control: what fails here fails because of the other library.
    GoToGo,
}

impl Direction {
    pub const ALL: [Direction; 3] = [Direction::GoToRust, Direction::RustToGo, Direction::GoToGo];

    fn shown(self) -> &'static str {
        match self {
            Direction::GoToRust => "Go -> Rust",
            Direction::RustToGo => "Rust -> Go",
            Direction::GoToGo => "Go -> Go",
        }
    }
}

/// One row of the table before it is run.
#[derive(Clone, Copy, Debug)]
pub struct Pairing {
    /// The library and its version.
    pub peer: (&'static str, &'static str),
    pub direction: Direction,
    /// The transport as the table has it, as the Go peer and as our peer name it.
    pub transport: &'static str,
    pub go: &'static str,
    pub rust: &'static str,
    /// The protocol as the Go peer names it.
    pub protocol: &'static str,
    pub note: &'static str,
}

impl Pairing {
    /// Whether the client speaks the protocol.
    pub fn is_possible(&self) -> bool {
        self.direction != Direction::RustToGo || our_protocol(self.protocol).is_some()
    }

    fn row(&self) -> Row {
        let (library, version) = self.peer;
        Row::new(library, version, self.direction.shown(), self.transport, self.protocol).with_note(self.note)
    }

    /// Runs it, and returns its row.
    async fn run(self, work: &Work, group: &str) -> Row {
        match self.programs(work, group).await {
            Ok((server, client)) => pairing::run(self.row(), server, client).await,
            Err(verdict) => self.row().with_verdict(verdict),
        }
    }

    async fn programs(&self, work: &Work, group: &str) -> Result<(Program, Program), Verdict> {
        let go = peer::built(work).await?;
        let log = |end: &str| format!("{group} {} {} {} {end}", self.direction.shown(), self.go, self.protocol);
        let go = |end: &str| work.program(go, &log(end)).args([end, self.go, self.protocol]);
        if self.direction == Direction::GoToGo {
            return Ok((go("server"), go("client")));
        }
        let failed = |error: anyhow::Error| Verdict::Failed(format!("{error:#}"));
        let rust = work.rust_peer().await.map_err(failed)?;
        // Our server detects the protocol, so it does not matter to it that Kitex knows one more.
        let protocol = our_protocol(self.protocol).unwrap_or("ttheader");
        let rust = |end: &str| work.program(rust, &log(end)).args([end, self.rust, protocol]);
        Ok(match self.direction {
            Direction::RustToGo => (go("server"), rust("client")),
            _ => (rust("server"), go("client")),
        })
    }
}

/// Our name for a protocol of the Go peer. Its `ttheader` is a TTHeader in front of a message without a frame, which our
/// clients don't send.
fn our_protocol(go: &str) -> Option<&str> {
    match go {
        "ttheader" => None,
        "ttheader-framed" => Some("ttheader"),
        other => Some(other),
    }
}

/// Runs pairings, several at once, and returns their rows in the same order.
pub async fn run_all(work: &Work, group: &str, pairings: Vec<Pairing>) -> Vec<Row> {
    stream::iter(pairings).map(|pairing| pairing.run(work, group)).buffered(AT_ONCE).collect().await
}
