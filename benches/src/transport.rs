//! What is compared.

use std::fmt;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// A way for calls to get from client to server, in the order in which a round goes through them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// Bytes over TCP without any RPC: what the machine and tokio can do at most.
    Tcp,
    /// volo's own transport, pool and server.
    Volo,
    /// `StdNet`.
    #[value(name = "stdnet")]
    #[serde(rename = "stdnet")]
    StdNet,
    /// `WebSocket` over TCP.
    #[value(name = "websocket")]
    #[serde(rename = "websocket")]
    WebSocket,
    /// `Yamux` over TCP, one session.
    Yamux,
    /// `Yamux` over WebSocket over TCP, one session.
    #[value(name = "yamux-websocket")]
    #[serde(rename = "yamux-websocket")]
    YamuxWebSocket,
}

impl Transport {
    /// All of them.
    pub const ALL: [Transport; 6] = [
        Transport::Tcp,
        Transport::Volo,
        Transport::StdNet,
        Transport::WebSocket,
        Transport::Yamux,
        Transport::YamuxWebSocket,
    ];

    /// As the command line and the reports name it.
    pub fn name(self) -> &'static str {
        match self {
            Transport::Tcp => "tcp",
            Transport::Volo => "volo",
            Transport::StdNet => "stdnet",
            Transport::WebSocket => "websocket",
            Transport::Yamux => "yamux",
            Transport::YamuxWebSocket => "yamux-websocket",
        }
    }

    /// Whether it is of this project. The others are there to compare with.
    pub fn is_ours(self) -> bool {
        !matches!(self, Transport::Tcp | Transport::Volo)
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
