//! Time-outs on reading and writing that hold: volo's own set socket options that a non-blocking socket ignores.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// A connection on which a read or a write that waits too long fails with [`io::ErrorKind::TimedOut`].
#[derive(Debug)]
pub struct TimedIo<T> {
    io: T,
    read: Deadline,
    write: Deadline,
}

impl<T> TimedIo<T> {
    /// Bounds each wait for a byte to read by `read`, and each wait for room to write by `write`. `None`: no bound.
    pub fn new(io: T, read: Option<Duration>, write: Option<Duration>) -> Self {
        Self { io, read: Deadline::new(read), write: Deadline::new(write) }
    }
}

impl<T: AsyncRead + Unpin> TimedIo<T> {
    /// Whether an idle connection can take a call. An idle one has nothing to read: an end, an error or a byte that
    /// nobody asked for all mean that it is of no use. Reading also lets the connection see to its own business, such
    /// as answering a WebSocket ping. No time-out runs: looking is not waiting.
    pub(crate) fn is_good_while_idle(&mut self) -> bool {
        let mut byte = [0; 1];
        let look = poll_fn(|cx| Pin::new(&mut self.io).poll_read(cx, &mut ReadBuf::new(&mut byte)));
        // Outside the runtime's budget: a socket says "pending" once it is spent, which would pass for good.
        pin!(tokio::task::unconstrained(look)).poll(&mut Context::from_waker(Waker::noop())).is_pending()
    }
}

/// Runs while an operation waits. The timer is made at the first wait and moved at later ones, never cancelled: a
/// timer that fires with nothing waiting only causes one poll.
#[derive(Debug)]
struct Deadline {
    after: Option<Duration>,
    timer: Option<Pin<Box<Sleep>>>,
    waiting: bool,
}

impl Deadline {
    fn new(after: Option<Duration>) -> Self {
        Self { after, timer: None, waiting: false }
    }

    /// Passes `outcome` on, or an error once it has been pending for too long.
    fn watch<R>(&mut self, cx: &mut Context<'_>, doing: &str, outcome: Poll<io::Result<R>>) -> Poll<io::Result<R>> {
        let Some(after) = self.after else { return outcome };
        if outcome.is_ready() {
            self.waiting = false;
            return outcome;
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(after)));
        if !self.waiting {
            timer.as_mut().reset(Instant::now() + after);
            self.waiting = true;
        }
        ready!(timer.as_mut().poll(cx));
        self.waiting = false;
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, format!("{doing} made no progress for {after:?}"))))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for TimedIo<T> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.io).poll_read(cx, buf);
        this.read.watch(cx, "reading", outcome)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for TimedIo<T> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.io).poll_write(cx, buf);
        this.write.watch(cx, "writing", outcome)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.io).poll_write_vectored(cx, bufs);
        this.write.watch(cx, "writing", outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.io).poll_flush(cx);
        this.write.watch(cx, "writing", outcome)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.io).poll_shutdown(cx);
        this.write.watch(cx, "closing", outcome)
    }
}
