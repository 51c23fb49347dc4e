//! Accepting WebSocket connections.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::StatusCode;
use volo::net::Address;

use super::frame::Role;
use super::head::HeadOnly;
use super::{HandshakeError, WebSocketStream, WebSocketUrl, handshake_only};
use crate::connection::{Connection, Peer};
use crate::listener::{HandshakeLimits, Handshakes, Listener};

/// The other end of a WebSocket, and the path that it asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebSocketPeer<P> {
    /// The other end of the connection below.
    pub inner: P,
    /// The path of its request, without the query.
    pub path: String,
}

impl<P> WebSocketPeer<P> {
    /// The last segment of the path: `a` for `/kitex-ws/a`. Agents name themselves there.
    pub fn last_segment(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

impl<P: fmt::Display> fmt::Display for WebSocketPeer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.inner, self.path)
    }
}

impl<P: Peer> Peer for WebSocketPeer<P> {
    fn address(&self) -> Option<Address> {
        self.inner.address()
    }
}

type Shaking<C, P> =
    Pin<Box<dyn Future<Output = Result<(WebSocketStream<C>, WebSocketPeer<P>), HandshakeError>> + Send>>;
type ShakeHands<C, P> = Box<dyn Fn(C, P) -> Shaking<C, P> + Send + Sync>;

type Upgrades<L> = Handshakes<
    L,
    ShakeHands<<L as Listener>::Connection, <L as Listener>::Peer>,
    WebSocketStream<<L as Listener>::Connection>,
    WebSocketPeer<<L as Listener>::Peer>,
>;

/// Accepts WebSocket connections on one path. Made by [`WebSocket::bind`](super::WebSocket::bind).
///
/// Handshakes run beside each other; see [`HandshakeLimits`] for their bounds.
pub struct WebSocketListener<L: Listener> {
    handshakes: Upgrades<L>,
    url: WebSocketUrl,
}

impl<L: Listener> WebSocketListener<L> {
    pub(super) fn new(inner: L, url: WebSocketUrl) -> Self {
        let served = ServedPath { path: url.path().to_owned(), subpaths: false };
        Self { handshakes: Handshakes::new(inner, shake_hands(served), HandshakeLimits::default()), url }
    }

    /// Serves every path below the address's own, too: `/kitex-ws/a` besides `/kitex-ws`.
    pub fn with_subpaths(self) -> Self {
        let served = ServedPath { path: self.url.path().trim_end_matches('/').to_owned(), subpaths: true };
        Self { handshakes: self.handshakes.with_handshake(shake_hands(served)), url: self.url }
    }

    /// With other bounds on handshakes.
    pub fn with_handshake_limits(mut self, limits: HandshakeLimits) -> Self {
        self.handshakes.set_limits(limits);
        self
    }

    /// The address it listens on, with the real port.
    pub fn url(&self) -> &WebSocketUrl {
        &self.url
    }
}

impl<L: Listener> Listener for WebSocketListener<L> {
    type Connection = WebSocketStream<L::Connection>;
    type Peer = WebSocketPeer<L::Peer>;

    async fn accept(&mut self) -> Option<(Self::Connection, Self::Peer)> {
        self.handshakes.accept().await
    }

    fn endpoint(&self) -> String {
        self.url.to_string()
    }
}

impl<L: Listener + fmt::Debug> fmt::Debug for WebSocketListener<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocketListener").field("url", &self.url).field("handshakes", &self.handshakes).finish()
    }
}

#[derive(Clone, Debug)]
struct ServedPath {
    path: String,
    subpaths: bool,
}

impl ServedPath {
    fn admits(&self, path: &str) -> bool {
        match path.strip_prefix(&self.path) {
            Some("") => true,
            Some(rest) => self.subpaths && rest.starts_with('/'),
            None => false,
        }
    }
}

fn shake_hands<C: Connection, P: Peer>(served: ServedPath) -> ShakeHands<C, P> {
    Box::new(move |connection, inner| Box::pin(upgrade(connection, inner, served.clone())))
}

async fn upgrade<C: Connection, P: Peer>(
    connection: C,
    inner: P,
    served: ServedPath,
) -> Result<(WebSocketStream<C>, WebSocketPeer<P>), HandshakeError> {
    let mut path = String::new();
    // tungstenite's signature.
    #[allow(clippy::result_large_err)]
    let look = |request: &Request, response: Response| {
        path = request.uri().path().to_owned();
        if served.admits(&path) { Ok(response) } else { Err(not_found()) }
    };
    let socket =
        tokio_tungstenite::accept_hdr_async_with_config(HeadOnly::new(connection), look, Some(handshake_only()))
            .await?;
    let (connection, early) = socket.into_inner().into_parts();
    Ok((WebSocketStream::new(connection, early, Role::Server), WebSocketPeer { inner, path }))
}

fn not_found() -> ErrorResponse {
    let mut response = ErrorResponse::new(Some("no WebSocket at this path\n".to_owned()));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
