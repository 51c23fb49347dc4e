//! What is known of yamux and its libraries, and not tested elsewhere: the wake-ups of split streams, the largest window,
//! one write for many frames, pings, and how a session says that it broke.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio::time::Instant;
use volo::net::Address;
use volplane_transport::{ConnectError, Connection, Listener, Memory, SessionErrorKind, Yamux, YamuxOptions};

use crate::yamux::raw::{ACK, DATA, FIN, GO_AWAY, PING, SYN, WINDOW_UPDATE, against_raw, frame, send};
use crate::yamux::{sessions, within};

/// rust-yamux 0.14.0 lost wake-ups then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_is_split_over_two_tasks_loses_no_wake_up() {
    let (ours, mut theirs) = sessions().await;
    let mut near = ours.outgoing().open().await.unwrap();
    send(&mut near, &[0]).await;
    let (mut far, _) = within(theirs.incoming().accept()).await.unwrap();
    let echoing = tokio::spawn(async move {
        let mut byte = [0];
        while far.read_exact(&mut byte).await.is_ok() {
            send(&mut far, &byte).await;
        }
    });
    let (mut read, mut write) = tokio::io::split(near);
    let (next, mut received) = tokio::sync::mpsc::channel(1);
    let reading = tokio::spawn(async move {
        for _ in 0..=1000 {
            let byte = read.read_u8().await.unwrap();
            next.send(byte).await.unwrap();
        }
        read
    });
    within(received.recv()).await.unwrap();
    for number in 0..1000_u32 {
        send(&mut write, &[number as u8]).await;
        assert_eq!(within(received.recv()).await, Some(number as u8));
    }
    drop((within(reading).await.unwrap(), write));
    within(echoing).await.unwrap();
}

/// Go fills a window with one frame, and the Rust library reads no larger one than 1 MiB.
#[tokio::test]
async fn no_window_grows_beyond_1_mib() {
    const TOTAL: usize = 32 * 1024 * 1024;
    let (mut session, mut raw) = against_raw().await;
    raw.write_all(&frame(WINDOW_UPDATE, SYN, 2, 0)).await.unwrap();
    let (mut stream, _) = within(session.incoming().accept()).await.unwrap();
    let reading = tokio::spawn(async move { tokio::io::copy(&mut stream, &mut tokio::io::sink()).await.unwrap() });
    let (mut credit, mut sent, mut largest) = (256 * 1024, 0, 0);
    while sent < TOTAL {
        if credit > 0 {
            raw.write_all(&frame(DATA, 0, 2, credit as u32)).await.unwrap();
            raw.write_all(&vec![0; credit]).await.unwrap();
            sent += credit;
            credit = 0;
        }
        let mut header = [0; 12];
        within(raw.read_exact(&mut header)).await.unwrap();
        let length = u32::from_be_bytes(header[8..].try_into().unwrap());
        match header[1] {
            PING if header[3] == SYN as u8 => raw.write_all(&frame(PING, ACK, 0, length)).await.unwrap(),
            WINDOW_UPDATE => credit += length as usize,
            _ => {}
        }
        largest = largest.max(credit);
    }
    raw.write_all(&frame(DATA, FIN, 2, 0)).await.unwrap();
    assert_eq!(within(reading).await.unwrap() as usize, sent);
    assert!(largest > 256 * 1024 && largest <= 1024 * 1024, "{largest}");
}

/// Counts the writes.
struct Counting {
    io: DuplexStream,
    writes: Arc<AtomicUsize>,
}

struct CountingMemory(Memory, Arc<AtomicUsize>);

impl UnaryService<Address> for CountingMemory {
    type Response = Counting;
    type Error = ConnectError;

    async fn call(&self, address: Address) -> Result<Counting, ConnectError> {
        Ok(Counting { io: self.0.call(address).await?, writes: Arc::clone(&self.1) })
    }
}

impl Connection for Counting {}

