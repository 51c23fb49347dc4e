//! One stream of a session.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::{AsyncRead as _, AsyncWrite as _};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::driver::Command;

/// A connection inside a session.
///
/// Dropping it resets it, unless it was shut down: then what the other end still sends is read and thrown away, so
/// that it doesn't wait for room for ever.
#[derive(Debug)]
pub struct YamuxStream {
    /// `None` only while it is dropped.
    stream: Option<yamux::Stream>,
    shut_down: bool,
    read_to_end: bool,
    session: Tether,
}

/// What ties a stream to its session: it counts, and keeps the driver at work.
#[derive(Debug)]
pub(super) struct Tether {
    /// Counts the stream while it lives.
    pub(super) _permit: OwnedSemaphorePermit,
    pub(super) commands: mpsc::Sender<Command>,
}

impl YamuxStream {
    pub(super) fn new(stream: yamux::Stream, session: Tether) -> Self {
        Self { stream: Some(stream), shut_down: false, read_to_end: false, session }
    }

    fn stream(&mut self) -> io::Result<Pin<&mut yamux::Stream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

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

impl AsyncWrite for YamuxStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if buf.is_empty() {
            return Poll::Ready(Ok(0));
        }
        self.get_mut().stream()?.poll_write(cx, buf)
    }

    /// Nothing to do: what was written is with the driver, which sends it at once.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Sends the end of this direction, once: Go closes the whole session at a second one.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.shut_down {
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
            && let Some(stream) = self.stream.take()
        {
            // A driver too busy to take it resets it instead.
            let _taken = self.session.commands.try_send(Command::ReadToEnd(stream));
        }
    }
}
