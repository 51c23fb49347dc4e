//! The calling side: time-outs, the pool, codecs, connections of one's own.
#![allow(clippy::unwrap_used)] // a test that can't go on has failed

mod support;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use motore::service::UnaryService;
use support::{EchoHandler, PATIENCE, Server, client, echo};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::net::TcpListener;
use volo::net::Address;
use volo_thrift::ServerError;
use volo_thrift::codec::DefaultMakeCodec;
use volplane_generated::api::{Echo, EchoClientBuilder, Request, Response};
use volplane_transport::{ClientConfig, ConnectWith, Connector, StdNet, WebSocket};

fn request() -> Request {
    Request { message: Some("hello".into()) }
}

/// A listener that accepts and says nothing.
async fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

#[tokio::test]
async fn a_connection_that_is_not_ready_in_time_is_given_up() {
    let (_listener, address) = silent().await;
    let client = EchoClientBuilder::new("example")
        .rpc_timeout(Some(PATIENCE))
        .connect_timeout(Some(Duration::from_millis(50)))
        .connect_with(WebSocket::to(format!("ws://{address}/")))
        .build();
    let error = client.echo(request()).await.expect_err("no handshake");
    assert!(format!("{error:?}").contains("no connection within 50ms"), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_given_up() {
    let (_listener, address) = silent().await;
    let client = EchoClientBuilder::new("example")
        .rpc_timeout(Some(PATIENCE))
        .read_write_timeout(Some(Duration::from_millis(50)))
        .connect_with(StdNet::to(address))
        .build();
    let error = client.echo(request()).await.expect_err("no answer");
    assert!(format!("{error:?}").contains("reading made no progress for 50ms"), "{error:?}");
}

#[tokio::test]
async fn a_connection_that_takes_no_bytes_in_time_is_given_up() {
    let (_listener, address) = silent().await;
    let client = EchoClientBuilder::new("example")
        .rpc_timeout(Some(PATIENCE))
        .read_write_timeout(Some(Duration::from_millis(50)))
        .connect_with(StdNet::to(address))
        .build();
    // More than the kernel's buffers of both ends hold, less than the largest frame of the codec, 16 MiB.
    let message = "x".repeat(15 * 1024 * 1024);
    let error = client.echo(Request { message: Some(message.into()) }).await.expect_err("nobody reads");
    assert!(format!("{error:?}").contains("writing made no progress for 50ms"), "{error:?}");
}

#[tokio::test]
async fn a_connection_that_the_server_closed_while_idle_is_not_used_again() {
    let first = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), EchoHandler);
    let address = first.endpoint.clone();
    let connector = Connector::new(StdNet::to(address.clone()));
    let client =
        EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE)).connect_through(connector.clone()).build();
    echo(&client, "one").await;
    assert_eq!((connector.stats().opened, connector.stats().idle), (1, 1));
    first.stop().await;
    let second = Server::start(StdNet::bind(address).await.unwrap(), EchoHandler);
    echo(&client, "two").await;
    echo(&client, "three").await;
    let stats = connector.stats();
    assert_eq!((stats.opened, stats.reused, stats.idle), (2, 1, 1));
    second.stop().await;
}

#[tokio::test]
async fn idle_connections_are_closed_when_their_time_is_up() {
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), EchoHandler);
    let (listener, address) = silent().await;
    let endpoint = server.endpoint.clone();
    // Between client and server, to see the client's end of the connection.
    let relay = tokio::spawn(async move {
        let (mut near, _) = listener.accept().await.unwrap();
        let mut far = tokio::net::TcpStream::connect(endpoint).await.unwrap();
        tokio::io::copy_bidirectional(&mut near, &mut far).await
    });
    let mut config = ClientConfig::default();
    config.idle_timeout = Duration::from_millis(50);
    let connector = Connector::new(StdNet::to(address)).with_config(config);
    let client =
        EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE)).connect_through(connector.clone()).build();
    echo(&client, "one").await;
    tokio::time::timeout(PATIENCE, relay).await.expect("the client closes it").unwrap().unwrap();
    assert_eq!(connector.stats().idle, 0);
    server.stop().await;
}

