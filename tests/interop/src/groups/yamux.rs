//! hashicorp/yamux under Kitex, over TCP and over the WebSocket libraries of Go.

use super::kitex::{Direction, Pairing, run_all};
use crate::row::Row;
use crate::work::Work;

const YAMUX: (&str, &str) = ("Kitex 0.16.3 over hashicorp/yamux", "0.1.2");

/// What carries the session, as the Go peer, the table and our peer name it.
const CARRIERS: [(&str, &str, &str); 4] = [
    ("yamux-tcp", "yamux (tcp)", "yamux-tcp"),
    ("yamux-xnet", "yamux (x/net, text frames)", "yamux-websocket"),
    ("yamux-coder", "yamux (coder)", "yamux-websocket"),
    ("yamux-gorilla", "yamux (gorilla)", "yamux-websocket"),
];

/// The same with the end that dials as the server of the session.
const REVERSED: [(&str, &str, &str); 4] = [
    ("yamux-tcp-reversed", "yamux (tcp), client is yamux server", "yamux-tcp-reversed"),
    ("yamux-xnet-reversed", "yamux (x/net, text frames), client is yamux server", "yamux-websocket-reversed"),
    ("yamux-coder-reversed", "yamux (coder), client is yamux server", "yamux-websocket-reversed"),
    ("yamux-gorilla-reversed", "yamux (gorilla), client is yamux server", "yamux-websocket-reversed"),
];

/// With a new stream for every call, Kitex's default.
const SHORT: (&str, &str, &str) = ("yamux-tcp-short", "yamux (tcp), a stream a call", "yamux-tcp");

const PROTOCOLS: [&str; 2] = ["buffered", "ttheader-framed"];

/// Runs all pairings of this group.
pub async fn run(work: &Work) -> Vec<Row> {
    run_all(work, pairings()).await
}

fn pairings() -> Vec<Pairing> {
    let mut pairings = Vec::new();
    for direction in Direction::ALL {
        for (go, transport, rust) in CARRIERS.into_iter().chain(REVERSED).chain([SHORT]) {
            let one = |protocol| Pairing { peer: YAMUX, direction, transport, go, rust, protocol, note: "" };
            pairings.extend(PROTOCOLS.map(one));
        }
    }
    pairings.retain(Pairing::is_possible);
    pairings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_are_those_of_go_mod() {
        let kitex = YAMUX.0.split(' ').nth(1).unwrap();
        for line in [format!("hashicorp/yamux v{}\n", YAMUX.1), format!("cloudwego/kitex v{kitex}\n")] {
            assert!(include_str!("../../peers/go/go.mod").contains(&line), "{line} is not in go.mod");
        }
    }

    #[test]
    fn both_roles_are_run_in_every_direction() {
        let pairings = pairings();
        for direction in Direction::ALL {
            for names in [CARRIERS, REVERSED].map(|transports| transports.map(|(go, ..)| go)) {
                let found = pairings.iter().filter(|p| p.direction == direction && names.contains(&p.go));
                assert_eq!(found.count(), names.len() * PROTOCOLS.len());
            }
        }
    }
}
