//! Dead connections over WebSocket, slow ones, and handlers that take long.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;
use volo::net::Address;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClient, EchoClientBuilder, Request, Response};
use volplane_transport::{
    Channel, ClientOptions, ConnectExt, ConnectWith, Connection, Delivery, Keepalive, Layered, Listener, ListenerExt,
    Memory, ServeOptions, WebSocket,
};

use crate::support::slow_link::slow_link;
use crate::support::{EchoHandler, Server, echo, request};

const NOWHERE: Address =
    Address::Ip(std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0));

const LONG: Duration = Duration::from_secs(10_000);

type Dialer = Layered<Memory, WebSocket>;

fn client_over(memory: Memory) -> (EchoClient, Channel<Dialer>) {
    let options = ClientOptions::default().with_idle_timeout(LONG);
    let channel = Channel::new(memory.layer(WebSocket::at("/kitex-ws"))).with_options(options);
    let builder = EchoClientBuilder::new("example").rpc_timeout(Some(LONG));
    (builder.connect_through(channel.clone()).build(), channel)
}

fn server_over(listener: impl Listener, handler: impl Echo + Send + Sync + 'static) -> Server {
    let options = ServeOptions::default().with_idle_timeout(LONG).with_message_timeout(LONG);
    Server::start_with(listener.layer(WebSocket::at("/kitex-ws")), handler, options)
}

/// Takes as many seconds as the message says, and counts the calls that it has finished.
#[derive(Clone, Default)]
struct Slow(Arc<AtomicUsize>);

impl Echo for Slow {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        let seconds = request.message.as_deref().and_then(|message| message.parse().ok()).unwrap_or(0);
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Response { message: request.message })
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_on_a_cut_connection_fails_after_30_s() {
    let (memory, listener, link, _carrying) = slow_link(1_000_000);
    let _server = server_over(listener, EchoHandler);
    let (client, _) = client_over(memory);
    assert_eq!(echo(&client, "one").await, "one");
    link.cut();
    let began = Instant::now();
    let error = client.echo(request("two")).await.expect_err("nobody answers");
    assert_eq!(began.elapsed().as_secs(), 30);
    assert_eq!(Delivery::of(&error), Delivery::Unknown);
    assert!(error.to_string().contains("the other end of the WebSocket is dead: no byte for 30 s"), "{error}");
    assert_eq!(echo(&client, "three").await, "three");
}

#[tokio::test(start_paused = true)]
async fn a_call_of_ten_minutes_gets_its_answer() {
    let (memory, listener, link, _carrying) = slow_link(1_000_000);
    let _server = server_over(listener, Slow::default());
    let (client, _) = client_over(memory);
    let began = Instant::now();
    assert_eq!(echo(&client, "600").await, "600");
    assert_eq!((began.elapsed().as_secs(), link.connections()), (600, 1));
}

#[tokio::test(start_paused = true)]
async fn both_ends_of_an_idle_connection_ping_and_notice_when_it_is_cut() {
    let (memory, listener, link, _carrying) = slow_link(1_000_000);
    let _server = server_over(listener, EchoHandler);
    let (client, channel) = client_over(memory);
    assert_eq!(echo(&client, "one").await, "one");
    // nginx and haproxy close a connection 60 s after its last byte.
    for _ in 0..20 {
        let carried = link.carried();
        tokio::time::sleep(Duration::from_secs(30)).await;
        assert!(link.carried() > carried);
    }
    assert_eq!((channel.stats().idle, link.closed()), (1, 0));
    link.cut();
    // The pool looks every 5 s.
    tokio::time::sleep(Duration::from_secs(41)).await;
    assert_eq!((channel.stats().idle, link.closed()), (0, 2));
    assert_eq!(echo(&client, "two").await, "two");
}

