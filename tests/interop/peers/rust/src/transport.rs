//! What carries the calls.

use clap::ValueEnum;

/// A connection of this project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Transport {
    /// `StdNet`.
    Tcp,
    /// `WebSocket`.
    #[value(name = "websocket")]
    WebSocket,
    /// `WebSocket` whose client sends text messages, for servers that take no others.
    #[value(name = "websocket-text")]
    WebSocketText,
    /// `Yamux` over `StdNet`.
    YamuxTcp,
    /// `Yamux` over `WebSocket`.
    #[value(name = "yamux-websocket")]
    YamuxWebSocket,
    /// `Http`.
    Http,
}

impl Transport {
    /// The URL of a server at `address`, which is HOST:PORT or a URL already.
    pub fn url(self, address: &str) -> String {
        if address.contains("://") {
            return address.to_owned();
        }
        match self {
            Transport::Tcp | Transport::YamuxTcp => address.to_owned(),
            Transport::WebSocket | Transport::WebSocketText | Transport::YamuxWebSocket => {
                format!("ws://{address}/everything")
            }
            Transport::Http => format!("http://{address}/everything"),
        }
    }
}
