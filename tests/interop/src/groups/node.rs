//! npm's thrift at either end, and npm's ws under it.

use crate::groups::scripts::{NPM_THRIFT, Node, Pairing, run_all};
use crate::row::{self, Row};
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
    (TO_RUST, "tcp", &["buffered-multiplexed", "buffered-json", "framed-json"]),
    (TO_RUST, "websocket", &["buffered-multiplexed", "buffered-json"]),
    (TO_RUST, "http", &["buffered-json"]),
    (FROM_RUST, "tcp", PROTOCOLS),
    (FROM_RUST, "websocket", &["buffered", "framed-compact"]),
    (FROM_RUST, "http", &["buffered", "buffered-compact"]),
];

/// What the library's HTTP server can be asked for: it never responds to a oneway call, and HTTP wants a response.
const WITHOUT_ONEWAY: &str = "kinds,defaults,exception,application,unknown,panic,timeout,large,callers";

/// Runs all pairings of this group.
pub async fn run(work: &Work) -> Vec<Row> {
    let rows = PAIRINGS.iter().flat_map(|(direction, transport, protocols)| {
        protocols.iter().map(|protocol| Row::new("npm thrift", NPM_THRIFT, direction, transport, protocol))
    });
    match Node::prepare(work).await {
        Ok(node) => run_all(rows.map(|row| pairing(work, &node, row)).collect()).await,
        Err(verdict) => row::all(rows, &verdict),
    }
}

fn pairing(work: &Work, node: &Node, row: Row) -> Pairing {
    let peer = |role: &str| node.peer(work, "node/peer.js").args([role, &row.transport, &row.protocol]);
    // What the client offers is nothing that a server is started with.
    let transport = row.transport.split('-').next().unwrap_or_default();
    let (server, client) = if row.direction == TO_RUST {
        (work.rust_peer("server", transport, "buffered"), peer("client"))
    } else {
        (peer("server"), work.rust_peer("client", transport, &row.protocol))
    };
    if row.direction == FROM_RUST && row.transport == "http" {
        let client = client.args(["--cases", WITHOUT_ONEWAY]);
        return Pairing { row: row.with_note("without oneway: its server sends no response to one"), server, client };
    }
    Pairing { row, server, client }
}
