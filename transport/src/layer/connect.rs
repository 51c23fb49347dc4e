//! A layer on a connector.

use motore::make::MakeConnection;
use motore::service::UnaryService;
use volo::net::Address;

use super::{Handshakes, Layer, Layered};
use crate::connect::{ConnectError, ConnectErrorKind};
use crate::connection::Connection;
use crate::endpoint::Endpoint;

/// Puts layers on anything that implements motore's `MakeConnection<Address>`.
pub trait ConnectExt: MakeConnection<Address> + Sized {
    /// Performs the handshake of `layer` on each connection. The layer gets volo's address; if the connector connects
    /// to another one, use [`Layered::to`].
    fn layer<L>(self, layer: L) -> Layered<Self, L>
    where
        Self::Connection: Connection,
        L: Layer<Self::Connection>,
    {
        Layered::new(self, layer, None)
    }
}

impl<C: MakeConnection<Address>> ConnectExt for C {}

impl<B, L> Layered<B, L>
where
    B: MakeConnection<Address>,
    B::Connection: Connection,
    L: Layer<B::Connection>,
{
    /// Adds a layer on top.
    pub fn layer<M>(self, layer: M) -> Layered<Self, M>
    where
        M: Layer<L::Io>,
    {
        let to = self.to.clone().map(|to| self.layer.endpoint(to));
        Layered::new(self, layer, to)
    }
}

impl<B: Clone, L> Clone for Layered<B, L> {
    fn clone(&self) -> Self {
        Self {
            base: self.base.clone(),
            layer: self.layer.clone(),
            to: self.to.clone(),
            options: self.options,
            // A clone has no running handshakes.
            handshakes: Handshakes::default(),
        }
    }
}

impl<B, L> UnaryService<Address> for Layered<B, L>
where
    B: MakeConnection<Address> + Send + Sync,
    B::Connection: Connection,
    B::Error: Into<ConnectError>,
    L: Layer<B::Connection>,
{
    type Response = L::Io;
    type Error = ConnectError;

    async fn call(&self, address: Address) -> Result<L::Io, ConnectError> {
        let below = self.to.clone().unwrap_or_else(|| endpoint_of(&address));
        let io = self.base.make_connection(address).await.map_err(Into::into)?;
        let to = self.layer.endpoint(below);
        let deadline = self.options.deadline;
        match tokio::time::timeout(deadline, self.layer.outgoing(io, &to)).await {
            Ok(Ok(io)) => Ok(io),
            Ok(Err(error)) => Err(ConnectError::new(ConnectErrorKind::Handshake).at(to.without_query()).because(error)),
            Err(_) => Err(ConnectError::new(ConnectErrorKind::TimedOut(deadline)).at(to.without_query())),
        }
    }
}

/// volo's address as an endpoint.
fn endpoint_of(address: &Address) -> Endpoint {
    match address {
        Address::Ip(address) => Endpoint::from(*address),
        #[cfg(unix)]
        Address::Unix(unix) => {
            crate::listen::endpoint_of(&unix.clone().into()).unwrap_or_else(|| Endpoint::named(address.to_string()))
        }
        #[allow(unreachable_patterns, reason = "volo has further addresses with its own cargo features")]
        other => Endpoint::named(other.to_string()),
    }
}
