//! The PROXY protocol: the address of the client behind a proxy such as haproxy or nginx.

mod crc32c;
mod error;
mod header;
mod layer;
mod network;
mod peer;
mod v1;
mod v2;

use std::net::SocketAddr;

pub use error::ProxyProtocolError;
pub use header::ProxyHeader;
pub use network::{Network, NetworkError};
pub use peer::ProxiedPeer;

/// The [PROXY protocol](https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt), versions 1 and 2, as a
/// [`Layer`](crate::Layer): before its first byte, each connection has a header with the address of the client for which
/// a proxy has made it. That address is what [`Peer::address`](crate::Peer::address) of a [`ProxiedPeer`] returns.
///
/// haproxy sends it with `send-proxy` or `send-proxy-v2` on a `server` line, nginx with `proxy_protocol on` in a
/// `stream` block.
///
/// Anybody who reaches the listener could claim any address. So the networks of the proxies have to be named, and
/// connections from other addresses are refused. A connection without the header is refused, too. A header has at most
/// 107 bytes in version 1, and 4,328 in version 2.
///
/// Put it directly on the listener, below TLS and WebSocket, so that their peers and limits use the client's address. The
/// limits of this layer's own handshakes use the proxy's address; such a handshake ends as soon as the header has
/// arrived.
///
/// ```
/// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
/// use volplane_transport::{ListenerExt, ProxyProtocol, StdNet, WebSocket};
///
/// let proxies = ProxyProtocol::from_networks(["10.0.0.0/8".parse()?, "::1".parse()?]);
/// let listener = StdNet::bind("0.0.0.0:8890").await?.layer(proxies).layer(WebSocket::at("/kitex-ws"));
/// # drop(listener);
/// # Ok(()) }
/// ```
///
/// The end that dials sends a header of version 2. Without [`with_addresses`](Self::with_addresses) it is that of a
/// proxy's own connection.
#[derive(Clone, Debug)]
pub struct ProxyProtocol {
    /// `None` is anyone.
    trusted: Option<Vec<Network>>,
    /// Source and destination that the end that dials sends.
    addresses: Option<(SocketAddr, SocketAddr)>,
}

impl ProxyProtocol {
    /// Accepts connections from these addresses and networks only. A peer without an IP address, such as that of a Unix
    /// socket, is in none of them. An IPv4 address that is mapped into IPv6 counts as IPv4.
    pub fn from_networks(trusted: impl IntoIterator<Item = Network>) -> Self {
        Self { trusted: Some(trusted.into_iter().collect()), addresses: None }
    }

    /// Accepts connections from any address, and trusts the address in every header. Use it if only the proxy can reach
    /// the listener: over a Unix socket, or in a private network.
    pub fn from_anyone() -> Self {
        Self { trusted: None, addresses: None }
    }

    /// What the end that dials sends: the client's address, and the address to which the client connected. For proxies
    /// of your own, and tests.
    pub fn with_addresses(self, source: SocketAddr, destination: SocketAddr) -> Self {
        Self { addresses: Some((source, destination)), ..self }
    }
}
