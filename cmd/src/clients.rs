//! The clients: one for each service, over any transport.

use std::net::SocketAddr;

use motore::make::MakeConnection;
use volo::net::Address;
use volplane_generated::api::{EchoClient, EchoClientBuilder};
use volplane_transport::{ConnectError, ConnectWith, Connection};

/// A client of each service.
#[derive(Clone)]
pub struct Clients {
    /// Calls the service Echo.
    pub echo: EchoClient,
}

impl Clients {
    /// Clients that call over the connections of `connector`, such as `StdNet::to("127.0.0.1:8889")`.
    pub fn over<C>(connector: C) -> Self
    where
        C: MakeConnection<Address> + Clone + Send + Sync + 'static,
        C::Connection: Connection,
        C::Error: Into<ConnectError>,
    {
        Clients { echo: EchoClientBuilder::new("example").connect_with(connector).build() }
    }

    /// Clients that call over volo's own connections.
    pub fn over_volo(address: SocketAddr) -> Self {
        Clients { echo: EchoClientBuilder::new("example").address(address).build() }
    }
}
