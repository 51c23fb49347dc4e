//! Memory between the yamux library and the connection.
//!
//! The library reads twelve bytes, then a body, writes header and body apart, and flushes after every frame. Here all
//! that happens in memory; the driver moves bytes between memory and connection, many frames in one system call.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::{Buf, BytesMut};
use futures_util::{AsyncRead, AsyncWrite};

/// Bytes waiting to be written above which the library has to wait.
const HIGH: usize = 128 * 1024;

/// Both directions, shared by the library's end and the driver, which are polled by one task: never contended.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    /// From the connection, not yet read by the library.
    pub(super) incoming: BytesMut,
    /// From the library, not yet written to the connection.
    pub(super) outgoing: BytesMut,
    /// The connection has no more to read.
    pub(super) ended: bool,
    watch: FrameWatch,
}

/// The library's end. Says "pending" without keeping a waker: the driver polls the library again whenever it has moved
/// a byte.
#[derive(Clone, Debug, Default)]
pub(super) struct LibraryEnd(Arc<Mutex<Buffers>>);

impl LibraryEnd {
    pub(super) fn lock(&self) -> MutexGuard<'_, Buffers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Buffers {
    /// Whether the library has told the peer to go away. It then still behaves as if nothing had happened: ending the
    /// session is the owner's part.
    pub(super) fn said_go_away(&self) -> bool {
        self.watch.go_away
    }
}

impl AsyncRead for LibraryEnd {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut buffers = self.lock();
        if buffers.incoming.is_empty() {
            return if buffers.ended { Poll::Ready(Ok(0)) } else { Poll::Pending };
        }
        let count = buf.len().min(buffers.incoming.len());
        buffers.incoming.copy_to_slice(&mut buf[..count]);
        Poll::Ready(Ok(count))
    }
}

impl AsyncWrite for LibraryEnd {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let mut buffers = self.lock();
        if buffers.outgoing.len() >= HIGH {
            return Poll::Pending;
        }
        buffers.watch.see(buf);
        buffers.outgoing.extend_from_slice(buf);
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Follows the frames that go out, to notice a GoAway. The header is version, type, flags (2), stream (4), length (4);
/// only data frames, type 0, have a body.
#[derive(Debug, Default)]
struct FrameWatch {
    header: [u8; HEADER],
    have: usize,
    body_left: usize,
    go_away: bool,
}

const HEADER: usize = 12;
const DATA: u8 = 0;
const GO_AWAY: u8 = 3;

impl FrameWatch {
    fn see(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let body = self.body_left.min(bytes.len());
            self.body_left -= body;
            bytes.advance(body);
            let part = (HEADER - self.have).min(bytes.len());
            if self.body_left > 0 || part == 0 {
                continue;
            }
            self.header[self.have..self.have + part].copy_from_slice(&bytes[..part]);
            self.have += part;
            bytes.advance(part);
            if self.have == HEADER {
                self.have = 0;
                let [_, kind, .., a, b, c, d] = self.header;
                self.go_away |= kind == GO_AWAY;
                self.body_left = if kind == DATA { u32::from_be_bytes([a, b, c, d]) as usize } else { 0 };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, length: u32, body: usize) -> Vec<u8> {
        let mut frame = vec![0, kind, 0, 0, 0, 0, 0, 1];
        frame.extend(length.to_be_bytes());
        frame.extend(vec![GO_AWAY; body]);
        frame
    }

    #[test]
    fn sees_a_go_away_wherever_the_writes_are_cut() {
        let quiet: Vec<u8> = [frame(DATA, 30, 30), frame(1, 400, 0), frame(DATA, 0, 0), frame(2, 9, 0)].concat();
        for cut in 1..quiet.len() {
            let mut watch = FrameWatch::default();
            quiet.chunks(cut).for_each(|part| watch.see(part));
            assert!(!watch.go_away, "cut at {cut}");
            frame(GO_AWAY, 1, 0).chunks(cut).for_each(|part| watch.see(part));
            assert!(watch.go_away, "cut at {cut}");
        }
    }
}
