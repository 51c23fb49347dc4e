//! A connection for a call: an idle one, or a new one.

use std::io;

use motore::make::MakeConnection;
use tokio::sync::OwnedSemaphorePermit;
use volo::context::Context;
use volo::net::Address;
use volo_thrift::context::ClientContext;
use volo_thrift::transport::{DialPlan, SelectedTransport};

use super::attempts::Attempts;
use super::pooled::PooledConnection;
use super::{Channel, NOWHERE};
use crate::connect::{ConnectError, ConnectErrorKind};
use crate::connection::Connection;
#[cfg(feature = "endpoints")]
use crate::endpoint::{Endpoint, Scheme};
use crate::protocol::{Framing, Protocol};

/// A connection, ready for a call.
pub(super) struct Acquired<T> {
    pub(super) address: Address,
    pub(super) connection: Box<PooledConnection<T>>,
    /// Held while the call runs, if the number of connections is limited.
    pub(super) permit: Option<OwnedSemaphorePermit>,
}

impl<C> Channel<C>
where
    C: MakeConnection<Address>,
    C::Connection: Connection,
    C::Error: Into<ConnectError>,
{
    /// A connection to the address of the call. If volo's [`DialPlan`] has several, they are tried in order.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: a connection that was taken from the pool is closed.
    pub(super) async fn acquire(
        &self,
        cx: &mut ClientContext,
        attempts: &mut Attempts,
    ) -> Result<Acquired<C::Connection>, ConnectError> {
        let Some(plan) = cx.extensions().get::<DialPlan>().cloned() else {
            let address = cx.rpc_info().callee().address().ok_or_else(no_address)?;
            return self.acquire_at(cx, address, attempts).await;
        };
        let mut failed = None;
        for (attempt, address) in plan.attempts().enumerate() {
            cx.rpc_info_mut().callee_mut().set_address(address.clone());
            match self.acquire_at(cx, address.clone(), attempts).await {
                Ok(acquired) => {
                    cx.extensions_mut().insert(SelectedTransport::new(address.clone(), attempt));
                    return Ok(acquired);
                }
                Err(error) => failed = Some(error),
            }
        }
        cx.rpc_info_mut().callee_mut().set_address(plan.primary().clone());
        Err(failed.unwrap_or_else(no_address))
    }

    async fn acquire_at(
        &self,
        cx: &ClientContext,
        address: Address,
        attempts: &mut Attempts,
    ) -> Result<Acquired<C::Connection>, ConnectError> {
        let permit = self.pool.permit(&address).await.map_err(|error| at(error, &address))?;
        let connection = self.connection_to(cx, &address, attempts).await?;
        Ok(Acquired { address, connection, permit })
    }

    /// An idle connection that is usable, or a new one.
    pub(super) async fn connection_to(
        &self,
        cx: &ClientContext,
        address: &Address,
        attempts: &mut Attempts,
    ) -> Result<Box<PooledConnection<C::Connection>>, ConnectError> {
        // The last attempt is not made on a connection that may have broken while it was idle.
        if !attempts.is_last()
            && let Some(connection) = self.pool.take(address).await
        {
            return Ok(connection);
        }
        // Boxed because it is rare and large, and would enlarge the future of every call.
        Box::pin(self.connect(cx, address, attempts)).await
    }

    async fn connect(
        &self,
        cx: &ClientContext,
        address: &Address,
        attempts: &mut Attempts,
    ) -> Result<Box<PooledConnection<C::Connection>>, ConnectError> {
        let timeout = cx.rpc_info().config().connect_timeout().unwrap_or(self.options.connect_timeout());
        let connecting = async {
            loop {
                match self.connector.make_connection(address.clone()).await.map_err(Into::into) {
                    Err(error) if error.is_disconnect() && attempts.retry().await => {}
                    outcome => return outcome,
                }
            }
        };
        let connection = tokio::time::timeout(timeout, connecting)
            .await
            .unwrap_or_else(|_| Err(ConnectError::new(ConnectErrorKind::TimedOut(timeout))))
            .map_err(|error| at(error, address))?;
        let protocol = self.protocol_on(&connection).map_err(|error| at(error, address))?;
        self.pool.count_opened();
        self.first_answer.expect_in(protocol, connection.delimits_messages());
        Ok(PooledConnection::new(connection, protocol, &self.options))
    }

    /// The protocol that was chosen, or the default of the connection.
    fn protocol_on(&self, connection: &C::Connection) -> Result<Protocol, ConnectError> {
        match (self.protocol, connection.delimits_messages()) {
            (None, false) => Ok(Protocol::default()),
            (None, true) => Ok(Protocol::BUFFERED),
            (Some(protocol), true) if protocol.framing() != Framing::Buffered => Err(framed_in_a_body(protocol)),
            (Some(protocol), _) => Ok(protocol),
        }
    }
}

/// Whether the protocol in an endpoint can be used there.
#[cfg(feature = "endpoints")]
pub(crate) fn check_protocol(endpoint: &Endpoint) -> Result<(), ConnectError> {
    let delimits_messages = matches!(endpoint.scheme(), Some(Scheme::Http | Scheme::Https));
    match endpoint.protocol() {
        Some(protocol) if delimits_messages && protocol.framing() != Framing::Buffered => {
            Err(framed_in_a_body(protocol).at(endpoint.without_query()))
        }
        _ => Ok(()),
    }
}

/// Refuses a protocol over HTTP: Apache's implementations understand only one message without a frame in a body.
fn framed_in_a_body(protocol: Protocol) -> ConnectError {
    let why = format!("the protocol {protocol} can't be used over HTTP; use buffered or buffered-compact");
    ConnectError::new(ConnectErrorKind::Unsupported).because(why)
}

/// Adds where the connection was to go, as far as that is known here: a connector with an address of its own names it.
fn at(error: ConnectError, address: &Address) -> ConnectError {
    if *address == NOWHERE { error } else { error.at(address) }
}

fn no_address() -> ConnectError {
    let why = io::Error::new(io::ErrorKind::InvalidInput, "the client has no address: call the builder's `address`");
    ConnectError::new(ConnectErrorKind::InvalidEndpoint).because(why)
}
