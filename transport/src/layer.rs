//! Handshakes that stand on other connections: one trait for both directions.

mod connect;
mod listen;

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::connection::{Connection, Peer};
use crate::endpoint::Endpoint;
pub use connect::ConnectExt;
use listen::Handshakes;

/// A handshake on a connection, and what it makes of the connection: WebSocket, TLS, authentication.
///
/// One implementation serves clients and servers. Put it on a connector with [`ConnectExt::layer`] and on a listener
/// with [`ListenerExt::layer`](crate::ListenerExt::layer); each gives a [`Layered`].
///
/// Neither method needs a deadline of its own: [`Layered`] gives up after [`HandshakeOptions::deadline`].
pub trait Layer<Io: Connection>: Send + Sync + 'static {
    /// The connection above the layer.
    type Io: Connection;
    /// What is known of the other end above the layer, around what was known below.
    type Peer<P: Peer>: Peer;
    /// Why a handshake failed.
    type Error: Error + Send + Sync + 'static;

    /// The handshake of the end that dialed. `to` is the address above the layer, as [`endpoint`](Self::endpoint)
    /// makes it.
    fn outgoing(&self, io: Io, to: &Endpoint) -> impl Future<Output = Result<Self::Io, Self::Error>> + Send;

    /// The handshake of the end that accepted.
    #[allow(clippy::type_complexity)] // an alias would hide what an implementation has to return
    fn incoming<P: Peer>(
        &self,
        io: Io,
        peer: P,
    ) -> impl Future<Output = Result<(Self::Io, Self::Peer<P>), Self::Error>> + Send;

    /// The address above the layer, made from the one below. Default: the same.
    fn endpoint(&self, below: Endpoint) -> Endpoint {
        below
    }
}

/// Bounds on unfinished handshakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandshakeOptions {
    deadline: Duration,
    concurrency: usize,
}

impl Default for HandshakeOptions {
    fn default() -> Self {
        Self { deadline: Duration::from_secs(10), concurrency: 1024 }
    }
}

impl HandshakeOptions {
    /// How long one handshake may take, at either end. Default: 10 s. A connection over it is dropped.
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// How many handshakes may be under way in a listener. Default: 1024. At least 1. Further connections wait in the
    /// listener below.
    pub fn with_concurrency(self, concurrency: usize) -> Self {
        Self { concurrency: concurrency.max(1), ..self }
    }

    /// See [`with_deadline`](Self::with_deadline).
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// See [`with_concurrency`](Self::with_concurrency).
    pub fn concurrency(&self) -> usize {
        self.concurrency
    }
}

/// A base `B` with the layer `L` on it: a connector (motore's `MakeConnection<Address>`) where `B` is one, a
/// [`Listener`](crate::Listener) where `B` is one.
///
/// As a listener it runs each handshake in a task of its own and hands connections out in the order in which their
/// handshakes end. The tasks end with it.
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
    /// Where the base connects to. `None` for a listener, and where the base goes to the address that volo has.
    to: Option<Endpoint>,
    options: HandshakeOptions,
    /// Those of a listener.
    handshakes: Handshakes,
}

impl<B, L> Layered<B, L> {
    fn new(base: B, layer: L, to: Option<Endpoint>) -> Self {
        let layer = Arc::new(layer);
        Self { base, layer, to, options: HandshakeOptions::default(), handshakes: Handshakes::default() }
    }

    /// A connector over `base`, which goes to `to` whatever address volo has. Use it for a base of your own whose
    /// layers need the address, as a WebSocket does for its request.
    pub fn to(base: B, layer: L, to: Endpoint) -> Self {
        Self::new(base, layer, Some(to))
    }

    pub(crate) fn listener(base: B, layer: L) -> Self {
        Self::new(base, layer, None)
    }

    /// With other bounds on handshakes.
    pub fn with_handshake_options(self, options: HandshakeOptions) -> Self {
        Self { options, ..self }
    }

    /// With another layer, made from this one. Handshakes under way go on as they began.
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
