//! Which client calls which server, and which pairings are compared.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::transport::Transport;

/// What Kitex's programs in `benches/kitex` call over, in the order in which the tables show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KitexTransport {
    /// Kitex's default.
    Netpoll,
    /// Many calls at once on two connections, with TTHeader.
    NetpollMux,
    /// Go's own TCP connections.
    GoNet,
    /// gonet over WebSocket, with golang.org/x/net/websocket.
    XNet,
    /// gonet over WebSocket, with coder/websocket.
    Coder,
    /// gonet over one session of hashicorp/yamux over TCP.
    Yamux,
    /// gonet over one session of hashicorp/yamux over coder/websocket.
    YamuxWebSocket,
}

impl KitexTransport {
    /// As the argument of Kitex's programs.
    pub fn name(self) -> &'static str {
        match self {
            KitexTransport::Netpoll => "netpoll",
            KitexTransport::NetpollMux => "netpollmux",
            KitexTransport::GoNet => "gonet",
            KitexTransport::XNet => "xnet",
            KitexTransport::Coder => "coder",
            KitexTransport::Yamux => "yamux",
            KitexTransport::YamuxWebSocket => "yamux-websocket",
        }
    }
}

/// One of two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Of this project, or volo's own.
    Ours(Transport),
    /// Of Kitex.
    Kitex(KitexTransport),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Ours(transport) => f.write_str(transport.name()),
            End::Kitex(transport) => write!(f, "kitex-{}", transport.name()),
        }
    }
}

/// A client and the server that it calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pairing {
    /// Who calls.
    pub client: End,
    /// Who answers.
    pub server: End,
}

impl Pairing {
    /// Ours at both ends.
    pub const fn ours(transport: Transport) -> Self {
        Self { client: End::Ours(transport), server: End::Ours(transport) }
    }

    /// Kitex at both ends.
    pub const fn kitex(transport: KitexTransport) -> Self {
        Self { client: End::Kitex(transport), server: End::Kitex(transport) }
    }

    /// Whether one end is ours and the other one Kitex's.
    pub fn is_mixed(self) -> bool {
        self.client != self.server
    }

    /// Kitex's end in place of ours.
    pub fn kitex_at_both_ends(self) -> Self {
        let end = if let End::Kitex(_) = self.client { self.client } else { self.server };
        Self { client: end, server: end }
    }

    /// Whether a part of this project takes part.
    pub fn has_ours(self) -> bool {
        let ours = |end| matches!(end, End::Ours(transport) if transport.is_ours());
        ours(self.client) || ours(self.server)
    }

    /// Whether Kitex's programs are needed.
    pub fn needs_kitex(self) -> bool {
        matches!(self.client, End::Kitex(_)) || matches!(self.server, End::Kitex(_))
    }
}

impl fmt::Display for Pairing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { client, server } if client == server => f.pad(&client.to_string()),
            Self { client, server } => f.pad(&format!("{client} -> {server}")),
        }
    }
}

impl Serialize for Pairing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Ours, and Kitex's counterpart. `volo` is what a project calls over by default; Kitex's fastest way to share
/// connections stands beside each of ours that does.
pub const COMPARED: [(Transport, KitexTransport); 10] = [
    (Transport::Volo, KitexTransport::Netpoll),
    (Transport::Volo, KitexTransport::NetpollMux),
    (Transport::StdNet, KitexTransport::Netpoll),
    (Transport::StdNet, KitexTransport::GoNet),
    (Transport::WebSocket, KitexTransport::XNet),
    (Transport::WebSocket, KitexTransport::Coder),
    (Transport::Yamux, KitexTransport::Yamux),
    (Transport::Yamux, KitexTransport::NetpollMux),
    (Transport::YamuxTwo, KitexTransport::NetpollMux),
    (Transport::YamuxWebSocket, KitexTransport::YamuxWebSocket),
];

/// What ours and Kitex's call each other over.
const MIXED: [(Transport, KitexTransport); 4] = [
    (Transport::StdNet, KitexTransport::GoNet),
    (Transport::WebSocket, KitexTransport::Coder),
    (Transport::Yamux, KitexTransport::Yamux),
    (Transport::YamuxWebSocket, KitexTransport::YamuxWebSocket),
];

/// All pairings that the comparison of `wanted` needs, each once; of everything if `wanted` is empty.
pub fn pairings(wanted: &[Transport]) -> Vec<Pairing> {
    let is_wanted = |ours: Transport| wanted.is_empty() || wanted.contains(&ours);
    let compared = COMPARED.into_iter().filter(|&(ours, _)| is_wanted(ours));
    let compared = compared.flat_map(|(ours, kitex)| [Pairing::ours(ours), Pairing::kitex(kitex)]);
    let mixed = MIXED.into_iter().filter(|&(ours, _)| is_wanted(ours));
    let mixed = mixed.map(|(ours, kitex)| (End::Ours(ours), End::Kitex(kitex)));
    let mixed = mixed
        .flat_map(|(ours, kitex)| [Pairing { client: ours, server: kitex }, Pairing { client: kitex, server: ours }]);
    let mut all: Vec<_> = compared.chain(mixed).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_pairing_is_measured_once_and_has_a_name_of_its_own() {
        let all = pairings(&[]);
        let names: BTreeSet<String> = all.iter().map(ToString::to_string).collect();
        assert_eq!((all.len(), names.len()), (6 + 7 + 8, 6 + 7 + 8));
        assert!(names.contains("stdnet -> kitex-gonet") && names.contains("kitex-gonet -> stdnet"), "{names:?}");
    }

    #[test]
    fn only_what_is_asked_for_is_measured_with_its_counterparts() {
        let names: Vec<String> = pairings(&[Transport::Volo]).iter().map(ToString::to_string).collect();
        assert_eq!(names, ["volo", "kitex-netpoll", "kitex-netpollmux"]);
        let stdnet = pairings(&[Transport::StdNet]);
        assert_eq!(stdnet.iter().filter(|pairing| pairing.is_mixed()).count(), 2);
        assert_eq!(stdnet.iter().filter(|pairing| pairing.has_ours()).count(), 3);
    }
}
