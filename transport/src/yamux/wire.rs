//! The connection, with a buffer for each direction.
//!
//! Small frames are collected, many for one system call. The bodies of large ones bypass the buffers and move directly
//! between the library's memory and the connection.

use std::fmt;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;
use tokio_util::io::poll_read_buf;

use crate::connection::Connection;
use crate::keepalive::Pulse;

/// How many unwritten bytes make the library wait.
const HIGH: usize = 128 * 1024;

/// How many bytes are read from the connection ahead of the library.
const READ_AHEAD: usize = 256 * 1024;

/// How many are read at once. The rest of a larger body is read directly.
const READ: usize = 128 * 1024;

/// How many bytes are read at once until that many arrive.
const LITTLE: usize = 4 * 1024;

/// The size from which on a part of a body bypasses the buffers.
const LARGE: usize = 8 * 1024;

/// Polled by the occupant of the gate, with the task's waker: see [`Engine`](super::engine::Engine).
pub(super) struct Wire {
    connection: Box<dyn Connection>,
    /// The waker of the task.
    waker: Waker,
    /// From the connection, not yet read by the library.
    pub(super) incoming: BytesMut,
    /// From the library, not yet written to the connection.
    pub(super) outgoing: BytesMut,
    /// More bytes arrive at once than [`LITTLE`].
    reads_much: bool,
    /// The connection has been read to its end.
    pub(super) ended: bool,
    /// Bytes were read directly, so the connection may not have a waker for further ones.
    read_directly: bool,
    unflushed: bool,
    /// A direct write has failed. The next buffered write returns the error.
    failed: Option<io::Error>,
    /// The connection has taken bytes since the last [`take_progress`](Self::take_progress).
    progress: bool,
    /// How many bytes the connection has taken.
    written: u64,
    /// `None` without keepalive.
    pub(super) pulse: Option<Pulse>,
}

impl Wire {
    pub(super) fn new(connection: Box<dyn Connection>, pulse: Option<Pulse>) -> Self {
        Self {
            connection,
            waker: Waker::noop().clone(),
            incoming: BytesMut::new(),
            outgoing: BytesMut::new(),
            reads_much: false,
            ended: false,
            read_directly: false,
            unflushed: false,
            failed: None,
            progress: false,
            written: 0,
            pulse,
        }
    }

    pub(super) fn register_task(&mut self, waker: &Waker) {
        self.waker.clone_from(waker);
    }

    /// Whether the library has to wait before it may write.
    pub(super) fn is_full(&self) -> bool {
        self.outgoing.len() >= HIGH
    }

    /// How many bytes were written so far, those in memory among them.
    pub(super) fn position(&self) -> u64 {
        self.written + self.outgoing.len() as u64
    }

    /// Whether the library has to read before more is read from the connection.
    pub(super) fn is_ahead(&self) -> bool {
        self.incoming.len() >= READ_AHEAD
    }

    /// Whether bytes are due that the connection has not taken.
    pub(super) fn is_behind(&self) -> bool {
        self.unflushed || !self.outgoing.is_empty()
    }

    pub(super) fn take_progress(&mut self) -> bool {
        std::mem::take(&mut self.progress)
    }

    pub(super) fn take_read_directly(&mut self) -> bool {
        std::mem::take(&mut self.read_directly)
    }

    /// Frees empty buffers.
    pub(super) fn release(&mut self) {
        for buffer in [&mut self.incoming, &mut self.outgoing] {
            if buffer.is_empty() {
                *buffer = BytesMut::new();
            }
        }
        self.reads_much = false;
    }

