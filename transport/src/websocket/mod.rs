//! WebSocket connections: tungstenite's handshake, a streaming frame codec, one byte stream.

mod frame;
mod head;
mod listener;
mod stream;
mod url;

use motore::make::MakeConnection;
use motore::service::UnaryService;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{Error as HttpError, HeaderValue, StatusCode, header};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, handshake::client::Request};
use volo::net::Address;

pub use frame::FrameError;
pub use listener::{WebSocketListener, WebSocketPeer};
pub use stream::WebSocketStream;
pub use url::{UrlError, WebSocketUrl};

use crate::connection::Connection;
use crate::error::ConnectError;
use crate::listener::Listener;
use crate::stdnet::{BindError, StdNet, StdNetListener};
use frame::Role;
use head::HeadOnly;

/// Makes WebSocket connections over TCP ([`WebSocket::to`]) or over any other connection ([`WebSocket::over`]).
///
/// The address is parsed when the connection is made, so that a wrong one is an error of the call like any other;
/// parse it to a [`WebSocketUrl`] first to know earlier.
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
/// # async fn main() -> Result<(), volplane_transport::Report> {
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
pub struct WebSocket<C = StdNet> {
    url: String,
    inner: C,
}

/// Why a handshake failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeError {
    /// The address can't be read.
    #[error("wrong address")]
    Url(#[from] UrlError),
    /// Something answered, but not with a WebSocket.
    #[error("the server answered {status}{}", hint(*.status))]
    Status {
        /// Its HTTP status.
        status: StatusCode,
    },
    /// The connection ended, or what came is no handshake.
    #[error("the other end does not speak WebSocket here")]
    Protocol(#[source] tungstenite::Error),
}

fn hint(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => ": no WebSocket at this path",
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ": it wants other credentials or another origin",
        _ => "",
    }
}

impl From<tungstenite::Error> for HandshakeError {
    fn from(error: tungstenite::Error) -> Self {
        match error {
            tungstenite::Error::Http(response) => HandshakeError::Status { status: response.status() },
            other => HandshakeError::Protocol(other),
        }
    }
}

impl WebSocket {
    /// Connects to `url`, `ws://host:port/path`, over TCP.
    pub fn to(url: impl Into<String>) -> Self {
        let url = url.into();
        // An address that can't be read is the error of every call; the place to connect to is never asked then.
        let target = url.parse().map(|url: WebSocketUrl| url.authority()).unwrap_or_default();
        Self { inner: StdNet::to(target), url }
    }

    /// Listens on `url`, `ws://host:port/path`, over TCP. Port 0 takes a free one. Only that path is served, others
    /// get HTTP 404: see [`WebSocketListener::with_subpaths`].
    ///
    /// # Errors
    ///
    /// When the address can't be read, its port is in use or may not be taken.
    pub async fn bind(url: impl AsRef<str>) -> Result<WebSocketListener<StdNetListener>, BindError> {
        let url: WebSocketUrl = url.as_ref().parse()?;
        let listener = StdNet::bind(url.authority()).await?;
        let port = listener.local_addr().port();
        Ok(WebSocketListener::new(listener, url.with_port(port)))
    }

    /// Listens above another listener. `url` gives the path that is served and what
    /// [`Listener::endpoint`] tells.
    pub fn bind_over<L: Listener>(listener: L, url: WebSocketUrl) -> WebSocketListener<L> {
        WebSocketListener::new(listener, url)
    }
}

impl<C> WebSocket<C> {
    /// Connects to `url` over the connections that `inner` makes; they have to reach the URL's host.
    pub fn over(inner: C, url: impl Into<String>) -> Self {
        Self { url: url.into(), inner }
    }
}

impl<C> UnaryService<Address> for WebSocket<C>
where
    C: MakeConnection<Address> + Send + Sync,
    C::Connection: Connection,
    C::Error: Into<ConnectError>,
{
    type Response = WebSocketStream<C::Connection>;
    type Error = ConnectError;

    async fn call(&self, address: Address) -> Result<Self::Response, ConnectError> {
        let url: WebSocketUrl = self.url.parse().map_err(|error| failed(&self.url, error))?;
        let stream = self.inner.make_connection(address).await.map_err(Into::into)?;
        let request = request(&url).map_err(|error| failed(&self.url, error))?;
        let (socket, _) =
            tokio_tungstenite::client_async_with_config(request, HeadOnly::new(stream), Some(handshake_only()))
                .await
                .map_err(|error| failed(&self.url, error))?;
        let (stream, early) = socket.into_inner().into_parts();
        Ok(WebSocketStream::new(stream, early, Role::Client))
    }
}

fn failed(url: &str, source: impl Into<HandshakeError>) -> ConnectError {
    ConnectError::Handshake { url: url.to_owned(), source: source.into() }
}

/// A request to upgrade. It carries an `Origin`, which Go's x/net/websocket wants, and offers no extension.
fn request(url: &WebSocketUrl) -> Result<Request, HandshakeError> {
    let mut request = url.to_string().into_client_request()?;
    let origin =
        HeaderValue::try_from(url.origin()).map_err(|error| tungstenite::Error::from(HttpError::from(error)))?;
    request.headers_mut().insert(header::ORIGIN, origin);
    Ok(request)
}

/// tungstenite allocates its frame buffers at once; its part here ends with the handshake.
fn handshake_only() -> WebSocketConfig {
    WebSocketConfig::default().read_buffer_size(1024).write_buffer_size(0).max_write_buffer_size(1024)
}
