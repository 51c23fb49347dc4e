//! `https://`: the same over TLS.

use std::net::SocketAddr;

use motore::service::UnaryService;
use volo::net::Address;
use volplane_generated::api::EchoClientBuilder;
use volplane_transport::{BoxConnector, Channel, ConnectErrorKind, ConnectWith, Endpoint, Http, Listener};

use crate::support::certificates::{self, AUTHORITY};
use crate::support::{EchoHandler, PATIENCE, Server, client, echo};

#[tokio::test]
async fn connections_over_tls_are_used_again_and_carry_every_size() {
    let listener = Http::bind_tls("https://127.0.0.1:0/echo", certificates::server()).await.unwrap();
    let url = listener.endpoint();
    assert_eq!(url.to_string(), format!("https://127.0.0.1:{}/echo", url.port().unwrap()));
    let server = Server::start(listener, EchoHandler);
    let channel = Channel::new(BoxConnector::new(Http::to_tls(&url, AUTHORITY.client())));
    let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
    let client = builder.connect_through(channel.clone()).build();
    for size in [0, 1, 20_000, 3_000_000, 7] {
        let text = "x".repeat(size);
        assert!(echo(&client, text.clone()).await == text, "{size} bytes");
    }
    assert_eq!((channel.stats().opened, channel.stats().reused), (1, 4));
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn endpoints_of_https_listen_and_connect() {
    let endpoint: Endpoint = "https://127.0.0.1:0/echo".parse().unwrap();
    let listener = endpoint.bind_with(certificates::listening()).await.unwrap();
    let url = listener.endpoint();
    let server = Server::start(listener, EchoHandler);
    let client = client!(url.connector_with(certificates::connecting()).unwrap());
    assert_eq!(echo(&client, "hello").await, "hello");
    // The roots of the operating system do not contain the authority of this test.
    let connector = Http::to(&url);
    let error = connector.call(Address::Ip(SocketAddr::from(([0, 0, 0, 0], 0)))).await.map(drop).expect_err("no trust");
    assert_eq!(error.kind(), ConnectErrorKind::Handshake, "{error}");
    server.stop().await;
}
