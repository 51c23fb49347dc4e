//! Connections that send nothing keep nobody out of a server that has as many as it may.

use std::net::SocketAddr;
use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::{Instant, sleep};
use volo::net::Address;
use volplane_transport::{Memory, ServeOptions};

use crate::support::bytes::{framed_call, read_answer, until_the_end};
use crate::support::{EchoHandler, PATIENCE, Server, client, echo, within};

const MOST: usize = 3;

fn server() -> (Server, Memory) {
    let options = ServeOptions::default().with_max_connections(MOST).with_first_byte_timeout(PATIENCE * 2);
    let (connector, listener) = Memory::pair();
    (Server::start_with(listener, EchoHandler, options), connector)
}

async fn connect(connector: &Memory) -> DuplexStream {
    connector.call(Address::Ip(SocketAddr::from(([0, 0, 0, 0], 0)))).await.unwrap()
}

async fn call(io: &mut DuplexStream) {
    io.write_all(&framed_call("hello")).await.unwrap();
    assert_eq!(read_answer(io).await.expect("an answer").text, "hello");
}

fn about(seconds: u64, took: Duration) -> bool {
    let time = Duration::from_secs(seconds);
    (time..time + Duration::from_millis(20)).contains(&took)
}

#[tokio::test(start_paused = true)]
async fn silent_connections_make_room_the_oldest_first() {
    let (server, connector) = server();
    let mut silent = Vec::new();
    for _ in 0..2 * MOST {
        silent.push(connect(&connector).await);
        sleep(Duration::from_millis(1)).await;
    }
    let since = Instant::now();
    assert_eq!(echo(&client!(connector), "hello").await, "hello");
    // First those that were served at once, and after another second those that waited before the client.
    assert!(about(2, since.elapsed() + Duration::from_millis(8)), "{:?}", since.elapsed());
    for io in &mut silent[..=MOST] {
        until_the_end(io).await;
    }
    assert!(about(2, since.elapsed() + Duration::from_millis(8)), "{:?}", since.elapsed());
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn connections_that_have_made_a_call_stay_and_those_amid_one_have_10_seconds() {
    let (server, connector) = server();
    let mut called = [connect(&connector).await, connect(&connector).await];
    for io in &mut called {
        call(io).await;
    }
    let since = Instant::now();
    let mut amid = connect(&connector).await;
    let whole = framed_call("hello");
    let (half, rest) = whole.split_at(20);
    amid.write_all(half).await.unwrap();
    let mut next = connect(&connector).await;
    next.write_all(half).await.unwrap();
    sleep(Duration::from_secs(9)).await;
    // A call that takes long, but not too long: its connection stays.
    amid.write_all(rest).await.unwrap();
    assert_eq!(read_answer(&mut amid).await.expect("an answer").text, "hello");
    sleep(Duration::from_secs(60)).await;
    for io in called.iter_mut().chain([&mut amid]) {
        call(io).await;
    }
    // Nobody left, so the next one waits until somebody does.
    let mut byte = [0];
    assert!(tokio::time::timeout(Duration::from_secs(60), next.read(&mut byte)).await.is_err());
    drop(amid);
    next.write_all(rest).await.unwrap();
    assert_eq!(read_answer(&mut next).await.expect("an answer").text, "hello");
    drop(next);
    // One that never completes its call.
    let mut stalled = connect(&connector).await;
    stalled.write_all(half).await.unwrap();
    let since_stalled = Instant::now();
    until_the_end(&mut stalled).await;
    assert!(about(10, since_stalled.elapsed()), "{:?}", since_stalled.elapsed());
    assert!(since.elapsed() > Duration::from_secs(100));
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn below_the_limit_nobody_has_to_hurry() {
    let (server, connector) = server();
    let mut silent = [connect(&connector).await, connect(&connector).await];
    sleep(PATIENCE).await;
    for io in &mut silent {
        call(io).await;
    }
    server.stop().await;
}

#[cfg(feature = "yamux")]
#[tokio::test]
async fn streams_that_are_opened_and_not_used_keep_no_other_session_out() {
    use tokio::net::TcpStream;
    use volplane_transport::{StdNet, Yamux};

    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr();
    let options = ServeOptions::default().with_max_connections(600).with_first_byte_timeout(PATIENCE * 2);
    let server = Server::start_with(Yamux::listen(listener).into_streams(), EchoHandler, options);
    let mut sessions = Vec::new();
    for _ in 0..4 {
        let mut session = TcpStream::connect(address).await.unwrap();
        for stream in 0..400_u32 {
            // A window update of 0 with the flag SYN.
            let open = [[0, 1, 0, 1], (2 * stream + 1).to_be_bytes(), [0; 4]].concat();
            session.write_all(&open).await.unwrap();
        }
        // The acknowledgement of the first stream: the server has begun.
        if sessions.is_empty() {
            within(session.read_exact(&mut [0; 12])).await.unwrap();
        }
        sessions.push(session);
    }
    let client = client!(Yamux::over(StdNet::to(address)));
    // Before the sessions end because they answer no ping.
    let answer = tokio::time::timeout(Duration::from_secs(20), echo(&client, "hello")).await;
    assert_eq!(answer.expect("in time"), "hello");
    server.stop().await;
}