#[tokio::test(start_paused = true)]
async fn a_handler_whose_client_is_dead_runs_to_its_end_and_then_the_connection_ends() {
    let (memory, listener, link, _carrying) = slow_link(1_000_000);
    let slow = Slow::default();
    let _server = server_over(listener, slow.clone());
    let (client, _) = client_over(memory);
    let call = tokio::spawn(async move { client.echo(request("100")).await });
    tokio::time::sleep(Duration::from_secs(1)).await;
    link.cut();
    tokio::time::sleep(Duration::from_secs(98)).await;
    call.await.unwrap().expect_err("the client has noticed, too");
    assert_eq!((slow.0.load(Ordering::SeqCst), link.closed()), (0, 1));
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!((slow.0.load(Ordering::SeqCst), link.closed()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn one_megabyte_in_either_direction_at_10_kilobytes_a_second_gets_through() {
    let (memory, listener, link, _carrying) = slow_link(10_000);
    let _server = server_over(listener, EchoHandler);
    let (client, _) = client_over(memory);
    let began = Instant::now();
    let message = "x".repeat(1_000_000);
    assert_eq!(echo(&client, message.clone()).await, message);
    assert!(began.elapsed() > Duration::from_secs(190), "{:?}", began.elapsed());
    assert_eq!(echo(&client, "again").await, "again");
    assert_eq!(link.connections(), 1);
}

#[tokio::test(start_paused = true)]
async fn other_times_can_be_set_and_pings_can_be_left_out() {
    let (memory, mut listener) = Memory::pair();
    let keepalive = Keepalive::default().with_interval(Duration::from_secs(2)).with_timeout(Duration::from_secs(1));
    for (layer, dead) in
        [(WebSocket::at("/").with_keepalive(keepalive), true), (WebSocket::at("/").without_keepalive(), false)]
    {
        let connector = memory.clone().layer(layer);
        let (connected, far) = tokio::join!(connector.call(NOWHERE), async {
            let (far, _) = listener.accept().await.unwrap();
            tokio_tungstenite::accept_async(far).await.unwrap()
        });
        let began = Instant::now();
        let mut connected = connected.unwrap();
        let read = tokio::time::timeout(Duration::from_secs(3600), connected.read_u8()).await;
        assert_eq!(read.is_ok(), dead);
        if let Ok(read) = read {
            assert_eq!(read.expect_err("dead").kind(), std::io::ErrorKind::TimedOut);
            assert_eq!(began.elapsed().as_secs(), 3);
        }
        drop(far);
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_sent_while_a_handler_runs_are_kept_and_pings_answered() {
    use crate::support::raw::{framed, head};
    use tokio_tungstenite::tungstenite::{Bytes, Message};
    let (memory, listener) = Memory::pair();
    let _server = server_over(listener, Slow::default());
    let stream = memory.call(NOWHERE).await.unwrap();
    let (mut socket, _) = tokio_tungstenite::client_async("ws://localhost/kitex-ws", stream).await.unwrap();
    let call = |id: i32, text: &str| {
        let length = u32::try_from(text.len()).unwrap().to_be_bytes();
        let arguments = [&[0x0c, 0, 1, 0x0b, 0, 1], &length[..], text.as_bytes(), &[0, 0]].concat();
        Message::Binary(framed(&[&head(1, id)[..], &arguments].concat()).into())
    };
    use futures_util::{SinkExt, StreamExt};
    socket.send(call(1, "5")).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    socket.send(call(2, "0")).await.unwrap();
    socket.send(Message::Ping(Bytes::from_static(b"alive?"))).await.unwrap();
    let began = Instant::now();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::Pong(Bytes::from_static(b"alive?")));
    assert_eq!(began.elapsed().as_secs(), 0, "before the answer");
    for text in ["5", "0"] {
        let answer = socket.next().await.unwrap().unwrap().into_data();
        assert!(answer.windows(text.len()).any(|part| part == text.as_bytes()), "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_that_nobody_reads_are_kept_up_to_a_limit() {
    let (memory, listener) = Memory::pair();
    let mut listener = listener.layer(WebSocket::at("/"));
    let connector = memory.layer(WebSocket::at("/"));
    let (near, far) = tokio::join!(connector.call(NOWHERE), listener.accept());
    let (mut near, mut far) = (near.unwrap(), far.unwrap().0);
    let sent: Vec<u8> = (0..1_000_000_u32).map(|number| (number % 251) as u8).collect();
    let bytes = sent.clone();
    let written = Arc::new(AtomicUsize::new(0));
    let sending = tokio::spawn({
        let written = Arc::clone(&written);
        async move {
            for part in bytes.chunks(1000) {
                near.write_all(part).await.unwrap();
                near.flush().await.unwrap();
                written.fetch_add(part.len(), Ordering::SeqCst);
            }
            near
        }
    });
    let dead = std::future::poll_fn(|cx| far.poll_background(cx));
    tokio::time::timeout(Duration::from_secs(600), dead).await.expect_err("a full buffer is not a dead peer");
    // What is kept, and what the pipe itself holds.
    let written = written.load(Ordering::SeqCst);
    assert!((64 * 1024..64 * 1024 * 3).contains(&written), "{written}");
    let mut received = vec![0; sent.len()];
    far.read_exact(&mut received).await.unwrap();
    assert!(received == sent);
    sending.await.unwrap();
}
