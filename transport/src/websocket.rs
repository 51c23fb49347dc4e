//! WebSocket connections: the handshake over the heads of `http` and tungstenite's keys, our own frame codec, and a byte
//! stream over it.

mod client;
mod close;
mod frame;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod handshake;
mod layer;
mod peer;
mod refuse;
mod server;
mod settings;
mod stream;

pub use close::WebSocketClosed;
pub use handshake::HandshakeError;
pub use peer::WebSocketPeer;
pub use stream::WebSocketStream;
#[cfg(feature = "unstable-messages")]
pub use stream::messages;

use crate::endpoint::{Endpoint, Scheme};
use crate::http::OwnHeaders;
use crate::keepalive::Keepalive;
use crate::layer::Layered;
use crate::maybe_tls::MaybeTls;
use crate::stdnet::{BindError, StdNet, StdNetListener};
use crate::target::{self, Target};
use frame::MessageType;
use settings::ServerSettings;

/// The WebSocket layer ([RFC 6455](https://www.rfc-editor.org/rfc/rfc6455)), which sends the bytes of calls in binary
/// messages, or in text ([`with_text_frames`](Self::with_text_frames)). [`to`](Self::to) and [`bind`](Self::bind) put it
/// on TCP, [`at`](Self::at) is for other connections.
///
/// A server answers a request that is no handshake, or that it refuses, with an HTTP status and a text: 400 for a
/// malformed one, 403 for a web page of another origin ([`with_origins`](Self::with_origins)), 404 for another path,
/// 405 for a method other than `GET`, 426 for a plain `GET` or another version of WebSocket, 431 for a head of more
/// than 8 KiB or 64 headers, and what an [`Admission`](crate::Admission) says.
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
#[derive(Clone)]
pub struct WebSocket {
    path: String,
    query: Option<String>,
    subprotocols: Vec<String>,
    /// The type of messages; a server's until its client has sent one.
    kind: MessageType,
    keepalive: Option<Keepalive>,
    /// What only a server uses.
    server: ServerSettings,
    /// What only a client sends.
    headers: OwnHeaders,
}

impl WebSocket {
    /// The layer for `path`, such as `/kitex-ws` or `/kitex-ws?token=x`: a client requests it; a server accepts it,
    /// without the query and with or without a slash at the end, and answers other paths with HTTP 404.
    pub fn at(path: impl Into<String>) -> Self {
        let mut path = path.into();
        let query = path.split_once('?').map(|(path, query)| (path.len(), query.to_owned()));
        if let Some((length, _)) = query {
            path.truncate(length);
        }
        let query = query.map(|(_, query)| query);
        Self {
            path,
            query,
            subprotocols: Vec::new(),
            kind: MessageType::default(),
            keepalive: Some(Keepalive::default()),
            server: ServerSettings::default(),
            headers: OwnHeaders::default(),
        }
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

    /// Connects to `url`, `ws://HOST:PORT/PATH`, over TCP, or `wss://HOST:PORT/PATH`, over TLS. TLS trusts the roots of
    /// the operating system; for other settings use [`to_tls`](Self::to_tls).
    ///
    /// If `url` is invalid, every connection fails with
    /// [`ConnectErrorKind::InvalidEndpoint`](crate::ConnectErrorKind::InvalidEndpoint). To check it earlier, parse it
    /// as an [`Endpoint`].
    pub fn to(url: impl ToString) -> Layered<Layered<StdNet, MaybeTls>, WebSocket> {
        let target = Target::maybe_tls(&url.to_string(), Scheme::Ws, Scheme::Wss);
        let layer = target.endpoint().map_or_else(|_| Self::at("/"), Self::of);
        MaybeTls::to(target).layer(layer)
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
        Self::at(endpoint.path_and_query().unwrap_or_default())
    }
}

#[cfg(feature = "tls")]
impl WebSocket {
    /// Connects to `url`, `wss://HOST:PORT/PATH`, with these settings of TLS.
    ///
    /// ```
    /// use volplane_transport::{Tls, TlsRoots, WebSocket};
    ///
    /// # fn f() -> Result<(), volplane_transport::TlsConfigError> {
    /// let tls = Tls::client().with_roots(TlsRoots::from_pem_file("ca.pem")?);
    /// let connector = WebSocket::to_tls("wss://localhost:8443/kitex-ws", tls);
    /// # drop(connector);
    /// # Ok(()) }
    /// ```
    ///
    /// If `url` is invalid, every connection fails with
    /// [`ConnectErrorKind::InvalidEndpoint`](crate::ConnectErrorKind::InvalidEndpoint).
    pub fn to_tls(url: impl ToString, tls: crate::TlsClient) -> Layered<Layered<StdNet, crate::TlsClient>, WebSocket> {
        let target = Target::new(&url.to_string(), Scheme::Wss);
        let layer = target.endpoint().map_or_else(|_| Self::at("/"), Self::of);
        StdNet::at(target).layer(tls).layer(layer)
    }

    /// Listens on `url`, `wss://HOST:PORT/PATH`, with the certificate and settings of `tls`. Otherwise as
    /// [`bind`](Self::bind).
    ///
    /// # Errors
    ///
    /// As [`bind`](Self::bind).
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing listens afterwards.
    pub async fn bind_tls(
        url: impl ToString,
        tls: crate::TlsServer,
    ) -> Result<Layered<Layered<StdNetListener, crate::TlsServer>, WebSocket>, BindError> {
        let endpoint = target::parse(&url.to_string(), Scheme::Wss)?;
        let listener = StdNet::bind_to(&endpoint).await?;
        Ok(Layered::listener(Layered::listener(listener, tls), Self::of(&endpoint)))
    }
}
