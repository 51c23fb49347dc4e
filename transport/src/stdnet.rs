//! TCP as the standard library and tokio have it: the plainest connection, and the one below the others.

use std::io;
use std::net::SocketAddr;

use motore::service::UnaryService;
use tokio::net::{TcpListener, TcpStream};
use volo::net::Address;

use crate::error::ConnectError;
use crate::listener::{Listener, accept_persistently};

/// Makes TCP connections: to one place ([`StdNet::to`]), or to whatever address volo has resolved ([`StdNet::new`]).
///
/// `TCP_NODELAY` is on at both ends: a call is one small write that an answer waits for.
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
/// use volplane_transport::{ConnectWith, Listener, StdNet, serve};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), volplane_transport::Report> {
/// let listener = StdNet::bind("127.0.0.1:0").await?;
/// let address = listener.endpoint();
/// tokio::spawn(serve(listener, EchoServer::from_handler(EchoHandler)).into_future());
///
/// let client = EchoClientBuilder::new("example").connect_with(StdNet::to(address)).build();
/// let answer = client.echo(Request { message: Some("hello".into()) }).await?;
/// assert_eq!(answer.message.as_deref(), Some("hello"));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
pub struct StdNet {
    target: Option<String>,
}

impl StdNet {
    /// Connects to the address that volo's builder, discovery or load balancing gives.
    pub fn new() -> Self {
        Self::default()
    }

    /// Connects to `target`, `host:port`, whatever address volo has. A name is resolved at every connect, and its
    /// addresses are tried in turn.
    pub fn to(target: impl Into<String>) -> Self {
        Self { target: Some(target.into()) }
    }

    /// Listens on `address`, `host:port`. Port 0 takes a free one: [`Listener::endpoint`] tells which.
    ///
    /// # Errors
    ///
    /// When the name does not resolve, the port is in use or may not be taken.
    pub async fn bind(address: impl AsRef<str>) -> Result<StdNetListener, BindError> {
        let address = address.as_ref();
        let socket = TcpListener::bind(address).await.map_err(BindError::on(address))?;
        let local = socket.local_addr().map_err(BindError::on(address))?;
        Ok(StdNetListener { socket, local })
    }
}

/// Why there is no listener.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// The operating system refused.
    #[error("cannot listen on {address}")]
    Io {
        /// Where.
        address: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The address can't be read.
    #[error(transparent)]
    Url(#[from] crate::websocket::UrlError),
}

impl BindError {
    /// Adds where to what the system said.
    pub fn on(address: impl ToString) -> impl FnOnce(io::Error) -> BindError {
        move |source| BindError::Io { address: address.to_string(), source }
    }
}

impl UnaryService<Address> for StdNet {
    type Response = TcpStream;
    type Error = ConnectError;

    async fn call(&self, address: Address) -> Result<TcpStream, ConnectError> {
        let (target, connected) = match (&self.target, address) {
            (Some(target), _) => (target.clone(), TcpStream::connect(target.as_str()).await),
            (None, Address::Ip(address)) => (address.to_string(), TcpStream::connect(address).await),
            (None, other) => {
                let why = io::Error::new(io::ErrorKind::Unsupported, "not an address for TCP");
                (other.to_string(), Err(why))
            }
        };
        connected
            .and_then(|stream| stream.set_nodelay(true).map(|()| stream))
            .map_err(|source| ConnectError::Io { target, source })
    }
}

/// Accepts TCP connections. Made by [`StdNet::bind`].
#[derive(Debug)]
pub struct StdNetListener {
    socket: TcpListener,
    local: SocketAddr,
}

impl StdNetListener {
    /// The address it listens on, with the real port.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }
}

impl Listener for StdNetListener {
    type Connection = TcpStream;
    type Peer = SocketAddr;

    async fn accept(&mut self) -> Option<(TcpStream, SocketAddr)> {
        let (stream, peer) = accept_persistently("the TCP listener", || self.socket.accept()).await;
        if let Err(error) = stream.set_nodelay(true) {
            // Only slower; a peer that is already gone shows at the first read.
            tracing::debug!(%peer, %error, "TCP_NODELAY not set");
        }
        Some((stream, peer))
    }

    fn endpoint(&self) -> String {
        self.local.to_string()
    }
}
