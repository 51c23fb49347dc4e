//! The stream over connections that take little at a time, or give without end.

use std::task::Waker;

use proptest::collection::vec;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, Join, ReadBuf};

use super::read::KEPT_INPUT;
use super::write::{FRAME, KEPT};
use super::*;

/// Has empty pings to read, and no end.
struct Pings;

impl AsyncRead for Pings {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        while out.remaining() >= 2 {
            out.put_slice(&[0x89, 0]);
        }
        Poll::Ready(Ok(()))
    }
}

#[test]
fn a_reader_lets_others_run_between_pings_without_end() {
    let mut stream = WebSocketStream::new(
        tokio::io::join(Pings, tokio::io::sink()),
        BytesMut::new(),
        Role::Client,
        MessageType::Binary,
        None,
    );
    let stream: &mut WebSocketStream<Join<Pings, tokio::io::Sink>> = &mut stream;
    let mut byte = [0];
    let outcome = Pin::new(stream).poll_read(&mut Context::from_waker(Waker::noop()), &mut ReadBuf::new(&mut byte));
    assert!(outcome.is_pending());
}

#[tokio::test]
async fn an_idle_stream_has_no_buffer() {
    let (near, far) = tokio::io::duplex(64 * 1024);
    let mut near = WebSocketStream::new(near, BytesMut::with_capacity(1024), Role::Server, MessageType::Binary, None);
    let mut far = WebSocketStream::new(far, BytesMut::new(), Role::Client, MessageType::Binary, None);
    let mut read = vec![0; 20_000];
    for size in [0, 10, 20_000] {
        far.write_all(&read[..size]).await.unwrap();
        far.flush().await.unwrap();
        near.read_exact(&mut read[..size]).await.unwrap();
        near.write_all(&read[..size]).await.unwrap();
        near.flush().await.unwrap();
        let mut waiting = ReadBuf::new(&mut read);
        let waits = Pin::new(&mut near).poll_read(&mut Context::from_waker(Waker::noop()), &mut waiting);
        assert!(waits.is_pending());
        let kept = (near.input.capacity(), near.output.capacity());
        assert!(kept.0 <= KEPT_INPUT && kept.1 <= KEPT, "after {size} bytes: {kept:?}");
        far.read_exact(&mut read[..size]).await.unwrap();
    }
}

/// Takes a part of what is written, and every other time nothing yet.
struct Choppy {
    taken: Vec<u8>,
    at_once: usize,
    vectored: bool,
    ready: bool,
}