    /// Reads from the connection into memory. `true` when it did.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        if self.ended || self.is_ahead() {
            return Ok(false);
        }
        match self.poll_fill() {
            Poll::Ready(count) => {
                self.ended = count? == 0;
                self.heard();
                Ok(true)
            }
            Poll::Pending => Ok(false),
        }
    }

    fn poll_fill(&mut self) -> Poll<io::Result<usize>> {
        let mut cx = Context::from_waker(&self.waker);
        if self.reads_much {
            if self.incoming.capacity() - self.incoming.len() < READ / 2 {
                self.incoming.reserve(READ);
            }
            return poll_read_buf(Pin::new(&mut self.connection), &mut cx, &mut self.incoming);
        }
        // On the stack, so that an idle session has no buffer, also when a ping arrives now and then.
        let mut chunk = [const { MaybeUninit::uninit() }; LITTLE];
        let mut chunk = ReadBuf::uninit(&mut chunk);
        ready!(Pin::new(&mut self.connection).poll_read(&mut cx, &mut chunk))?;
        self.reads_much = chunk.remaining() == 0;
        self.incoming.extend_from_slice(chunk.filled());
        Poll::Ready(Ok(chunk.filled().len()))
    }

    /// Reads from the connection to the library, if it asks for many bytes. Memory has to be empty.
    pub(super) fn poll_read_directly(&mut self, into: &mut [u8]) -> Poll<io::Result<usize>> {
        if self.ended || into.len() < LARGE {
            return if self.ended { Poll::Ready(Ok(0)) } else { Poll::Pending };
        }
        let mut into = ReadBuf::new(into);
        let mut cx = Context::from_waker(&self.waker);
        Pin::new(&mut self.connection).poll_read(&mut cx, &mut into).map_ok(|()| {
            self.read_directly = true;
            self.ended = into.filled().is_empty();
            self.heard();
            into.filled().len()
        })
    }

    fn heard(&mut self) {
        if let Some(pulse) = &mut self.pulse {
            pulse.heard(Instant::now());
        }
    }

    fn wrote(&mut self, count: usize) {
        self.unflushed = true;
        self.progress = true;
        self.written += count as u64;
        if let Some(pulse) = &mut self.pulse {
            pulse.wrote(count, Instant::now());
        }
    }

    /// Writes from memory to the connection. `true` when it did.
    pub(super) fn drain(&mut self) -> io::Result<bool> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut moved = false;
        while !self.outgoing.is_empty() {
            let mut cx = Context::from_waker(&self.waker);
            match Pin::new(&mut self.connection).poll_write(&mut cx, &self.outgoing)? {
                Poll::Ready(0) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(count) => {
                    self.outgoing.advance(count);
                    self.wrote(count);
                    moved = true;
                }
                Poll::Pending => break,
            }
        }
        let mut cx = Context::from_waker(&self.waker);
        if self.unflushed && Pin::new(&mut self.connection).poll_flush(&mut cx)?.is_ready() {
            self.unflushed = false;
            self.progress = true;
        }
        Ok(moved)
    }

    /// Writes what is in memory, then `body`. Returns how much of `body` the connection took: nothing of a small one, which
    /// is better collected.
    pub(super) fn write_directly(&mut self, body: &[u8]) -> usize {
        if body.len() < LARGE || self.failed.is_some() {
            return 0;
        }
        match self.try_write(body) {
            Ok(count) => count,
            Err(error) => {
                self.failed = Some(error);
                0
            }
        }
    }

    fn try_write(&mut self, body: &[u8]) -> io::Result<usize> {
        if !self.connection.is_write_vectored() {
            self.drain()?;
            if !self.outgoing.is_empty() {
                return Ok(0);
            }
        }
        let mut cx = Context::from_waker(&self.waker);
        let both = [IoSlice::new(&self.outgoing), IoSlice::new(body)];
        let slices = if self.outgoing.is_empty() { &both[1..] } else { &both[..] };
        match Pin::new(&mut self.connection).poll_write_vectored(&mut cx, slices)? {
            Poll::Ready(0) => Err(io::ErrorKind::WriteZero.into()),
            Poll::Ready(count) => {
                self.wrote(count);
                let buffered = count.min(self.outgoing.len());
                self.outgoing.advance(buffered);
                Ok(count - buffered)
            }
            Poll::Pending => Ok(0),
        }
    }

    pub(super) fn poll_shutdown(&mut self) -> Poll<io::Result<()>> {
        let mut cx = Context::from_waker(&self.waker);
        Pin::new(&mut self.connection).poll_shutdown(&mut cx)
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire")
            .field("incoming", &self.incoming.len())
            .field("outgoing", &self.outgoing.len())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;

    #[tokio::test]
    async fn small_reads_take_no_large_buffer_and_large_ones_do_until_the_session_is_idle() {
        let (connection, mut peer) = tokio::io::duplex(64 * 1024);
        let mut wire = Wire::new(Box::new(connection), None);
        assert!(!wire.fill().unwrap());
        assert_eq!(wire.incoming.capacity(), 0, "nothing has arrived");
        for _ in 0..10 {
            peer.write_all(&[0; 100]).await.unwrap();
            assert!(wire.fill().unwrap() && !wire.fill().unwrap());
            wire.incoming.clear();
        }
        assert!(wire.incoming.capacity() < LITTLE, "{}", wire.incoming.capacity());
        peer.write_all(&[0; 2 * LITTLE]).await.unwrap();
        assert!(wire.fill().unwrap() && wire.fill().unwrap());
        assert_eq!(wire.incoming.len(), 2 * LITTLE);
        assert!(wire.incoming.capacity() >= READ / 2);
        wire.incoming.clear();
        wire.release();
        assert!(!wire.fill().unwrap());
        assert_eq!(wire.incoming.capacity(), 0);
        drop(peer);
        assert!(wire.fill().unwrap() && wire.ended);
    }
}
