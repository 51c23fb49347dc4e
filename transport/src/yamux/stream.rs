//! One stream of a session.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use futures_util::{AsyncRead as _, AsyncWrite as _};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::driver::Command;

/// A connection inside a session.
///
/// Written bytes are collected and go out at the next flush at the latest: a message is one frame and one wake-up of the
/// session's task, however many writes it took.
///
/// Dropping it resets it, unless it was shut down: then what the other end still sends is read and thrown away, so
/// that it doesn't wait for room for ever.
#[derive(Debug)]
pub struct YamuxStream {
    /// `None` only while it is dropped.
    stream: Option<yamux::Stream>,
    /// Written and not yet handed to the library.
    unsent: BytesMut,
    shut_down: bool,
    read_to_end: bool,
    session: Tether,
}

/// How much is collected before a write has to wait for the library, and at most in one frame.
pub(super) const COLLECTED: usize = 64 * 1024;

/// How large an empty buffer is kept.
const KEPT: usize = 4 * 1024;

/// What ties a stream to its session: it counts, and keeps the driver at work.
#[derive(Debug)]
pub(super) struct Tether {
    /// Counts the stream; `None` only while it is dropped.
    pub(super) permit: Option<OwnedSemaphorePermit>,
    pub(super) commands: mpsc::Sender<Command>,
}

impl YamuxStream {
    pub(super) fn new(stream: yamux::Stream, session: Tether) -> Self {
        Self { stream: Some(stream), unsent: BytesMut::new(), shut_down: false, read_to_end: false, session }
    }

    fn stream(&mut self) -> io::Result<Pin<&mut yamux::Stream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl crate::connection::Connection for YamuxStream {}

impl AsyncRead for YamuxStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if out.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        let mut stream = this.stream()?;
        let count = ready!(stream.as_mut().poll_read(cx, out.initialize_unfilled()))?;
        // The library reads a reset, and the end of the session, as an end of stream. An end in good order leaves our
        // direction open, unless we have closed it.
        let closed_for_us = stream.is_closed();
        out.advance(count);
        if count == 0 {
            if closed_for_us && !this.shut_down {
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::ConnectionReset, "yamux stream reset")));
            }
            this.read_to_end = true;
        }
        Poll::Ready(Ok(()))
    }
}

impl YamuxStream {
    /// Hands what was collected to the library, until at most `keep` bytes are left.
    fn poll_send(&mut self, cx: &mut Context<'_>, keep: usize) -> Poll<io::Result<()>> {
        let Some(stream) = &mut self.stream else { return Poll::Ready(Err(io::ErrorKind::NotConnected.into())) };
        while self.unsent.len() > keep {
            let count = ready!(Pin::new(&mut *stream).poll_write(cx, &self.unsent))?;
            self.unsent.advance(count);
        }
        if self.unsent.is_empty() && self.unsent.capacity() > KEPT {
            self.unsent = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for YamuxStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[io::IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.shut_down {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        if this.unsent.len() >= COLLECTED {
            ready!(this.poll_send(cx, 0))?;
        }
        let mut taken = 0;
        for buf in bufs {
            let part = &buf[..buf.len().min(COLLECTED - taken)];
            this.unsent.extend_from_slice(part);
            taken += part.len();
        }
        Poll::Ready(Ok(taken))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Hands everything to the session's task, which sends it at once.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_send(cx, 0)
    }

    /// Sends the end of this direction, once: Go closes the whole session at a second one.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.shut_down {
            ready!(this.poll_send(cx, 0))?;
            ready!(this.stream()?.poll_close(cx))?;
            this.shut_down = true;
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for YamuxStream {
    fn drop(&mut self) {
        if self.shut_down
            && !self.read_to_end
            && let (Some(stream), Some(permit)) = (self.stream.take(), self.session.permit.take())
        {
            // There is room for one of these from every stream; only a session that has ended takes no more.
            let _taken = self.session.commands.try_send(Command::ReadToEnd(stream, permit));
        }
    }
}
