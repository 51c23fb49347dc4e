//! TCP connections of tokio, which the other transports use, too.

mod apply;
mod listener;
mod options;
mod order;
mod race;

use motore::service::UnaryService;
use tokio::net::TcpStream;
use volo::net::Address;

pub use listener::{BindError, StdNetListener};
pub use options::TcpOptions;

use crate::connect::{ConnectError, ConnectErrorKind};
use crate::endpoint::{Endpoint, Scheme};
use crate::http_proxy::HttpProxy;
use crate::layer::{ConnectExt, Layer, Layered};
use crate::target::{self, Target};

/// Makes TCP connections: to one endpoint ([`StdNet::to`]), or to the address that volo has resolved ([`StdNet::new`]).
///
/// [`TcpOptions`] are set at both ends: among them `TCP_NODELAY` and keepalive.
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
    options: TcpOptions,
}

impl StdNet {
    /// Connects to the address that volo's builder, discovery or load balancing gives.
    pub fn new() -> Self {
        Self::default()
    }

    /// Connects to `target`, `host:port` or `tcp://host:port`; volo's address is ignored.
    ///
    /// A name is resolved for every connection, and its addresses are raced ([RFC
    /// 8305](https://www.rfc-editor.org/rfc/rfc8305)): IPv6 and IPv4 take turns, the next attempt starts when one has
    /// failed or after 250 ms, and the first connection wins. At most 16 addresses are tried. If all fail, the error
    /// has what each of them answered.
    ///
    /// If `target` is invalid, every connection fails with [`ConnectErrorKind::InvalidEndpoint`]. To check it earlier,
    /// parse it as an [`Endpoint`].
    pub fn to(target: impl ToString) -> Self {
        Self::at(Target::new(&target.to_string(), Scheme::Tcp))
    }

    /// Connects to the host and port of a target of any scheme.
    pub(crate) fn at(target: Target) -> Self {
        Self { target: Some(target), options: TcpOptions::default() }
    }

    /// Sets the options of the connections.
    pub fn with_tcp_options(self, options: TcpOptions) -> Self {
        Self { options, ..self }
    }

    /// Performs the handshake of `layer` on each connection.
    pub fn layer<L: Layer<TcpStream>>(self, layer: L) -> Layered<Self, L> {
        let to = self.target.as_ref().and_then(|target| target.endpoint().ok().cloned());
        match to {
            Some(to) => Layered::to(self, layer, to),
            None => ConnectExt::layer(self, layer),
        }
    }

    /// Connects through an HTTP proxy, which gets the name of the target unresolved. Further layers go on top:
    /// `StdNet::to("example.com:80").through(proxy).layer(WebSocket::at("/kitex-ws"))`.
    ///
    /// The proxy's answer has to come within [`HandshakeOptions::deadline`](crate::HandshakeOptions::deadline).
    pub fn through(self, proxy: HttpProxy) -> Layered<Self, HttpProxy> {
        let Self { target, options } = self;
        let base = Self { target: Some(proxy.target().clone()), options };
        match target {
            None => ConnectExt::layer(base, proxy),
            Some(target) => match target.endpoint().cloned() {
                Ok(to) => Layered::to(base, proxy, to),
                // Every connection fails with this error.
                Err(_) => ConnectExt::layer(Self { target: Some(target), options }, proxy),
            },
        }
    }

    /// Listens on `address`, `host:port` or `tcp://host:port`. Port 0 selects a free port; it is in
    /// [`StdNetListener::local_addr`]. Connections have the default [`TcpOptions`].
    ///
    /// # Errors
    ///
    /// If the address can't be parsed or resolved, or if the operating system refuses it.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing listens afterwards.
    pub async fn bind(address: impl ToString) -> Result<StdNetListener, BindError> {
        Self::bind_with(address, TcpOptions::default()).await
    }

    /// Listens as [`bind`](Self::bind) does, with options for the listener and its connections.
    ///
    /// # Errors
    ///
    /// As for [`bind`](Self::bind).
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing listens afterwards.
    pub async fn bind_with(address: impl ToString, options: TcpOptions) -> Result<StdNetListener, BindError> {
        StdNetListener::bind(&target::parse(&address.to_string(), Scheme::Tcp)?, options).await
    }

    /// Listens on the host and port of an endpoint of any scheme.
    pub(crate) async fn bind_to(endpoint: &Endpoint) -> Result<StdNetListener, BindError> {
        StdNetListener::bind(endpoint, TcpOptions::default()).await
    }
}

impl UnaryService<Address> for StdNet {
    type Response = TcpStream;
    type Error = ConnectError;

    async fn call(&self, address: Address) -> Result<TcpStream, ConnectError> {
        match (&self.target, address) {
            (Some(target), _) => self.connect_to(target.endpoint()?).await,
            (None, Address::Ip(address)) => {
                let connected = self.options.connect(address).await;
                connected.map_err(|error| ConnectError::from(error).at(Endpoint::from(address)))
            }
            (None, other) => Err(ConnectError::new(ConnectErrorKind::Unsupported).at(other)),
        }
    }
}

impl StdNet {
    async fn connect_to(&self, endpoint: &Endpoint) -> Result<TcpStream, ConnectError> {
        let authority = endpoint
            .authority()
            .ok_or_else(|| ConnectError::new(ConnectErrorKind::Unsupported).at(endpoint.without_query()))?;
        let unresolved = || ConnectError::new(ConnectErrorKind::Unresolved).at(endpoint.without_query());
        let resolved = tokio::net::lookup_host(authority).await.map_err(|error| unresolved().because(error))?;
        let local = self.options.local_address();
        let addresses = order::order(resolved, local);
        if let (true, Some(local)) = (addresses.is_empty(), local) {
            return Err(unresolved().because(format!("it has no address of the family of {local}")));
        }
        race::race(&addresses, &self.options)
            .await
            .map_err(|error| ConnectError::from(error).at(endpoint.without_query()))
    }
}