impl AsyncRead for Counting {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl AsyncWrite for Counting {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// The library writes header and body separately.
#[tokio::test]
async fn a_message_is_one_write() {
    let (memory, mut listener) = Memory::pair();
    let writes = Arc::new(AtomicUsize::new(0));
    let session = Yamux::connect(CountingMemory(memory, Arc::clone(&writes))).await.unwrap();
    let (mut raw, _) = listener.accept().await.unwrap();
    let mut stream = session.outgoing().open().await.unwrap();
    for message in 0..10 {
        let before = writes.load(Ordering::SeqCst);
        send(&mut stream, &[7; 1000]).await;
        // The last bytes of it.
        let mut read = Vec::new();
        while !read.ends_with(&[7; 1000]) {
            within(raw.read_buf(&mut read)).await.unwrap();
        }
        // The session's first ping may go before the first message.
        let written = writes.load(Ordering::SeqCst) - before;
        assert!(written == 1 || message == 0, "message {message}: {written} writes");
    }
}

#[tokio::test]
async fn a_ping_is_answered_while_nobody_polls_the_session() {
    let (_session, mut raw) = against_raw().await;
    for id in [77, u32::MAX] {
        raw.write_all(&frame(PING, SYN, 0, id)).await.unwrap();
        let mut header = [0; 12];
        while header != frame(PING, ACK, 0, id) {
            within(raw.read_exact(&mut header)).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_session_says_whether_it_was_closed_or_broke() {
    // Go ends a session without GoAway.
    let (session, raw) = against_raw().await;
    drop(raw);
    within(session.outgoing().ended()).await.expect("closed by the other end");

    let (session, mut raw) = against_raw().await;
    raw.write_all(&frame(GO_AWAY, 0, 0, 0)).await.unwrap();
    within(session.outgoing().ended()).await.expect("closed by the other end");

    let (session, _raw) = against_raw().await;
    within(session.outgoing().close()).await;
    within(session.outgoing().ended()).await.expect("closed by this end");

    let (session, mut raw) = against_raw().await;
    raw.write_all(&frame(GO_AWAY, 0, 0, 2)).await.unwrap();
    let error = within(session.outgoing().ended()).await.expect_err("it broke");
    assert_eq!(error.kind(), SessionErrorKind::Reported(2));

    let (session, raw) = against_raw().await;
    raw.set_zero_linger().unwrap();
    drop(raw);
    let error = within(session.outgoing().ended()).await.expect_err("it broke");
    assert_eq!(error.kind(), SessionErrorKind::Io);

    let (session, mut raw) = against_raw().await;
    raw.write_all(&frame(DATA, SYN, 2, 10)).await.unwrap();
    raw.write_all(b"half").await.unwrap();
    raw.shutdown().await.unwrap();
    let error = within(session.outgoing().ended()).await.expect_err("it broke");
    assert_eq!(error.kind(), SessionErrorKind::Io);
}

/// hashicorp's implementation drops the answers to pings while it has too many of them.
#[tokio::test(start_paused = true)]
async fn lost_answers_to_pings_hold_a_message_up_for_10_s_at_most() {
    const SIZE: usize = 200 * 1024;
    let (memory, mut listener) = Memory::pair();
    let session = Yamux::connect_with_options(memory, YamuxOptions::default().without_keepalive()).await.unwrap();
    let (mut raw, _) = listener.accept().await.unwrap();
    let writing = tokio::spawn(async move {
        let mut stream = session.outgoing().open().await.unwrap();
        // The first answer shows that the peer answers.
        send(&mut stream, &[7]).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        send(&mut stream, &[7; SIZE - 1]).await;
        (session, stream)
    });
    let began = Instant::now();
    let (mut received, mut answered) = (0, false);
    while received < SIZE {
        let mut header = [0; 12];
        let read = tokio::time::timeout(Duration::from_secs(60), raw.read_exact(&mut header)).await;
        read.unwrap_or_else(|_| panic!("{received} bytes have arrived")).unwrap();
        let length = u32::from_be_bytes(header[8..].try_into().unwrap());
        if header[1] == DATA {
            raw.read_exact(&mut vec![0; length as usize]).await.unwrap();
            received += length as usize;
        } else if header[1] == PING && !answered && length >> 30 == 0b11 {
            answered = true;
            raw.write_all(&frame(PING, ACK, 0, length)).await.unwrap();
        }
    }
    let took = began.elapsed();
    assert!(took >= Duration::from_secs(10) && took <= Duration::from_secs(12), "{took:?}");
    drop(within(writing).await.unwrap());
}
