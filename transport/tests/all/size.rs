//! Messages that are larger than allowed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use volo_thrift::{ClientError, ServerError};
use volplane_generated::api::{Echo, EchoClient, EchoClientBuilder, Request, Response};
use volplane_transport::{Channel, ClientOptions, ConnectWith, Delivery, Protocol, ServeOptions, StdNet};

use crate::support::raw::{read_message, silent};
use crate::support::{ALL_PROTOCOLS, EchoHandler, PATIENCE, Server, client, echo, request, within};

const LIMIT: usize = 10_000;

fn with_limit(server: &Server, protocol: Protocol) -> (EchoClient, Channel<StdNet>) {
    let options = ClientOptions::default().with_max_message_size(LIMIT);
    let channel = Channel::new(StdNet::to(&server.endpoint)).with_options(options).with_protocol(protocol);
    let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
    (builder.connect_through(channel.clone()).build(), channel)
}

#[tokio::test]
async fn an_answer_that_announces_too_much_is_an_error_at_once() {
    // Framed, and TTHeader; nothing follows, and the connection stays open.
    for beginning in [[0x7f, 0xff, 0xff, 0xff, 0x80, 0x01], [0xff, 0xff, 0xff, 0xff, 0x10, 0x00]] {
        let (listener, address) = silent().await;
        let client = client!(StdNet::to(address));
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_message(&mut stream).await;
            stream.write_all(&beginning).await.unwrap();
            // The client gives the connection up: nothing on it can be read any more.
            assert_eq!(stream.read(&mut [0; 1]).await.unwrap_or(0), 0);
        };
        let (outcome, ()) = within(async { tokio::join!(client.echo(request("hello")), server) }).await;
        let error = outcome.map(drop).expect_err("too large");
        assert!(error.to_string().contains("the limit is 16777216"), "{error}");
        assert_eq!(Delivery::of(&error), Delivery::Unknown, "{error}");
        match error {
            ClientError::Transport(error) => assert_eq!(error.kind(), std::io::ErrorKind::InvalidData, "{error:?}"),
            other => panic!("{other:?}"),
        }
    }
}

/// Answers a number with as many bytes.
#[derive(Clone, Default)]
struct Large(Arc<AtomicUsize>);

impl Echo for Large {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let size = request.message.and_then(|message| message.parse().ok()).unwrap_or(0);
        Ok(Response { message: Some("x".repeat(size).into()) })
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_ends_its_connection_and_its_call() {
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), Large::default());
    for protocol in ALL_PROTOCOLS {
        let (client, channel) = with_limit(&server, protocol);
        let size = LIMIT - 200;
        assert_eq!(within(echo(&client, size.to_string())).await.len(), size, "{protocol}");
        let error = within(client.echo(request(&LIMIT.to_string()))).await.map(drop).expect_err("too large");
        assert!(error.to_string().contains("the limit is 10000"), "{protocol}: {error}");
        assert_eq!(channel.stats().idle, 0, "{protocol}");
        assert_eq!(within(echo(&client, "5")).await, "xxxxx", "{protocol}");
        assert_eq!(channel.stats().opened, 2, "{protocol}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_request_that_is_too_large_is_not_sent_and_the_connection_stays() {
    let handler = Large::default();
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), handler.clone());
    for protocol in ALL_PROTOCOLS {
        let (client, channel) = with_limit(&server, protocol);
        within(echo(&client, "1")).await;
        handler.0.store(0, Ordering::Relaxed);
        let outcome = within(client.echo(request(&"1".repeat(LIMIT)))).await;
        assert!(matches!(outcome, Err(ClientError::Protocol(_))), "{protocol}: {outcome:?}");
        assert_eq!(within(echo(&client, "2")).await, "xx", "{protocol}");
        assert_eq!(handler.0.load(Ordering::Relaxed), 1, "{protocol}: the large one was not sent");
        assert_eq!((channel.stats().opened, channel.stats().reused), (1, 2), "{protocol}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_server_answers_that_a_message_is_too_large() {
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let server = Server::start_with(listener, Large::default(), ServeOptions::default().with_max_message_size(LIMIT));
    for protocol in ALL_PROTOCOLS {
        let channel = Channel::new(StdNet::to(&server.endpoint)).with_protocol(protocol);
        let client = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE)).connect_through(channel).build();
        let error = within(client.echo(request(&LIMIT.to_string()))).await.map(drop).expect_err("too large an answer");
        assert_eq!(Delivery::of(&error), Delivery::Answered, "{protocol}: {error}");
        assert_eq!(within(echo(&client, "3")).await, "xxx", "{protocol}");
        let error = within(client.echo(request(&"1".repeat(LIMIT)))).await.map(drop).expect_err("too large a call");
        assert_eq!(Delivery::of(&error), Delivery::Answered, "{protocol}: {error}");
        assert!(error.to_string().contains("the limit is 10000"), "{protocol}: {error}");
        assert_eq!(within(echo(&client, "4")).await, "xxxx", "{protocol}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_message_of_just_the_limit_passes() {
    // A TTHeader's size depends on its texts: the message is found by trying.
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), EchoHandler);
    let (client, channel) = with_limit(&server, Protocol::FRAMED);
    // Frame, head of the message, the struct of the arguments with the struct of the request, its text.
    let overhead = 4 + 16 + 3 + 7 + 2;
    assert_eq!(within(echo(&client, "x".repeat(LIMIT - overhead))).await.len(), LIMIT - overhead);
    within(client.echo(request(&"x".repeat(LIMIT - overhead + 1)))).await.expect_err("one byte too many");
    assert_eq!(channel.stats().opened, 1);
    server.stop().await;
}
