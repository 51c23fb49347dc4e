//! Both ends of ours: connections that are used again, encodings, layers, errors.

use motore::service::UnaryService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use volo::net::Address;
use volplane_generated::api::EchoClientBuilder;
use volplane_transport::{
    BindError, Channel, ConnectErrorKind, ConnectExt, ConnectWith, Connection, Endpoint, Http, Listener, ListenerExt,
    Memory, Protocol,
};

use crate::support::bytes::{CALL, ONE_WAY, message};
use crate::support::{EchoHandler, PATIENCE, Server, client, echo, request, within};

async fn server() -> Server {
    Server::start(Http::bind("http://127.0.0.1:0/echo").await.unwrap(), EchoHandler)
}

#[tokio::test]
async fn one_connection_carries_one_call_after_the_other() {
    let server = server().await;
    for protocol in [None, Some(Protocol::BUFFERED), Some(Protocol::BUFFERED.compact())] {
        let channel = Channel::new(Http::to(&server.endpoint));
        let channel = match protocol {
            Some(protocol) => channel.with_protocol(protocol),
            None => channel,
        };
        let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
        let client = builder.connect_through(channel.clone()).build();
        for call in 0..20 {
            let text = "x".repeat(call * 1000);
            assert!(echo(&client, text.clone()).await == text);
        }
        let stats = channel.stats();
        assert_eq!((stats.opened, stats.reused, stats.idle), (1, 19, 1), "{protocol:?}");
    }
    assert_eq!(server.stop().await.connections, 3);
}

#[tokio::test]
async fn a_one_way_call_leaves_the_connection_fit_for_the_next_call() {
    let server = server().await;
    let mut io = Http::to(&server.endpoint).call(Address::Ip(([0, 0, 0, 0], 0).into())).await.unwrap();
    for text in ["one", "two", "three"] {
        io.write_all(&message(ONE_WAY, "echo", "not answered")).await.unwrap();
        within(io.flush()).await.unwrap();
        assert!(io.is_reusable());
        io.write_all(&message(CALL, "echo", text)).await.unwrap();
        io.flush().await.unwrap();
        let mut answer = vec![0; message(CALL, "echo", text).len()];
        let read = within(io.read(&mut answer)).await.unwrap();
        assert!(answer[..read].windows(text.len()).any(|part| part == text.as_bytes()), "{answer:?}");
    }
    drop(io);
    assert_eq!(server.stop().await.connections, 1);
}

#[tokio::test]
async fn endpoints_listen_and_connect() {
    let endpoint: Endpoint = "http://127.0.0.1:0/echo?tenant=x".parse().unwrap();
    let listener = endpoint.bind().await.unwrap();
    let bound = listener.endpoint();
    let port = bound.port().unwrap();
    assert_eq!(bound.to_string(), format!("http://127.0.0.1:{port}/echo?tenant=x"));
    let server = Server::start(listener, EchoHandler);
    for protocol in ["", "&protocol=binary", "&protocol=compact", "&protocol=buffered"] {
        let endpoint: Endpoint = format!("{bound}{protocol}").parse().unwrap();
        let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
        let client = builder.connect_to(&endpoint).unwrap().build();
        assert_eq!(echo(&client, "hello").await, "hello", "{endpoint}");
    }
    server.stop().await;
    let over: Endpoint = "yamux+http://127.0.0.1:0/echo".parse().unwrap();
    assert_eq!(over.connector().unwrap_err().kind(), ConnectErrorKind::Unsupported);
    let error = over.bind().await.unwrap_err();
    assert!(matches!(error, BindError::Unsupported { .. }) && error.to_string().contains("can't carry yamux"));
}

#[tokio::test]
async fn the_layer_works_in_memory_and_on_a_limited_listener() {
    let (connector, listener) = Memory::pair();
    let server = Server::start(listener.layer(Http::at("/echo")).limit(1), EchoHandler);
    let client = client!(ConnectExt::layer(connector, Http::at("/echo")));
    assert_eq!(echo(&client, "hello").await, "hello");
    server.stop().await;
}

#[tokio::test]
async fn an_answer_larger_than_the_limit_of_the_client_is_an_error_and_the_next_call_works() {
    let server = server().await;
    let client = client!(Http::to(&server.endpoint).with_max_message_size(1000));
    let error = client.echo(request(&"x".repeat(2000))).await.expect_err("too large");
    assert!(error.to_string().contains("more than 1000 bytes"), "{error}");
    assert_eq!(echo(&client, "hello").await, "hello");
    server.stop().await;
}

#[tokio::test]
async fn a_path_that_the_server_does_not_have_is_named_in_the_error() {
    let server = server().await;
    let client = client!(Http::to(server.endpoint.clone().with_path("/other").unwrap()));
    let error = client.echo(request("hello")).await.expect_err("no such path");
    assert!(error.to_string().contains("the server answered HTTP 404: no thrift service at this path"), "{error}");
    server.stop().await;
}
