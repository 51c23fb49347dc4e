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

use crate::endpoint::{Endpoint, Scheme};
use crate::http::OwnHeaders;
use crate::layer::Layered;
use crate::stdnet::{BindError, StdNet, StdNetListener};
use crate::target::{self, Target};
use settings::ServerSettings;

/// The WebSocket layer ([RFC 6455](https://www.rfc-editor.org/rfc/rfc6455)), which sends the bytes of calls in binary
/// messages. [`to`](Self::to) and [`bind`](Self::bind) put it on TCP, [`at`](Self::at) is for other connections.
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
    /// What only a server uses.
    server: ServerSettings,
    /// What only a client sends.
    headers: OwnHeaders,
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
        let query = query.map(|(_, query)| query);
        Self {
            path,
            query,
            subprotocols: Vec::new(),
            server: ServerSettings::default(),
            headers: OwnHeaders::default(),
        }
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
        Self::at(endpoint.path_and_query().unwrap_or_default())
    }
}
