//! The deadlines of a server's connections, on a simulated clock, and the bounds on a message's size.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};
use volo::net::Address;
use volplane_generated::api::EchoServer;
use volplane_transport::{Memory, ServeOptions, StdNet, Yamux, serve_sessions};

use crate::support::bytes::{framed_call, header_call, read_answer, until_the_end};
use crate::support::{EchoHandler, Server, within};

const FIRST_BYTE: Duration = Duration::from_secs(7);
const IDLE: Duration = Duration::from_secs(11);
const MESSAGE: Duration = Duration::from_secs(20);

fn options() -> ServeOptions {
    ServeOptions::default()
        .with_first_byte_timeout(FIRST_BYTE)
        .with_idle_timeout(IDLE)
        .with_message_timeout(MESSAGE)
        .with_max_message_size(1024 * 1024)
}

/// A server in memory and a way to it.
fn server() -> (Server, Memory) {
    let (connector, listener) = Memory::pair();
    (Server::start_with(listener, EchoHandler, options()), connector)
}

async fn connect(connector: &Memory) -> DuplexStream {
    connector.call(Address::Ip(SocketAddr::from(([0, 0, 0, 0], 0)))).await.unwrap()
}

async fn call(io: &mut DuplexStream, text: &str) {
    io.write_all(&framed_call(text)).await.unwrap();
    assert_eq!(read_answer(io).await.expect("an answer").text, text);
}

