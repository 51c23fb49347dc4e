//! TLS: who is trusted, what is said of those who are not, and connections above and below it.

mod connections;
mod endpoints;
mod files;
mod handshakes;
mod mutual;
mod reload;

use std::error::Error;
use std::net::SocketAddr;

use motore::service::UnaryService;
use volo::net::Address;
use volplane_transport::{
    ConnectError, ConnectErrorKind, Layered, ListenerExt, StdNet, TlsClient, TlsError, TlsServer,
};

use crate::support::certificates::Authority;
use crate::support::{EchoHandler, Server, within};

/// The message of an error and those of its causes.
fn told(error: &dyn Error) -> String {
    let cause = error.source().map(|source| format!(": {}", told(source)));
    format!("{error}{}", cause.unwrap_or_default())
}

fn anywhere() -> Address {
    Address::Ip(SocketAddr::from(([0, 0, 0, 0], 0)))
}

/// A server with TLS over TCP.
async fn server(tls: TlsServer) -> Server {
    Server::start(StdNet::bind("127.0.0.1:0").await.unwrap().layer(tls), EchoHandler)
}

/// A connector to `localhost` at the server's port.
fn connector(server: &Server, tls: TlsClient) -> Layered<StdNet, TlsClient> {
    StdNet::to(format!("127.0.0.1:{}", server.endpoint.port().unwrap())).layer(tls.with_server_name("localhost"))
}

/// Why no connection can be made. The error names the endpoint.
async fn refused<C>(connector: C, endpoint: &str) -> ConnectError
where
    C: UnaryService<Address, Error = ConnectError>,
{
    let Err(error) = within(connector.call(anywhere())).await else { panic!("there is a connection") };
    assert_eq!(error.kind(), ConnectErrorKind::Handshake, "{error:?}");
    assert_eq!(error.to_string(), format!("handshake with {endpoint} failed"));
    error
}

fn tls_error(error: &ConnectError) -> &TlsError {
    error.source().unwrap().downcast_ref().unwrap()
}

/// A server's authority, and a server at `localhost` that it has signed.
async fn trusted() -> (Authority, Server) {
    let authority = Authority::new();
    let server = server(volplane_transport::Tls::server(authority.identity(&["localhost"]))).await;
    (authority, server)
}