impl AsyncWrite for Choppy {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[io::IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.ready = !self.ready;
        if !self.ready {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let bytes: Vec<u8> = bufs.iter().flat_map(|buf| buf.iter().copied()).take(self.at_once).collect();
        self.taken.extend(&bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn is_write_vectored(&self) -> bool {
        self.vectored
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Takes nothing until it is opened.
#[derive(Default)]
struct ClosedUntilOpen {
    open: bool,
    taken: Vec<u8>,
}

impl AsyncWrite for ClosedUntilOpen {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if !self.open {
            return Poll::Pending;
        }
        self.taken.extend(buf);
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A frame of 2^62 bytes may take forever.
#[tokio::test]
async fn a_ping_is_answered_as_soon_as_there_is_room_also_inside_a_frame() {
    let (near, mut far) = tokio::io::duplex(1024);
    far.write_all(b"\x89\x01p\x82\x7f\x40\0\0\0\0\0\0\0first").await.unwrap();
    let io = tokio::io::join(near, ClosedUntilOpen::default());
    let mut stream = WebSocketStream::new(io, BytesMut::new(), Role::Client, MessageType::Binary, None);
    let mut first = [0; 5];
    stream.read_exact(&mut first).await.unwrap();
    let mut poll = |stream: &mut WebSocketStream<_>| {
        let mut buffer = ReadBuf::new(&mut first);
        Pin::new(stream).poll_read(&mut Context::from_waker(Waker::noop()), &mut buffer).is_pending()
    };
    assert!(poll(&mut stream) && stream.io.writer().taken.is_empty());
    stream.io.writer_mut().open = true;
    assert!(poll(&mut stream));
    assert_eq!(stream.io.writer().taken.len(), 2 + 4 + 1, "a masked pong with one byte");
}

/// npm's thrift, for one, reads each message on its own.
#[tokio::test]
async fn what_is_written_at_once_is_one_message_whatever_its_length() {
    const LARGE: usize = 2 * FRAME + 3;
    for vectored in [true, false] {
        let io = Choppy { taken: Vec::new(), at_once: 100_000, vectored, ready: false };
        let io = tokio::io::join(tokio::io::empty(), io);
        let mut stream = WebSocketStream::new(io, BytesMut::new(), Role::Server, MessageType::Binary, None);
        stream.write_all(&vec![7; LARGE]).await.unwrap();
        stream.flush().await.unwrap();
        stream.write_all(b"small").await.unwrap();
        stream.flush().await.unwrap();
        // Whoever gives up in the middle of a write has to get through what it has written.
        assert_eq!(stream.write(&vec![7; LARGE]).await.unwrap(), FRAME);
        stream.flush().await.unwrap();
        stream.flush().await.unwrap();
        let frames = frames(&stream.io.writer().taken);
        let large = [(0x02, FRAME), (0x00, FRAME), (0x80, 3)];
        assert_eq!(frames, [&large[..], &[(0x82, 5)], &[(0x02, FRAME), (0x80, 0)]].concat());
    }
}

/// The first byte and the length of each frame of a server.
fn frames(mut wire: &[u8]) -> Vec<(u8, usize)> {
    let mut frames = Vec::new();
    while let [start, length, rest @ ..] = wire {
        let extra = [0, 2, 8][usize::from(*length >= 126) + usize::from(*length == 127)];
        let length = match extra {
            0 => usize::from(*length),
            _ => rest[..extra].iter().fold(0, |length, byte| length << 8 | usize::from(*byte)),
        };
        frames.push((*start, length));
        wire = &rest[extra + length..];
    }
    frames
}

/// What the other end reads of `writes`, each of them in several parts.
async fn carried(role: Role, writes: &[Vec<usize>], at_once: usize, vectored: bool) -> (Vec<u8>, Vec<u8>) {
    let io = Choppy { taken: Vec::new(), at_once, vectored, ready: false };
    let mut stream =
        WebSocketStream::new(tokio::io::join(tokio::io::empty(), io), BytesMut::new(), role, MessageType::Binary, None);
    let mut sent = Vec::new();
    for (number, sizes) in writes.iter().enumerate() {
        let parts: Vec<Vec<u8>> = sizes.iter().map(|size| vec![number as u8; *size]).collect();
        let slices: Vec<io::IoSlice<'_>> = parts.iter().map(|part| io::IoSlice::new(part)).collect();
        let count = stream.write_vectored(&slices).await.unwrap();
        sent.extend(parts.concat().iter().take(count));
        if number % 2 == 0 {
            stream.flush().await.unwrap();
        }
    }
    stream.shutdown().await.unwrap();
    let bytes = std::mem::take(&mut stream.io.writer_mut().taken);
    let other = if role == Role::Client { Role::Server } else { Role::Client };
    let mut reader = WebSocketStream::new(
        tokio::io::join(&bytes[..], tokio::io::sink()),
        BytesMut::new(),
        other,
        MessageType::Binary,
        None,
    );
    let mut received = Vec::new();
    reader.read_to_end(&mut received).await.unwrap();
    (sent, received)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_in_parts_to_a_connection_that_takes_little_arrives(
        client: bool,
        vectored: bool,
        writes in vec(vec(prop_oneof![0usize..20, 4_000usize..9_000, 60_000usize..300_000], 1..10), 1..5),
        at_once in prop_oneof![1_000usize..5_000, 60_000usize..200_000],
    ) {
        let role = if client { Role::Client } else { Role::Server };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (sent, received) = runtime.block_on(carried(role, &writes, at_once, vectored));
        prop_assert!(sent == received, "{} bytes sent, {} received", sent.len(), received.len());
    }
}