/// The time at which a timer of tokio fires, which is at most a millisecond late.
fn at(time: Duration) -> RangeInclusive<Duration> {
    time..=time + Duration::from_millis(5)
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_says_nothing_is_closed_when_the_first_byte_is_due() {
    let (server, connector) = server();
    let mut io = connect(&connector).await;
    let took = until_the_end(&mut io).await;
    assert!(at(FIRST_BYTE).contains(&took), "{took:?}");
    // A call just before that time is served.
    let mut io = connect(&connector).await;
    sleep(FIRST_BYTE - Duration::from_millis(10)).await;
    call(&mut io, "late").await;
    assert_eq!(server.stop().await.connections, 2);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_after_the_idle_time_and_before_twice_that_time() {
    let (server, connector) = server();
    for pause in [0, 1, 5, 10] {
        let mut io = connect(&connector).await;
        call(&mut io, "one").await;
        sleep(Duration::from_secs(pause)).await;
        call(&mut io, "two").await;
        let took = until_the_end(&mut io).await;
        assert!((IDLE..=IDLE * 2).contains(&took), "a second call {pause} s later, then idle for {took:?}");
    }
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_idle_time_holds_also_where_the_first_byte_may_take_longer() {
    let (connector, listener) = Memory::pair();
    let options = options().with_first_byte_timeout(IDLE * 10);
    let server = Server::start_with(listener, EchoHandler, options);
    let mut io = connect(&connector).await;
    sleep(Duration::from_secs(1)).await;
    call(&mut io, "one").await;
    let took = until_the_end(&mut io).await;
    assert!((IDLE..=IDLE * 2).contains(&took), "{took:?}");
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_with_calls_is_never_idle() {
    let (server, connector) = server();
    let mut io = connect(&connector).await;
    for _ in 0..100 {
        call(&mut io, "again").await;
        sleep(IDLE - Duration::from_millis(10)).await;
    }
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_not_whole_in_time_ends_the_connection_also_where_bytes_keep_coming() {
    let (server, connector) = server();
    for (calls, bytes_come) in [(0, false), (0, true), (3, false), (3, true)] {
        let mut io = connect(&connector).await;
        for _ in 0..calls {
            call(&mut io, "whole").await;
        }
        let message = framed_call(&"x".repeat(1000));
        let since = Instant::now();
        let (first, rest) = message.split_at(20);
        io.write_all(first).await.unwrap();
        if bytes_come {
            for byte in &rest[..19] {
                sleep(Duration::from_secs(1)).await;
                io.write_all(&[*byte]).await.expect("the connection is open before the deadline");
            }
        }
        until_the_end(&mut io).await;
        let took = since.elapsed();
        assert!(at(MESSAGE).contains(&took), "after {calls} calls, bytes come: {bytes_come}: {took:?}");
    }
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_slow_sender_that_is_done_within_the_deadline_is_served() {
    let (server, connector) = server();
    let mut io = connect(&connector).await;
    let text = "x".repeat(1000);
    // Longer in all than any of the deadlines.
    for _ in 0..5 {
        for part in framed_call(&text).chunks(60) {
            io.write_all(part).await.unwrap();
            sleep(Duration::from_secs(1)).await;
        }
        assert_eq!(read_answer(&mut io).await.expect("an answer").text, text);
    }
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_reads_no_answer_is_given_up() {
    let (server, connector) = server();
    let mut io = connect(&connector).await;
    // More than the pipe holds.
    io.write_all(&framed_call(&"x".repeat(512 * 1024))).await.unwrap();
    sleep(MESSAGE - Duration::from_secs(1)).await;
    io.write_all(b"\0").await.expect("the connection is open before the deadline");
    sleep(Duration::from_secs(2)).await;
    io.write_all(b"\0").await.expect_err("the connection is closed behind the deadline");
    server.stop().await;
}

#[tokio::test]
async fn a_call_that_is_sent_in_half_is_given_up_on_tcp() {
    let timeout = Duration::from_millis(100);
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let options = options().with_message_timeout(timeout);
    let server = Server::start_with(listener, EchoHandler, options);
    let call = header_call("half");
    let mut io = TcpStream::connect(server.endpoint.authority().unwrap()).await.unwrap();
    io.write_all(&call[..call.len() / 2]).await.unwrap();
    let took = until_the_end(&mut io).await;
    assert!((timeout..FIRST_BYTE).contains(&took), "{took:?}");
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_message_larger_than_allowed_ends_the_connection_before_memory_is_taken() {
    let (server, connector) = server();
    let before = virtual_memory();
    let huge: [&[u8]; 3] = [
        // A frame, then a message.
        &[0x7f, 0xff, 0xff, 0xff, 0x80, 0x01, 0x00, 0x01],
        // A length and TTHeader's magic.
        &[0xff, 0xff, 0xff, 0xff, 0x10, 0x00, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0],
        // No frame: a method's name of 2 GiB.
        &[0x80, 0x01, 0x00, 0x01, 0x7f, 0xff, 0xff, 0xff],
    ];
    for bytes in huge {
        let mut io = connect(&connector).await;
        io.write_all(bytes).await.unwrap();
        assert_eq!(refused(&mut io).await, Duration::ZERO, "{bytes:02x?}");
    }
    if let (Some(before), Some(after)) = (before, virtual_memory()) {
        assert!(after < before + 1024 * 1024, "from {before} to {after} KiB");
    }
    server.stop().await;
}

/// The most address space that this process has had, in KiB, where the system tells.
fn virtual_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmPeak:"))?;
    peak.trim().strip_suffix(" kB")?.parse().ok()
}

#[tokio::test(start_paused = true)]
async fn the_largest_message_allowed_is_served_and_one_byte_more_is_not() {
    let (connector, listener) = Memory::pair();
    // The whole of a message with 1000 bytes of text, its frame's length included.
    let size = framed_call(&"x".repeat(1000)).len();
    let server = Server::start_with(listener, EchoHandler, options().with_max_message_size(size));
    let mut io = connect(&connector).await;
    call(&mut io, &"x".repeat(1000)).await;
    io.write_all(&framed_call(&"x".repeat(1001))).await.unwrap();
    assert_eq!(refused(&mut io).await, Duration::ZERO);
    server.stop().await;
}

/// Waits for the answer that a message is too large and for the end of the connection, and says how long that took.
async fn refused(io: &mut (impl AsyncRead + Unpin)) -> Duration {
    let since = Instant::now();
    let mut answer = Vec::new();
    within(io.read_to_end(&mut answer)).await.unwrap();
    let answer = answer.escape_ascii().to_string();
    assert!(answer.contains("or more; the limit is "), "{answer}");
    since.elapsed()
}

#[tokio::test(start_paused = true)]
async fn the_calls_of_a_session_have_the_same_deadlines() {
    let (connector, listener) = Memory::pair();
    let server = serve_sessions(Yamux::listen(listener), |_, _| EchoServer::from_handler(EchoHandler));
    let server = server.with_options(options());
    let handle = server.handle();
    let server = tokio::spawn(server.into_future());
    let session = Yamux::connect(connector).await.unwrap();
    let outgoing = session.outgoing();
    let call = framed_call("hello");
    // A whole call, a half one, nothing at all behind a first call: each with its own deadline.
    let mut half = outgoing.open().await.unwrap();
    half.write_all(&call[..20]).await.unwrap();
    half.flush().await.unwrap();
    let took = until_the_end(&mut half).await;
    assert!(at(MESSAGE).contains(&took), "{took:?}");
    let mut idle = outgoing.open().await.unwrap();
    idle.write_all(&call).await.unwrap();
    idle.flush().await.unwrap();
    assert_eq!(read_answer(&mut idle).await.expect("an answer").text, "hello");
    let took = until_the_end(&mut idle).await;
    assert!((IDLE..=IDLE * 2).contains(&took), "{took:?}");
    handle.stop();
    within(server).await.unwrap();
}
