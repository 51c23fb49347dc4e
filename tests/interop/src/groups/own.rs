//! Our own programs on both ends: every transport and protocol.

use crate::pairing;
use crate::row::Row;
use crate::work::Work;

const FRAMINGS: &[&str] = &["ttheader", "framed", "buffered", "ttheader-compact", "framed-compact", "buffered-compact"];

const PAIRINGS: &[(&str, &[&str])] = &[
    ("tcp", FRAMINGS),
    ("websocket", FRAMINGS),
    ("http", &["buffered", "buffered-compact"]),
    ("yamux-tcp", FRAMINGS),
    ("yamux-websocket", FRAMINGS),
];

/// Runs all pairings of this group.
pub async fn run(work: &Work) -> Vec<Row> {
    let pairings = PAIRINGS.iter().flat_map(|&(transport, protocols)| protocols.iter().map(move |p| (transport, *p)));
    pairing::all(pairings.map(|(transport, protocol)| {
        let row = Row::new("volplane", env!("CARGO_PKG_VERSION"), "Rust -> Rust", transport, protocol);
        let server = work.rust_peer("server", transport, protocol);
        pairing::run(row, server, work.rust_peer("client", transport, protocol))
    }))
    .await
}
