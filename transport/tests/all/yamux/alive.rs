//! Dead connections under a session, and slow ones.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClientBuilder, Request, Response};
use volplane_transport::{
    Backoff, ConnectWith, Delivery, Keepalive, Listener, Memory, OpenError, SessionErrorKind, Yamux, YamuxOptions,
};

use crate::support::slow_link::slow_link;
use crate::support::{EchoHandler, Server, client, echo, request};
use crate::yamux::raw::{ACK, DATA, PING, SYN, frame, send};
use crate::yamux::within;

const KIBIBYTE: usize = 1024;

/// The next ping of the keepalive: its id. Other pings of the session's own are ignored, those of the library answered.
async fn next_ping(raw: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin)) -> u32 {
    loop {
        let mut header = [0; 12];
        raw.read_exact(&mut header).await.expect("a frame");
        let id = u32::from_be_bytes(header[8..].try_into().unwrap());
        if header[1] != PING || header[3] != SYN as u8 {
            let body = if header[1] == DATA { id as usize } else { 0 };
            raw.read_exact(&mut vec![0; body]).await.expect("a body");
            continue;
        }
        match id >> 30 {
            0b10 => return id,
            0b11 => continue,
            _ => {}
        }
        raw.write_all(&frame(PING, ACK, 0, id)).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_whose_peer_is_silent_ends_after_30_s() {
    let (memory, mut listener) = Memory::pair();
    let session = Yamux::connect(memory).await.unwrap();
    let (mut raw, _) = listener.accept().await.unwrap();
    let began = Instant::now();
    let mut stream = session.outgoing().open().await.unwrap();
    send(&mut stream, b"a call").await;
    next_ping(&mut raw).await;
    assert_eq!(began.elapsed().as_secs(), 20);
    let error = session.outgoing().ended().await.expect_err("it broke");
    assert_eq!(began.elapsed().as_secs(), 30);
    assert!(matches!(error.kind(), SessionErrorKind::Silent(time) if time.as_secs() == 30), "{error:?}");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(
        (error.to_string().as_str(), source.as_str()),
        ("the other end of the yamux session is dead", "no byte for 30 s")
    );
    assert_eq!(stream.read(&mut [0; 1]).await.expect_err("it ends").kind(), std::io::ErrorKind::ConnectionReset);
    assert!(matches!(session.outgoing().open().await, Err(OpenError::Session(_))));
}

#[tokio::test(start_paused = true)]
async fn a_session_whose_peer_sends_anything_lives() {
    let (memory, mut listener) = Memory::pair();
    let session = Yamux::connect(memory).await.unwrap();
    let (mut raw, _) = listener.accept().await.unwrap();
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_secs(29)).await;
        // A ping of its own, and no answer to ours.
        raw.write_all(&frame(PING, SYN, 0, 7)).await.unwrap();
    }
    assert!(!session.outgoing().is_ended());
}

#[tokio::test(start_paused = true)]
async fn the_answer_to_a_ping_keeps_the_session_and_is_hidden_from_the_library() {
    let options = YamuxOptions::default().with_keepalive(
        Keepalive::default().with_interval(Duration::from_secs(5)).with_timeout(Duration::from_secs(1)),
    );
    let (memory, mut listener) = Memory::pair();
    let session = Yamux::connect_with_options(memory, options).await.unwrap();
    let (mut raw, _) = listener.accept().await.unwrap();
    let began = Instant::now();
    for count in 1..=10 {
        let id = next_ping(&mut raw).await;
        assert_eq!(began.elapsed().as_secs(), 5 * count);
        raw.write_all(&frame(PING, ACK, 0, id)).await.unwrap();
    }
    // The library would have ended the session.
    session.outgoing().open().await.expect("a stream");
}

#[tokio::test(start_paused = true)]
async fn without_keepalive_a_silent_peer_is_kept() {
    let (memory, mut listener) = Memory::pair();
    let options = YamuxOptions::default().without_keepalive();
    let session = Yamux::connect_with_options(memory, options).await.unwrap();
    let _raw = listener.accept().await.unwrap();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert!(!session.outgoing().is_ended());
}

/// nginx and haproxy close a connection 60 s after its last byte.
#[tokio::test(start_paused = true)]
async fn an_idle_session_is_never_without_a_byte_for_60_s() {
    let (memory, listener, link, _carrying) = slow_link(1_000_000);
    let mut sessions = Yamux::listen(listener);
    let (session, accepted) = tokio::join!(Yamux::connect(memory), sessions.accept());
    let (session, _accepted) = (session.unwrap(), accepted.unwrap());
    let mut carried = link.carried();
    for _ in 0..60 {
        tokio::time::sleep(Duration::from_secs(25)).await;
        assert!(link.carried() > carried);
        carried = link.carried();
    }
    assert!(!session.outgoing().is_ended());
}

/// Answers with a message of the size that is asked for.
struct Sized;

impl Echo for Sized {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        let message = request.message.unwrap_or_default();
        let answer = message.parse().map_or(message.len().to_string(), |size: usize| "x".repeat(size));
        Ok(Response { message: Some(answer.into()) })
    }
}

