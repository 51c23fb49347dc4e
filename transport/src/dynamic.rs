//! Connectors and listeners whose type is chosen at run time, from an endpoint.

mod endpoint;
mod one_line;
mod options;

use std::fmt;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use motore::make::MakeConnection;
use motore::service::UnaryService;
use volo::net::Address;

use crate::box_peer::BoxPeer;
use crate::connect::ConnectError;
use crate::connection::Connection;
use crate::endpoint::Endpoint;
use crate::listen::Listener;
pub use one_line::ConnectOptions;
pub(crate) use one_line::channel;
#[doc(hidden)]
pub use one_line::{channel_to, listening_on};
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
