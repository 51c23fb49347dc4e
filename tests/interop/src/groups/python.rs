//! Apache's Python library and thriftpy2, at either end.

use crate::groups::scripts::{APACHE_PYTHON, Pairing, Python, THRIFTPY2, run_all};
use crate::row::{self, Row};
use crate::work::Work;

/// Both libraries, each at either end.
const BOTH: [(&str, &[&str]); 2] = [
    ("tcp", &["buffered", "framed", "buffered-compact", "framed-compact"]),
    ("http", &["buffered", "buffered-compact"]),
];

/// What only clients of Apache's library do: an answer or an error that it shows is wanted.
const APACHE_CLIENTS: [(&str, &[&str]); 2] = [
    (
        "tcp",
        &[
            "buffered-multiplexed",
            "framed-multiplexed",
            "buffered-json",
            "framed-json",
            "buffered-loose",
            "framed-loose",
            "header",
            "header-compact",
        ],
    ),
    ("http", &["buffered-multiplexed", "buffered-json"]),
];

const THRIFTPY2_CLIENTS: [(&str, &[&str]); 1] = [("tcp", &["buffered-multiplexed", "framed-multiplexed"])];

/// A library: its name, version and peer, and what only its clients do.
struct Library {
    name: &'static str,
    version: &'static str,
    peer: &'static str,
    clients: &'static [(&'static str, &'static [&'static str])],
}

const LIBRARIES: [Library; 2] = [
    Library { name: "Apache Python", version: APACHE_PYTHON, peer: "apache.py", clients: &APACHE_CLIENTS },
    Library { name: "thriftpy2", version: THRIFTPY2, peer: "thriftpy2_peer.py", clients: &THRIFTPY2_CLIENTS },
];

const TO_RUST: &str = "Python -> Rust";
const FROM_RUST: &str = "Rust -> Python";

/// Runs all pairings of this group.
pub async fn run(work: &Work) -> Vec<Row> {
    let rows = LIBRARIES.iter().flat_map(rows_of);
    match Python::prepare(work).await {
        Ok(python) => run_all(rows.map(|(library, row)| pairing(work, &python, library, row)).collect()).await,
        Err(verdict) => row::all(rows.map(|(_, row)| row), &verdict),
    }
}

/// The rows of a library.
fn rows_of(library: &Library) -> Vec<(&Library, Row)> {
    let row = |direction, transport, protocol| {
        (library, Row::new(library.name, library.version, direction, transport, protocol))
    };
    let each = |direction, table: &[(&'static str, &[&'static str])]| {
        let cells = table.iter().flat_map(|(transport, protocols)| protocols.iter().map(move |p| (*transport, *p)));
        cells.map(|(transport, protocol)| row(direction, transport, protocol)).collect::<Vec<_>>()
    };
    [each(TO_RUST, &BOTH), each(TO_RUST, library.clients), each(FROM_RUST, &BOTH)].concat()
}

fn pairing(work: &Work, python: &Python, library: &Library, row: Row) -> Pairing {
    let peer = |role: &str| python.peer(work, library.peer).args([role, &row.transport, &row.protocol]);
    let (server, client) = if row.direction == TO_RUST {
        (work.rust_peer("server", &row.transport, "buffered"), peer("client"))
    } else {
        (peer("server"), work.rust_peer("client", &row.transport, &row.protocol))
    };
    Pairing { row, server, client }
}
