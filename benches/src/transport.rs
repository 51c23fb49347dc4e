//! What is compared.

use std::fmt;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// A way for calls to get from client to server, in the order in which the tables show them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// Bytes over TCP without any RPC, a connection for each caller: what the machine and tokio can do at most.
    Tcp,
    /// Bytes over TCP without any RPC, one connection for all callers: the most that one session can do.
    TcpOne,
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
    /// A Unix domain socket.
    Unix,
    /// `Memory`: client and server in one process, and no system calls.
    Memory,
    /// `Yamux` over TCP, one session.
    Yamux,
    /// `Yamux` over TCP, two sessions to the server.
    #[value(name = "yamux-2")]
    #[serde(rename = "yamux-2")]
    YamuxTwo,
    /// `Yamux` over WebSocket over TCP, one session.
    #[value(name = "yamux-websocket")]
    #[serde(rename = "yamux-websocket")]
    YamuxWebSocket,
    /// `Tls` over TCP.
    Tls,
    /// `WebSocket` over TLS over TCP.
    Wss,
    /// `Http` over TCP: each call is a POST, on connections that are kept.
    Http,
}

impl Transport {
    /// All of them.
    pub const ALL: [Transport; 13] = [
        Transport::Tcp,
        Transport::TcpOne,
        Transport::Volo,
        Transport::StdNet,
        Transport::WebSocket,
        Transport::Unix,
        Transport::Memory,
        Transport::Yamux,
        Transport::YamuxTwo,
        Transport::YamuxWebSocket,
        Transport::Tls,
        Transport::Wss,
        Transport::Http,
    ];

    /// As the command line and the reports name it.
    pub fn name(self) -> &'static str {
        match self {
            Transport::Tcp => "tcp",
            Transport::TcpOne => "tcp-one",
            Transport::Volo => "volo",
            Transport::StdNet => "stdnet",
            Transport::WebSocket => "websocket",
            Transport::Unix => "unix",
            Transport::Memory => "memory",
            Transport::Yamux => "yamux",
            Transport::YamuxTwo => "yamux-2",
            Transport::YamuxWebSocket => "yamux-websocket",
            Transport::Tls => "tls",
            Transport::Wss => "wss",
            Transport::Http => "http",
        }
    }

    /// Whether it is of this project. The others are there to compare with.
    pub fn is_ours(self) -> bool {
        !matches!(self, Transport::Tcp | Transport::TcpOne | Transport::Volo)
    }

    /// Whether calls go over it, and not bytes without any RPC.
    pub fn carries_calls(self) -> bool {
        !matches!(self, Transport::Tcp | Transport::TcpOne)
    }

    /// Whether its bytes go through TCP in the end.
    pub fn is_over_tcp(self) -> bool {
        !matches!(self, Transport::Unix | Transport::Memory)
    }

    /// Whether a connection begins with a WebSocket handshake.
    pub fn is_over_websocket(self) -> bool {
        matches!(self, Transport::WebSocket | Transport::YamuxWebSocket | Transport::Wss)
    }

    /// How many sessions a client keeps to its server; `None` where each caller has a connection of its own.
    pub fn sessions(self) -> Option<u16> {
        match self {
            Transport::Yamux | Transport::YamuxWebSocket => Some(1),
            Transport::YamuxTwo => Some(2),
            _ => None,
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
