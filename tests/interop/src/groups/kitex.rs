//! Kitex over TCP and over the WebSocket libraries of Go.

mod pairing;
mod peer;

pub use pairing::{Direction, Pairing, run_all};

use crate::row::Row;
use crate::work::Work;

const KITEX: (&str, &str) = ("Kitex", "0.16.3");

/// A transport of the Go peer: its name there, in the table, and that of our peer's counterpart.
type Transport = (&'static str, &'static str, &'static str);

const GONET: Transport = ("gonet", "tcp (gonet)", "tcp");
const NETPOLL: Transport = ("netpoll", "tcp (netpoll)", "tcp");
const MUX: Transport = ("netpollmux", "tcp (netpollmux)", "tcp");

const WEBSOCKETS: [Transport; 4] = [
    ("ws-xnet", "websocket (x/net 0.41.0, text frames)", "websocket"),
    ("ws-coder", "websocket (coder 1.8.15)", "websocket"),
    ("ws-coder-text", "websocket (coder 1.8.15, text frames)", "websocket-text"),
    ("ws-gorilla", "websocket (gorilla 1.5.3)", "websocket"),
];

/// The same with a client that offers the subprotocol `thrift` and, where the library can, compression, and that adds a
/// slash to the path.
const OFFERS: [Transport; 3] = [
    ("ws-xnet-offers", "websocket (x/net 0.41.0, with offers)", "websocket"),
    ("ws-coder-offers", "websocket (coder 1.8.15, with offers)", "websocket"),
    ("ws-gorilla-offers", "websocket (gorilla 1.5.3, with offers)", "websocket"),
];

/// With Kitex's default, a new connection for every call.
const SHORT: [Transport; 2] = [
    ("netpoll-short", "tcp (netpoll, a connection a call)", "tcp"),
    ("ws-xnet-short", "websocket (x/net 0.41.0, a connection a call)", "websocket"),
];

/// What Kitex's clients speak, as the Go peer names it.
const PROTOCOLS: [&str; 4] = ["buffered", "framed", "ttheader", "ttheader-framed"];
/// netpollmux needs a TTHeader for the sequence ids of its calls.
const MUX_PROTOCOLS: [&str; 2] = ["ttheader", "ttheader-framed"];
/// What is different under a WebSocket does not depend on all four.
const WEBSOCKET_PROTOCOLS: [&str; 2] = ["buffered", "ttheader-framed"];

/// Runs all pairings of this group.
pub async fn run(work: &Work) -> Vec<Row> {
    run_all(work, pairings()).await
}

fn pairings() -> Vec<Pairing> {
    let tcp = [(NETPOLL, &PROTOCOLS[..]), (GONET, &PROTOCOLS), (MUX, &MUX_PROTOCOLS)];
    let websocket = WEBSOCKETS.map(|transport| (transport, &WEBSOCKET_PROTOCOLS[..]));
    // Only with Kitex's default protocol.
    let clients = OFFERS.into_iter().chain(SHORT).map(|transport| (transport, &PROTOCOLS[..1]));
    let mut pairings = Vec::new();
    for direction in Direction::ALL {
        for (transport, protocols) in tcp.into_iter().chain(websocket).chain(clients.clone()) {
            pairings.extend(protocols.iter().map(|protocol| Pairing {
                peer: KITEX,
                direction,
                transport: transport.1,
                go: transport.0,
                rust: transport.2,
                protocol,
                note: note(direction, transport),
            }));
        }
    }
    pairings.retain(Pairing::is_possible);
    pairings
}

/// What a user of the pairing has to know.
fn note(direction: Direction, (go, ..): Transport) -> &'static str {
    match (direction, go) {
        (Direction::GoToRust, "netpollmux") => "our server answers the calls of one connection one after another",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The versions of the table are those that are built.
    #[test]
    fn versions_are_those_of_go_mod() {
        let module = include_str!("../../peers/go/go.mod");
        let shown = |library: &str, version: &str| {
            assert!(module.contains(&format!("{library} v{version}\n")), "{library} {version} is not in go.mod");
        };
        shown("cloudwego/kitex", KITEX.1);
        for (library, name) in
            [("golang.org/x/net", "x/net "), ("coder/websocket", "coder "), ("gorilla/websocket", "gorilla ")]
        {
            for (_, text, _) in WEBSOCKETS.iter().chain(&OFFERS).filter(|(_, text, _)| text.contains(name)) {
                let rest = text.split_once(name).unwrap().1;
                shown(library, rest.split([',', ')']).next().unwrap());
            }
        }
    }

    #[test]
    fn our_client_is_paired_with_each_protocol_that_it_speaks() {
        let of = |direction, go| {
            let pairings = pairings().into_iter();
            pairings.filter(|p| p.direction == direction && p.go == go).map(|p| p.protocol).collect::<Vec<_>>()
        };
        assert_eq!(of(Direction::GoToRust, "gonet"), PROTOCOLS);
        assert_eq!(of(Direction::RustToGo, "gonet"), ["buffered", "framed", "ttheader-framed"]);
        assert_eq!(of(Direction::RustToGo, "netpollmux"), ["ttheader-framed"]);
    }
}
