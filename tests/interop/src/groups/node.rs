//! npm's thrift at either end, and npm's ws under it.

use std::path::Path;

use crate::groups::scripts::{NPM_THRIFT, Node, Pairing, Unready, log_name, run_all};
use crate::row::Row;
use crate::work::Work;

const TO_RUST: &str = "Node.js -> Rust";
const FROM_RUST: &str = "Rust -> Node.js";

const PROTOCOLS: &[&str] = &["buffered", "framed", "buffered-compact", "framed-compact"];

/// Transports and protocols in each direction. `websocket-subprotocol` and `websocket-deflate` offer what the server need
/// not have.
const PAIRINGS: [(&str, &str, &[&str]); 11] = [
    (TO_RUST, "tcp", PROTOCOLS),
    (TO_RUST, "websocket", PROTOCOLS),
    (TO_RUST, "websocket-subprotocol", &["buffered"]),
    (TO_RUST, "websocket-deflate", &["buffered"]),
    (TO_RUST, "http", &["buffered", "buffered-compact"]),
    (TO_RUST, "tcp", &["buffered-multiplexed", "buffered-json", "framed-json", "header"]),
    (TO_RUST, "websocket", &["buffered-multiplexed", "buffered-json"]),
    (TO_RUST, "http", &["buffered-json"]),
    (FROM_RUST, "tcp", PROTOCOLS),
    (FROM_RUST, "websocket", &["buffered", "framed-compact"]),
    (FROM_RUST, "http", &["buffered", "buffered-compact"]),
];

/// Runs all pairings of this group.
pub async fn run(work: &Work) -> Vec<Row> {
    let rows = PAIRINGS.iter().flat_map(|(direction, transport, protocols)| {
        protocols.iter().map(|protocol| Row::new("npm thrift", NPM_THRIFT, direction, transport, protocol))
    });
    let node = match Node::prepare(work).await {
        Ok(node) => node,
        Err(unready) => return unready.rows(rows),
    };
    match work.rust_peer().await {
        Ok(rust) => run_all(rows.map(|row| pairing(work, &node, rust, row)).collect()).await,
        Err(error) => Unready::from(error).rows(rows),
    }
}

fn pairing(work: &Work, node: &Node, rust: &Path, row: Row) -> Pairing {
    let (server_log, client_log) = (log_name(&row, "server"), log_name(&row, "client"));
    // What the client offers is nothing that a server is started with.
    let transport = row.transport.split('-').next().unwrap_or_default();
    let (server, client) = if row.direction == TO_RUST {
        let server = work.program(rust, &server_log).args(["server", transport, "buffered"]);
        (server, node.peer(work, "node/peer.js", &client_log).args(["client", &row.transport, &row.protocol]))
    } else {
        let server = node.peer(work, "node/peer.js", &server_log).args(["server", &row.transport, &row.protocol]);
        (server, work.program(rust, &client_log).args(["client", transport, &row.protocol]))
    };
    Pairing { row, server, client }
}
