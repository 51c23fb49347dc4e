//! Writing messages, and control frames among them.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite};

use super::{ReadState, WebSocketStream};
use crate::websocket::frame::CLOSE_NORMAL;

/// Bytes waiting to be written above which a writer waits.
pub(super) const WRITE_HIGH: usize = 64 * 1024;

/// How much goes into one frame: enough for a call of 64 KiB with its head. A larger write is one message of several
/// frames.
pub(super) const FRAME: usize = 256 * 1024;

/// Parts of a large message that are written without being copied, with the frame's header.
const SLICES: usize = 8;

/// How large an empty buffer is kept.
pub(super) const KEPT: usize = 8 * 1024;

impl<T: AsyncWrite + Unpin> WebSocketStream<T> {
    fn poll_drain_for_writer(&mut self, cx: &mut Context<'_>, keep: usize) -> Poll<io::Result<()>> {
        let drained = self.poll_drain(cx, keep);
        self.writer_waits = drained.is_pending();
        drained
    }

    /// A writer that did not come back with the rest of what it had leaves a message without an end.
    fn end_message(&mut self) {
        if !self.close_sent {
            self.encoder.end_message(&mut self.output);
        }
    }

    /// Writes until at most `keep` bytes wait.
    pub(super) fn poll_drain(&mut self, cx: &mut Context<'_>, keep: usize) -> Poll<io::Result<()>> {
        while self.output.len() > keep {
            let count = ready!(Pin::new(&mut self.io).poll_write(cx, &self.output))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.output.advance(count);
            if let Some(alive) = &mut self.alive {
                alive.wrote(count);
            }
        }
        if self.output.is_empty() && self.output.capacity() > KEPT {
            self.output = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }

    /// Writes a large frame without copying it first, where that can be done: a server does not mask, and nothing may
    /// wait before it.
    fn poll_write_plain(
        &mut self,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
        last: bool,
    ) -> Option<Poll<io::Result<usize>>> {
        let length: usize = frame_parts(bufs).map(<[u8]>::len).sum();
        if length < KEPT || bufs.len() >= SLICES || !self.output.is_empty() || !self.io.is_write_vectored() {
            return None;
        }
        let header = self.encoder.plain_data_header(length, last)?;
        let mut slices = [io::IoSlice::new(&[]); SLICES];
        let mut count = 0;
        for part in [header.as_ref()].into_iter().chain(frame_parts(bufs)) {
            slices[count] = io::IoSlice::new(part);
            count += 1;
        }
        let written = match Pin::new(&mut self.io).poll_write_vectored(cx, &slices[..count]) {
            Poll::Ready(Ok(0)) => return Some(Poll::Ready(Err(io::ErrorKind::WriteZero.into()))),
            Poll::Ready(Ok(written)) => written,
            Poll::Ready(Err(error)) => return Some(Poll::Ready(Err(error))),
            Poll::Pending => {
                self.writer_waits = true;
                return Some(Poll::Pending);
            }
        };
        if let Some(alive) = &mut self.alive {
            alive.wrote(written);
        }
        self.encoder.sent_data(last);
        // The header has promised all of it.
        let mut gone = written;
        for part in &slices[..count] {
            let skip = gone.min(part.len());
            gone -= skip;
            self.output.extend_from_slice(&part[skip..]);
        }
        Some(Poll::Ready(Ok(length)))
    }
}

/// As much of `bufs` as fits into one frame.
fn frame_parts<'a>(bufs: &'a [io::IoSlice<'_>]) -> impl Iterator<Item = &'a [u8]> + Clone {
    let mut room = FRAME;
    bufs.iter().map_while(move |buf| {
        let part = buf.get(..buf.len().min(room)).filter(|_| room > 0)?;
        room -= part.len();
        Some(part)
    })
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for WebSocketStream<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[io::IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.close_sent {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        ready!(this.poll_drain_for_writer(cx, WRITE_HIGH))?;
        // Some peers read each message on its own, such as npm's thrift: what is written at once has to be one, whatever
        // its length. Who writes it comes back with the rest.
        let last = bufs.iter().map(|buf| buf.len()).sum::<usize>() <= FRAME;
        if let Some(written) = this.poll_write_plain(cx, bufs, last) {
            return written;
        }
        Poll::Ready(Ok(this.encoder.data(frame_parts(bufs), last, &mut this.output)))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.end_message();
        ready!(this.poll_drain_for_writer(cx, 0))?;
        Pin::new(&mut this.io).poll_flush(cx)
    }

    /// Sends Close 1000; nothing can be written after it. The peer's messages can still be read, but a peer may end the
    /// connection at a Close: answers that have not arrived may be lost.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.end_message();
        this.send_close(CLOSE_NORMAL);
        ready!(this.poll_drain_for_writer(cx, 0))?;
        Pin::new(&mut this.io).poll_flush(cx)
    }
}

impl<T: AsyncWrite + Unpin> Drop for WebSocketStream<T> {
    fn drop(&mut self) {
        if !self.close_sent && self.reading != ReadState::Failed {
            self.encoder.close(CLOSE_NORMAL, &mut self.output);
            // Peers tell an end with this frame from a broken connection. Nobody can wait here: what doesn't go at
            // once doesn't go.
            let mut cx = Context::from_waker(Waker::noop());
            if let Poll::Ready(Ok(())) = self.poll_drain(&mut cx, 0) {
                let _flushed_or_not = Pin::new(&mut self.io).poll_flush(&mut cx);
            }
        }
    }
}
