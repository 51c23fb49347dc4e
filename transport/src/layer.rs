//! Handshakes on connections: one trait for both directions.

mod connect;
mod listen;
mod running;

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::connection::{Connection, Peer};
use crate::endpoint::Endpoint;
pub use connect::ConnectExt;
use listen::Handshakes;

/// A handshake that turns one connection into another: WebSocket, TLS, authentication.
///
/// One implementation is used by clients and servers. Put it on a connector with [`ConnectExt::layer`] and on a
/// listener with [`ListenerExt::layer`](crate::ListenerExt::layer); the result is a [`Layered`].
///
/// Handshakes need no timeout of their own: [`Layered`] drops them after [`HandshakeOptions::deadline`].
///
/// # Cancel safety
///
/// Dropping a handshake drops its connection, so the methods need not be cancel safe.
pub trait Layer<Io: Connection>: Send + Sync + 'static {
    /// The connection after the handshake.
    type Io: Connection;
    /// What is known of the other end after the handshake. It usually contains the peer of the underlying listener.
    type Peer<P: Peer>: Peer;
    /// Why a handshake failed.
    type Error: Error + Send + Sync + 'static;

    /// The handshake of the end that dialed. `to` is the result of [`endpoint`](Self::endpoint).
    ///
    /// # Errors
    ///
    /// If the handshake fails. The client gets it as the source of a [`ConnectError`](crate::ConnectError).
    fn outgoing(&self, io: Io, to: &Endpoint) -> impl Future<Output = Result<Self::Io, Self::Error>> + Send;

    /// The handshake of the end that accepted.
    ///
    /// # Errors
    ///
    /// If the handshake fails. It is logged, and the connection is dropped.
    #[allow(clippy::type_complexity)] // an alias would hide what an implementation has to return
    fn incoming<P: Peer>(
        &self,
        io: Io,
        peer: P,
    ) -> impl Future<Output = Result<(Self::Io, Self::Peer<P>), Self::Error>> + Send;

    /// The endpoint of the layered connector or listener, made from that of the underlying one. Default: the same.
    fn endpoint(&self, below: Endpoint) -> Endpoint {
        below
    }
}

/// Limits of the handshakes of a [`Layered`]. Set with [`Layered::with_handshake_options`].
///
/// | option | default | when it is exceeded |
/// |---|---|---|
/// | `deadline` | 10 s | the connection is dropped |
/// | `concurrency` | 1,024 | the oldest handshake of the address with the most of them is dropped |
/// | `per_address` | 256 | the oldest handshake of the address is dropped |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandshakeOptions {
    deadline: Duration,
    concurrency: usize,
    per_address: usize,
}

impl Default for HandshakeOptions {
    fn default() -> Self {
        Self { deadline: Duration::from_secs(10), concurrency: 1024, per_address: 256 }
    }
}

impl HandshakeOptions {
    /// How long one handshake may take, at either end. Default: 10 s. Then the connection is dropped.
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// How many handshakes of a listener may run at a time, at least 1. Default: 1,024.
    ///
    /// When one more begins, the oldest one of the address that has the most running handshakes is dropped, and of several
    /// such addresses, the oldest one of them. If further connections waited instead, peers at a few addresses that
    /// connect and send nothing would block every new client until the deadline.
    ///
    /// A usual handshake takes some round trips. It is dropped only if its address has as many running handshakes as any
    /// other, and 1,024 newer ones have begun before it ends: where an attack comes from at least 1,024 addresses, at
    /// 10,000 connections a second, handshakes that take up to 0.1 s still succeed. Raise the limit against more; a
    /// running handshake takes a file descriptor and some KiB.
    pub fn with_concurrency(self, concurrency: usize) -> Self {
        Self { concurrency: concurrency.max(1), ..self }
    }

    /// How many handshakes of a listener may run at a time with peers of one IP address, or of one IPv6 network of 64
    /// bits; at least 1. Default: 256, a quarter of the default concurrency, so that one host leaves room for others.
    ///
    /// When one more begins, the oldest one of that address is dropped. Clients behind one proxy or NAT have one address:
    /// they need more only if so many of their handshakes run at the same moment. Peers without an IP address, such as
    /// those of Unix domain sockets, are not limited.
    pub fn with_per_address(self, per_address: usize) -> Self {
        Self { per_address: per_address.max(1), ..self }
    }

    /// See [`with_deadline`](Self::with_deadline).
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// See [`with_concurrency`](Self::with_concurrency).
    pub fn concurrency(&self) -> usize {
        self.concurrency
    }

    /// See [`with_per_address`](Self::with_per_address).
    pub fn per_address(&self) -> usize {
        self.per_address
    }
}

/// The connector or listener `B` with the layer `L`: a connector (motore's `MakeConnection<Address>`) if `B` is one, a
/// [`Listener`](crate::Listener) if `B` is one.
///
/// A listener runs each handshake in its own task and returns connections in the order in which their handshakes end.
/// Dropping the listener aborts the tasks.
///
/// ```
/// # async fn f() -> Result<(), volplane_transport::BindError> {
/// use volplane_transport::{ListenerExt, StdNet, WebSocket};
///
/// let websocket = WebSocket::at("/kitex-ws");
/// let connector = StdNet::to("127.0.0.1:8890").layer(websocket.clone());
/// let listener = StdNet::bind("127.0.0.1:8890").await?.layer(websocket);
/// # drop((connector, listener));
/// # Ok(()) }
/// ```
pub struct Layered<B, L> {
    base: B,
    layer: Arc<L>,
    /// The endpoint to which the base connects. `None` for a listener, and for a base that connects to volo's address.
    to: Option<Endpoint>,
    options: HandshakeOptions,
    /// The running handshakes of a listener.
    handshakes: Handshakes,
}

impl<B, L> Layered<B, L> {
    fn new(base: B, layer: L, to: Option<Endpoint>) -> Self {
        let layer = Arc::new(layer);
        Self { base, layer, to, options: HandshakeOptions::default(), handshakes: Handshakes::default() }
    }

    /// A connector over `base`, which connects to `to` and ignores volo's address. Use it for your own connectors, if
    /// the layer needs the endpoint, as WebSocket does for its request.
    pub fn to(base: B, layer: L, to: Endpoint) -> Self {
        Self::new(base, layer, Some(to))
    }

    pub(crate) fn listener(base: B, layer: L) -> Self {
        Self::new(base, layer, None)
    }

    /// Sets the limits of handshakes.
    pub fn with_handshake_options(self, options: HandshakeOptions) -> Self {
        Self { options, ..self }
    }

    /// Replaces the layer. Running handshakes continue with the old one.
    pub fn map_layer(mut self, change: impl FnOnce(L) -> L) -> Self
    where
        L: Clone,
    {
        self.layer = Arc::new(change((*self.layer).clone()));
        self
    }
}

impl<B: fmt::Debug, L: fmt::Debug> fmt::Debug for Layered<B, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layered")
            .field("base", &self.base)
            .field("layer", &self.layer)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
