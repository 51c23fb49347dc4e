//! Pairings of the Go peer with ours, and with itself.

use super::peer;
use crate::pairing;
use crate::program::Program;
use crate::row::{Row, Verdict};
use crate::work::Work;

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
    /// Whether its client speaks the protocol, and is the one that the transport is about.
    pub fn is_possible(&self) -> bool {
        let is_of_go_clients = self.go.ends_with("-offers") || self.go.ends_with("-short");
        self.direction != Direction::RustToGo || our_protocol(self.protocol).is_some() && !is_of_go_clients
    }

    fn row(&self) -> Row {
        let (library, version) = self.peer;
        Row::new(library, version, self.direction.shown(), self.transport, self.protocol).with_note(self.note)
    }

    /// Runs it, and returns its row.
    async fn run(self, work: &Work) -> Row {
        match self.programs(work).await {
            Ok((server, client)) => pairing::run(self.row(), server, client).await,
            Err(verdict) => self.row().with_verdict(verdict),
        }
    }

    async fn programs(&self, work: &Work) -> Result<(Program, Program), Verdict> {
        let go = peer::built(work).await?;
        let log = |end: &str| format!("go {end} {} {}", self.go, self.protocol);
        let go = |end: &str| work.program(go, &log(end)).args([end, self.go, self.protocol]);
        // Our server detects the protocol, so it does not matter to it that Kitex knows one more.
        let protocol = our_protocol(self.protocol).unwrap_or("ttheader");
        let rust = |end: &str| work.rust_peer(end, self.rust, protocol);
        Ok(match self.direction {
            Direction::GoToRust => (rust("server"), go("client")),
            Direction::RustToGo => (go("server"), rust("client")),
            Direction::GoToGo => (go("server"), go("client")),
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
pub async fn run_all(work: &Work, pairings: Vec<Pairing>) -> Vec<Row> {
    pairing::all(pairings.into_iter().map(|pairing| pairing.run(work))).await
}