#[tokio::test]
async fn bare_binary_without_headers_works() {
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), EchoHandler);
    for framed in [false, true] {
        let connector = Connector::new(StdNet::to(server.endpoint.clone()));
        let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
        let client = match framed {
            false => builder.connect_through(connector.with_codec(DefaultMakeCodec::buffered())).build(),
            true => builder.connect_through(connector.with_codec(DefaultMakeCodec::framed())).build(),
        };
        assert_eq!(echo(&client, "one").await, "one");
        assert_eq!(echo(&client, "two").await, "two");
    }
    assert_eq!(server.stop().await.connections, 2);
}

/// A connection of the test's own: everything that a user has to write.
struct Mine {
    made: Arc<AtomicUsize>,
    far_ends: tokio::sync::mpsc::Sender<DuplexStream>,
}

impl UnaryService<Address> for Mine {
    type Response = DuplexStream;
    type Error = io::Error;

    async fn call(&self, _: Address) -> io::Result<DuplexStream> {
        self.made.fetch_add(1, Ordering::Relaxed);
        let (near, far) = tokio::io::duplex(1024);
        self.far_ends.send(far).await.map_err(io::Error::other)?;
        Ok(near)
    }
}

#[tokio::test]
async fn any_make_connection_plugs_in_and_unasked_bytes_end_its_connection() {
    let (far_ends, mut received) = tokio::sync::mpsc::channel(4);
    let made = Arc::new(AtomicUsize::new(0));
    let client = client!(Mine { made: Arc::clone(&made), far_ends });
    // The far end goes through to a server, and afterwards says something that nobody asked for.
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), EchoHandler);
    let endpoint = server.endpoint.clone();
    let (say, mut said) = tokio::sync::mpsc::channel::<()>(1);
    let relays = tokio::spawn(async move {
        while let Some(far) = received.recv().await {
            let (mut from_client, mut to_client) = tokio::io::split(far);
            let (mut from_server, mut to_server) =
                tokio::net::TcpStream::connect(&endpoint).await.unwrap().into_split();
            tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
            let mut buffer = [0; 1024];
            let answered = from_server.read(&mut buffer).await.unwrap();
            to_client.write_all(&buffer[..answered]).await.unwrap();
            said.recv().await;
            to_client.write_all(b"?").await.unwrap();
        }
    });
    assert_eq!(echo(&client, "one").await, "one");
    say.send(()).await.unwrap();
    tokio::task::yield_now().await;
    while made.load(Ordering::Relaxed) < 2 {
        // The byte may still be on its way the first time.
        client.echo(request()).await.ok();
    }
    relays.abort();
    server.stop().await;
}

#[tokio::test]
async fn however_many_idle_connections_have_died_none_of_them_gets_a_call() {
    const DEAD: usize = 200;
    let arrived = Arc::new(tokio::sync::Barrier::new(DEAD));
    let first = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), Together(Arc::clone(&arrived)));
    let address = first.endpoint.clone();
    let connector = Connector::new(StdNet::to(address.clone()));
    let client =
        EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE)).connect_through(connector.clone()).build();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..DEAD {
        let client = client.clone();
        calls.spawn(async move { echo(&client, "one").await });
    }
    calls.join_all().await;
    assert_eq!(connector.stats().idle, DEAD);
    first.stop().await;
    let second = Server::start(StdNet::bind(address).await.unwrap(), EchoHandler);
    assert_eq!(echo(&client, "two").await, "two");
    second.stop().await;
}

/// Answers when as many calls are there as the barrier wants.
struct Together(Arc<tokio::sync::Barrier>);

impl Echo for Together {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        self.0.wait().await;
        Ok(Response { message: request.message })
    }
}
