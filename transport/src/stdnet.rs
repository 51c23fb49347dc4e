//! TCP as the standard library and tokio have it: the plainest connection, and the one below the others.

use std::io;
use std::net::SocketAddr;

use motore::service::UnaryService;
use tokio::net::{TcpListener, TcpStream};
use volo::net::Address;

use crate::connect::{ConnectError, ConnectErrorKind};
use crate::endpoint::{Endpoint, Scheme};
use crate::layer::{ConnectExt, Layer, Layered};
use crate::listen::Listener;
use crate::target::{self, Target, WrongEndpoint};

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
/// use volplane_transport::{ConnectWith, StdNet, serve};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let listener = StdNet::bind("127.0.0.1:0").await?;
/// let address = listener.local_addr();
/// tokio::spawn(serve(listener, EchoServer::from_handler(EchoHandler)).into_future());
///
/// let client = EchoClientBuilder::new("example").connect_with(StdNet::to(address)).build();
/// let answer = client.echo(Request { message: Some("hello".into()) }).await?;
/// assert_eq!(answer.message.as_deref(), Some("hello"));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
pub struct StdNet {
    target: Option<Target>,
}

impl StdNet {
    /// Connects to the address that volo's builder, discovery or load balancing gives.
    pub fn new() -> Self {
        Self::default()
    }

    /// Connects to `target`, `host:port` or `tcp://host:port`, whatever address volo has. A name is resolved at every
    /// connect, and its addresses are tried in turn.
    ///
    /// A text that cannot be parsed is the error of every connect; parse it to an [`Endpoint`] first to know earlier.
    pub fn to(target: impl ToString) -> Self {
        Self::at(Target::new(&target.to_string(), Scheme::Tcp))
    }

    /// Connects to the host and port of a target of any scheme.
    pub(crate) fn at(target: Target) -> Self {
        Self { target: Some(target) }
    }

    /// Puts the connections through a handshake.
    pub fn layer<L: Layer<TcpStream>>(self, layer: L) -> Layered<Self, L> {
        let to = self.target.as_ref().and_then(|target| target.endpoint().ok().cloned());
        match to {
            Some(to) => Layered::to(self, layer, to),
            None => ConnectExt::layer(self, layer),
        }
    }

    /// Listens on `address`, `host:port` or `tcp://host:port`. Port 0 takes a free one:
    /// [`StdNetListener::local_addr`] tells which.
    ///
    /// # Errors
    ///
    /// When the address cannot be parsed or resolved, or the port is in use or may not be taken.
    pub async fn bind(address: impl ToString) -> Result<StdNetListener, BindError> {
        Self::bind_to(&target::parse(&address.to_string(), Scheme::Tcp)?).await
    }

    /// Listens on the host and port of an endpoint of any scheme.
    pub(crate) async fn bind_to(endpoint: &Endpoint) -> Result<StdNetListener, BindError> {
        let authority = endpoint
            .authority()
            .ok_or_else(|| BindError::Unsupported { endpoint: endpoint.clone(), why: "it has no host and port" })?;
        let socket = TcpListener::bind(&authority).await.map_err(BindError::on(&authority))?;
        let local = socket.local_addr().map_err(BindError::on(&authority))?;
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
    /// The address cannot be parsed.
    #[error("cannot listen: invalid address")]
    Endpoint(#[from] WrongEndpoint),
    /// There is no listener for such an address, or it is not compiled in.
    #[error("cannot listen on {endpoint}: {why}")]
    Unsupported {
        /// The address.
        endpoint: Endpoint,
        /// What to do.
        why: &'static str,
    },
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
        let stream = match (&self.target, address) {
            (Some(target), _) => connect_to(target.endpoint()?).await?,
            (None, Address::Ip(address)) => TcpStream::connect(address)
                .await
                .map_err(|error| ConnectError::from(error).at(Endpoint::from(address)))?,
            (None, other) => return Err(ConnectError::new(ConnectErrorKind::Unsupported).at(other)),
        };
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

async fn connect_to(endpoint: &Endpoint) -> Result<TcpStream, ConnectError> {
    let authority =
        endpoint.authority().ok_or_else(|| ConnectError::new(ConnectErrorKind::Unsupported).at(endpoint))?;
    let unresolved = |error: io::Error| ConnectError::new(ConnectErrorKind::Unresolved).at(endpoint).because(error);
    let addresses: Vec<SocketAddr> = tokio::net::lookup_host(authority).await.map_err(unresolved)?.collect();
    TcpStream::connect(&addresses[..]).await.map_err(|error| ConnectError::from(error).at(endpoint))
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
        Listener::accept(&mut self.socket).await
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::from(self.local)
    }
}