#[tokio::test(start_paused = true)]
async fn one_megabyte_in_either_direction_at_10_kilobytes_a_second_gets_through() {
    let (memory, listener, link, _carrying) = slow_link(10_000);
    let server = Server::start(Yamux::listen(listener).into_streams(), Sized);
    let client = EchoClientBuilder::new("example")
        .rpc_timeout(Some(Duration::from_secs(1000)))
        .connect_with(Yamux::over(memory));
    let client = client.build();
    let began = Instant::now();
    let answer = client.echo(request(&"x".repeat(1000 * KIBIBYTE))).await.expect("the server gets it");
    assert_eq!(answer.message.as_deref(), Some("1024000"));
    assert!(began.elapsed() > Duration::from_secs(100), "{:?}", began.elapsed());
    let answer = client.echo(request("1024000")).await.expect("the client gets it");
    assert_eq!(answer.message.unwrap().len(), 1000 * KIBIBYTE);
    assert_eq!(link.connections(), 1, "all on one session");
    drop(server);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_times_out_on_a_cut_session_makes_the_next_one_dial() {
    let (memory, listener, link, _carrying) = slow_link(1_000_000);
    let _server = Server::start(Yamux::listen(listener).into_streams(), EchoHandler);
    let client =
        EchoClientBuilder::new("example").rpc_timeout(Some(Duration::from_secs(1))).connect_with(Yamux::over(memory));
    let client = client.build();
    assert_eq!(echo(&client, "one").await, "one");
    link.cut();
    let mut failed = 0;
    while let Err(error) = client.echo(request("two")).await {
        assert_eq!(Delivery::of(&error), Delivery::Unknown);
        failed += 1;
    }
    assert_eq!((failed, link.connections()), (1, 2));
    // Many callers at once.
    link.cut();
    let calls = (0..50).map(|_| client.echo(request("three")));
    assert!(futures_util::future::join_all(calls).await.iter().all(Result::is_err));
    assert_eq!(echo(&client, "four").await, "four");
    assert_eq!(link.connections(), 3);
}

/// Takes longer than the caller waits.
struct Slow;

impl Echo for Slow {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        if request.message.as_deref() == Some("slow") {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
        Ok(Response { message: request.message })
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_times_out_in_a_slow_handler_costs_no_session() {
    let (memory, listener, link, _carrying) = slow_link(1_000_000);
    let _server = Server::start(Yamux::listen(listener).into_streams(), Slow);
    let client =
        EchoClientBuilder::new("example").rpc_timeout(Some(Duration::from_secs(1))).connect_with(Yamux::over(memory));
    let client = client.build();
    for _ in 0..20 {
        client.echo(request("slow")).await.expect_err("too slow");
        // The ping needs one round trip.
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(echo(&client, "fast").await, "fast");
    }
    assert_eq!(link.connections(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_cut_session_of_a_hub_ends_and_so_does_its_other_end() {
    let (memory, listener, link, _carrying) = slow_link(1_000_000);
    let mut sessions = Yamux::listen(listener);
    let (near, far) = tokio::join!(Yamux::connect(memory), sessions.accept());
    let (near, far) = (near.unwrap(), far.unwrap().0);
    link.cut();
    let began = Instant::now();
    let client = client!(far.outgoing().clone());
    let call = tokio::spawn(async move { client.echo(request("are you there?")).await });
    for ended in [near.outgoing().ended().await, far.outgoing().ended().await] {
        assert!(matches!(ended.expect_err("it broke").kind(), SessionErrorKind::Silent(_)));
    }
    within(call).await.unwrap().expect_err("no answer");
    assert!(began.elapsed() <= Duration::from_secs(31), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_sends_pings_and_reads_nothing_has_to_wait_and_the_session_ends() {
    let (memory, mut listener) = Memory::pair();
    let session = Yamux::connect(memory).await.unwrap();
    let (mut raw, _) = listener.accept().await.unwrap();
    let pings = frame(PING, SYN, 0, 7).repeat(1000);
    let mut sent = 0;
    while tokio::time::timeout(Duration::from_secs(1), raw.write_all(&pings)).await.is_ok() {
        sent += pings.len();
        assert!(sent < 4 * 1024 * KIBIBYTE, "answers are queued without a limit");
    }
    let error = session.outgoing().ended().await.expect_err("it broke");
    assert_eq!(error.kind(), SessionErrorKind::Stalled);
}

#[tokio::test(start_paused = true)]
async fn after_a_call_was_given_up_the_peer_is_asked_also_without_keepalive() {
    let (memory, mut listener) = Memory::pair();
    let options = YamuxOptions::default().without_keepalive();
    let session = Yamux::reconnecting_with_options(memory, Backoff::default(), options);
    let (mut raw, _) = listener.accept().await.unwrap();
    let mut stream = session.outgoing().open().await.unwrap();
    send(&mut stream, b"a call").await;
    drop(stream);
    let id = within(next_ping(&mut raw)).await;
    raw.write_all(&frame(PING, ACK, 0, id)).await.unwrap();
    session.outgoing().open().await.expect("the other end has answered");
}
