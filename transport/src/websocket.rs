//! WebSocket connections: tungstenite's handshake, our own frame codec, and a byte stream over it.

mod frame;
mod handshake;
mod head;
mod layer;
mod peer;
mod stream;

pub use handshake::HandshakeError;
pub use peer::WebSocketPeer;
pub use stream::WebSocketStream;

use crate::endpoint::{Endpoint, Scheme};
use crate::keepalive::Keepalive;
use crate::layer::Layered;
use crate::stdnet::{BindError, StdNet, StdNetListener};
use crate::target::{self, Target};

/// The WebSocket layer ([RFC 6455](https://www.rfc-editor.org/rfc/rfc6455)), which sends the bytes of calls in binary
/// messages. [`to`](Self::to) and [`bind`](Self::bind) put it on TCP, [`at`](Self::at) is for other connections.
///
/// ```
/// # use volplane_generated::api::{Echo, EchoClientBuilder, EchoServer, Request, Response};
/// # struct EchoHandler;
/// # impl Echo for EchoHandler {
/// #     async fn echo(&self, request: Request) -> Result<Response, volo_thrift::ServerError> {
/// #         Ok(Response { message: request.message })
/// #     }
/// # }
/// use std::future::IntoFuture;
/// use volplane_transport::{ConnectWith, Listener, WebSocket, serve};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let listener = WebSocket::bind("ws://127.0.0.1:0/kitex-ws").await?;
/// let url = listener.endpoint();
/// tokio::spawn(serve(listener, EchoServer::from_handler(EchoHandler)).into_future());
///
/// let client = EchoClientBuilder::new("example").connect_with(WebSocket::to(url)).build();
/// let answer = client.echo(Request { message: Some("hello".into()) }).await?;
/// assert_eq!(answer.message.as_deref(), Some("hello"));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct WebSocket {
    path: String,
    query: Option<String>,
    subpaths: bool,
    keepalive: Option<Keepalive>,
}

impl WebSocket {
    /// The layer for `path`, such as `/kitex-ws` or `/kitex-ws?token=x`: a client requests it; a server accepts it,
    /// without the query, and answers other paths with HTTP 404.
    pub fn at(path: impl Into<String>) -> Self {
        let mut path = path.into();
        let query = path.split_once('?').map(|(path, query)| (path.len(), query.to_owned()));
        if let Some((length, _)) = query {
            path.truncate(length);
        }
        Self { path, query: query.map(|(_, query)| query), subpaths: false, keepalive: Some(Keepalive::default()) }
    }

    /// Makes a server also accept every path under its own: `/kitex-ws/a` in addition to `/kitex-ws`. Has no effect on
    /// a client.
    pub fn with_subpaths(self) -> Self {
        Self { subpaths: true, ..self }
    }

    /// When a connection without inbound bytes is checked with a ping, and when it is dead. Default: a ping after 20 s,
    /// dead 10 s later. It applies while a client waits for an answer, while a connection is idle in a client's pool, and
    /// at a server between calls and while a handler runs.
    ///
    /// A peer that reads nothing while it works on a call answers no ping meanwhile, such as a server of Go's
    /// x/net/websocket, and so does a client that keeps idle connections without reading them. With such a peer, set a
    /// timeout that is longer than its calls, or use [`without_keepalive`](Self::without_keepalive).
    pub fn with_keepalive(self, keepalive: Keepalive) -> Self {
        Self { keepalive: Some(keepalive), ..self }
    }

    /// Sends no pings. Pings of the other end are answered all the same.
    pub fn without_keepalive(self) -> Self {
        Self { keepalive: None, ..self }
    }

    /// Connects to `url`, `ws://HOST:PORT/PATH`, over TCP.
    ///
    /// If `url` is invalid, every connection fails with
    /// [`ConnectErrorKind::InvalidEndpoint`](crate::ConnectErrorKind::InvalidEndpoint). To check it earlier, parse it
    /// as an [`Endpoint`].
    pub fn to(url: impl ToString) -> Layered<StdNet, WebSocket> {
        let target = Target::new(&url.to_string(), Scheme::Ws);
        let layer = target.endpoint().map_or_else(|_| Self::at("/"), Self::of);
        StdNet::at(target).layer(layer)
    }

    /// Listens on `url`, `ws://HOST:PORT/PATH`, over TCP. Port 0 selects a free port; it is in the listener's
    /// [`endpoint`](crate::Listener::endpoint). Only this path is accepted; see [`with_subpaths`](Self::with_subpaths).
    ///
    /// # Errors
    ///
    /// If the URL can't be parsed, its host can't be resolved, or the operating system refuses the address.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing listens afterwards.
    pub async fn bind(url: impl ToString) -> Result<Layered<StdNetListener, WebSocket>, BindError> {
        let endpoint = target::parse(&url.to_string(), Scheme::Ws)?;
        let listener = StdNet::bind_to(&endpoint).await?;
        Ok(Layered::listener(listener, Self::of(&endpoint)))
    }

    /// The layer for the path of an endpoint.
    pub(crate) fn of(endpoint: &Endpoint) -> Self {
        let (path, query) = (endpoint.path().to_owned(), endpoint.query().map(str::to_owned));
        Self { path, query, subpaths: false, keepalive: Some(Keepalive::default()) }
    }
}

impl<B> Layered<B, WebSocket> {
    /// See [`WebSocket::with_subpaths`].
    pub fn with_subpaths(self) -> Self {
        self.map_layer(WebSocket::with_subpaths)
    }

    /// See [`WebSocket::with_keepalive`].
    pub fn with_keepalive(self, keepalive: Keepalive) -> Self {
        self.map_layer(|layer| layer.with_keepalive(keepalive))
    }

    /// See [`WebSocket::without_keepalive`].
    pub fn without_keepalive(self) -> Self {
        self.map_layer(WebSocket::without_keepalive)
    }
}
