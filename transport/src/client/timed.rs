//! Timeouts on reading and writing. volo sets socket options for them, which a non-blocking socket ignores.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::connection::{Connection, LOOKS_ONCE};
use crate::deadline::Deadline;

/// A connection on which a read or write that waits too long fails with [`io::ErrorKind::TimedOut`].
#[derive(Debug)]
pub(crate) struct TimedIo<T> {
    io: T,
    read: Option<Deadline>,
    write: Option<Deadline>,
}

impl<T> TimedIo<T> {
    /// Without timeouts.
    pub(crate) fn new(io: T) -> Self {
        Self { io, read: None, write: None }
    }

    /// Limits each wait for bytes to read and each wait for room to write. `None`: no limit.
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
    /// Whether an idle connection has nothing to read. End of file, an error and an unexpected byte all mean that it
    /// can't be used. Reading also lets the connection answer control frames, such as a WebSocket ping. No timeout
    /// applies: it polls once and does not wait.
    pub(crate) fn has_nothing_to_read(&mut self) -> bool {
        let mut byte = [0; 1];
        let read = poll_fn(|cx| Pin::new(&mut self.io).poll_read(cx, &mut ReadBuf::new(&mut byte)));
        // Outside tokio's cooperative budget: once that is used up, a socket with data reports "pending", too.
        pin!(tokio::task::unconstrained(read)).poll(&mut Context::from_waker(LOOKS_ONCE)).is_pending()
    }
}

impl<T: Connection> TimedIo<T> {
    /// [`Connection::poll_background`], without waiting.
    pub(crate) fn poll_background_once(&mut self) -> Poll<io::Error> {
        let background = poll_fn(|cx| self.io.poll_background(cx));
        pin!(tokio::task::unconstrained(background)).poll(&mut Context::from_waker(LOOKS_ONCE))
    }
}

/// Returns `outcome`, or an error once it has been pending for too long.
fn check_deadline<R>(
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
        check_deadline(&mut this.read, cx, "reading", outcome)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for TimedIo<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.io).poll_write(cx, buf);
        check_deadline(&mut this.write, cx, "writing", outcome)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.io).poll_write_vectored(cx, bufs);
        check_deadline(&mut this.write, cx, "writing", outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.io).poll_flush(cx);
        check_deadline(&mut this.write, cx, "writing", outcome)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.io).poll_shutdown(cx);
        check_deadline(&mut this.write, cx, "closing", outcome)
    }
}
