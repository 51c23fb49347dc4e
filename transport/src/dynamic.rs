//! Connectors and listeners whose type is chosen at run time, from an endpoint.

mod endpoint;
mod options;

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use motore::make::MakeConnection;
use motore::service::UnaryService;
use volo::net::Address;

use crate::connect::ConnectError;
use crate::connection::{Connection, Peer};
use crate::endpoint::Endpoint;
use crate::listen::Listener;
pub use options::{ConnectorOptions, ListenerOptions};

/// A connection of any type.
pub type BoxConnection = Box<dyn Connection>;

/// A connector of any type, such as [`Endpoint::connector`] makes. Clones share it.
#[derive(Clone)]
pub struct BoxConnector {
    inner: Arc<dyn DynConnector>,
}

trait DynConnector: Send + Sync {
    fn connect(&self, address: Address) -> BoxFuture<'_, Result<BoxConnection, ConnectError>>;
}

impl<C> DynConnector for C
where
    C: MakeConnection<Address> + Send + Sync,
    C::Connection: Connection,
    C::Error: Into<ConnectError>,
{
    fn connect(&self, address: Address) -> BoxFuture<'_, Result<BoxConnection, ConnectError>> {
        async move {
            let connection = self.make_connection(address).await.map_err(Into::into)?;
            Ok(Box::new(connection) as BoxConnection)
        }
        .boxed()
    }
}

impl BoxConnector {
    /// Erases the type of `connector`.
    pub fn new<C>(connector: C) -> Self
    where
        C: MakeConnection<Address> + Send + Sync + 'static,
        C::Connection: Connection,
        C::Error: Into<ConnectError>,
    {
        Self { inner: Arc::new(connector) }
    }
}

impl UnaryService<Address> for BoxConnector {
    type Response = BoxConnection;
    type Error = ConnectError;

    async fn call(&self, address: Address) -> Result<BoxConnection, ConnectError> {
        self.inner.connect(address).await
    }
}

impl fmt::Debug for BoxConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxConnector")
    }
}

/// A listener of any type, such as [`Endpoint::bind`] makes.
pub struct BoxListener {
    inner: Box<dyn DynListener>,
}

trait DynListener: Send {
    fn accept(&mut self) -> BoxFuture<'_, Option<(BoxConnection, BoxPeer)>>;
    fn endpoint(&self) -> Endpoint;
    fn stop(&mut self);
}

impl<L: Listener> DynListener for L {
    fn accept(&mut self) -> BoxFuture<'_, Option<(BoxConnection, BoxPeer)>> {
        async move {
            let (connection, peer) = Listener::accept(self).await?;
            Some((Box::new(connection) as BoxConnection, BoxPeer::new(peer)))
        }
        .boxed()
    }

    fn endpoint(&self) -> Endpoint {
        Listener::endpoint(self)
    }

    fn stop(&mut self) {
        Listener::stop(self);
    }
}

impl BoxListener {
    /// Erases the type of `listener`.
    pub fn new(listener: impl Listener) -> Self {
        Self { inner: Box::new(listener) }
    }
}

impl Listener for BoxListener {
    type Connection = BoxConnection;
    type Peer = BoxPeer;

    async fn accept(&mut self) -> Option<(BoxConnection, BoxPeer)> {
        self.inner.accept().await
    }

    fn endpoint(&self) -> Endpoint {
        self.inner.endpoint()
    }

    fn stop(&mut self) {
        self.inner.stop();
    }
}

impl fmt::Debug for BoxListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoxListener").field("endpoint", &self.inner.endpoint()).finish()
    }
}

/// A peer of any type.
#[derive(Clone, Debug)]
pub struct BoxPeer {
    inner: Arc<dyn DynPeer>,
}

trait DynPeer: fmt::Debug + fmt::Display + Send + Sync {
    fn address(&self) -> Option<Address>;
    fn detail(&self, wanted: TypeId) -> Option<&dyn Any>;
    fn as_any(&self) -> &dyn Any;
}

impl<P: Peer> DynPeer for P {
    fn address(&self) -> Option<Address> {
        Peer::address(self)
    }

    fn detail(&self, wanted: TypeId) -> Option<&dyn Any> {
        Peer::detail(self, wanted)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl BoxPeer {
    /// Erases the type of `peer`.
    pub fn new(peer: impl Peer) -> Self {
        Self { inner: Arc::new(peer) }
    }

    /// The peer, if it is a `P`: `SocketAddr` for `tcp://`, `UnixPeer` for `unix://`, `WebSocketPeer<SocketAddr>` for `ws://`.
    pub fn downcast_ref<P: Peer>(&self) -> Option<&P> {
        self.inner.as_any().downcast_ref()
    }
}

impl fmt::Display for BoxPeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl Peer for BoxPeer {
    fn address(&self) -> Option<Address> {
        self.inner.address()
    }

    fn detail(&self, wanted: TypeId) -> Option<&dyn Any> {
        self.inner.detail(wanted)
    }
}
