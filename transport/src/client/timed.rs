//! Time-outs on reading and writing. volo's own set socket options, which a non-blocking socket ignores.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::deadline::Deadline;

/// A connection on which a read or a write that waits too long fails with [`io::ErrorKind::TimedOut`].
#[derive(Debug)]
pub(crate) struct TimedIo<T> {
    io: T,
    read: Option<Deadline>,
    write: Option<Deadline>,
}

impl<T> TimedIo<T> {
    /// Without bounds.
    pub(crate) fn new(io: T) -> Self {
        Self { io, read: None, write: None }
    }

    /// Bounds each wait for a byte to read, and each wait for room to write, from now on. `None`: no bound.
    pub(crate) fn set_timeout(&mut self, timeout: Option<Duration>) {
        if self.read.as_ref().map(Deadline::after) != timeout {
            self.read = timeout.map(Deadline::new);
            self.write = timeout.map(Deadline::new);
        }
    }

    pub(crate) fn get_ref(&self) -> &T {
        &self.io
    }
}

impl<T: AsyncRead + Unpin> TimedIo<T> {
    /// Whether an idle connection has nothing to read: an end, an error or a byte that nobody asked for all mean that
    /// it is of no use. Reading also lets the connection do its own work, such as answering a WebSocket ping. No
    /// time-out runs: looking is not waiting.
    pub(crate) fn is_quiet(&mut self) -> bool {
        let mut byte = [0; 1];
        let look = poll_fn(|cx| Pin::new(&mut self.io).poll_read(cx, &mut ReadBuf::new(&mut byte)));
        // Outside the runtime's budget: a socket says "pending" once it is spent, which would pass for good.
        pin!(tokio::task::unconstrained(look)).poll(&mut Context::from_waker(Waker::noop())).is_pending()
    }
}

/// Passes `outcome` on, or an error once it has been pending for too long.
fn watch<R>(
    deadline: &mut Option<Deadline>,
    cx: &mut Context<'_>,
    doing: &str,
    outcome: Poll<io::Result<R>>,
) -> Poll<io::Result<R>> {
    let Some(deadline) = deadline else { return outcome };
    if outcome.is_ready() {
        deadline.rest();
        return outcome;
    }
    let after = ready!(deadline.poll_waited(cx));
    deadline.rest();
    Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, format!("{doing} made no progress for {after:?}"))))
}

impl<T: AsyncRead + Unpin> AsyncRead for TimedIo<T> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.io).poll_read(cx, buf);
        watch(&mut this.read, cx, "reading", outcome)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for TimedIo<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.io).poll_write(cx, buf);
        watch(&mut this.write, cx, "writing", outcome)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.io).poll_write_vectored(cx, bufs);
        watch(&mut this.write, cx, "writing", outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.io).poll_flush(cx);
        watch(&mut this.write, cx, "writing", outcome)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.io).poll_shutdown(cx);
        watch(&mut this.write, cx, "closing", outcome)
    }
}
