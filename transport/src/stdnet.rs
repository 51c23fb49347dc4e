//! TCP connections of tokio, which the other transports use, too.

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

/// Makes TCP connections: to one endpoint ([`StdNet::to`]), or to the address that volo has resolved ([`StdNet::new`]).
///
/// `TCP_NODELAY` is set at both ends, because a call is one small write in each direction.
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

    /// Connects to `target`, `host:port` or `tcp://host:port`; volo's address is ignored. A name is resolved for every
    /// connection, and its addresses are tried in order.
    ///
    /// If `target` is invalid, every connection fails with [`ConnectErrorKind::InvalidEndpoint`]. To check it earlier,
    /// parse it as an [`Endpoint`].
    pub fn to(target: impl ToString) -> Self {
        Self::at(Target::new(&target.to_string(), Scheme::Tcp))
    }

    /// Connects to the host and port of a target of any scheme.
    pub(crate) fn at(target: Target) -> Self {
        Self { target: Some(target) }
    }

    /// Performs the handshake of `layer` on each connection.
    pub fn layer<L: Layer<TcpStream>>(self, layer: L) -> Layered<Self, L> {
        let to = self.target.as_ref().and_then(|target| target.endpoint().ok().cloned());
        match to {
            Some(to) => Layered::to(self, layer, to),
            None => ConnectExt::layer(self, layer),
        }
    }

    /// Listens on `address`, `host:port` or `tcp://host:port`. Port 0 selects a free port; it is in
    /// [`StdNetListener::local_addr`].
    ///
    /// # Errors
    ///
    /// If the address can't be parsed or resolved, or if the operating system refuses it.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing listens afterwards.
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

/// Why a listener could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// The operating system refused the address.
    #[error("cannot listen on {address}")]
    Io {
        /// The address.
        address: String,
        /// The error of the operating system.
        #[source]
        source: io::Error,
    },
    /// The address can't be parsed, or does not suit this listener.
    #[error("cannot listen: invalid address")]
    Endpoint(#[from] WrongEndpoint),
    /// There is no listener for such an address, or its cargo feature is off.
    #[error("cannot listen on {endpoint}: {why}")]
    Unsupported {
        /// The address.
        endpoint: Endpoint,
        /// The reason, and what to do.
        why: &'static str,
    },
}

impl BindError {
    /// Adds the address to an error of the operating system: `bind(…).map_err(BindError::on(address))`.
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
    /// The address on which it listens, with the actual port.
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
