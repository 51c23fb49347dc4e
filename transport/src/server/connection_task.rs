//! The task of a connection: it serves one call after another, and each wait has a deadline.

mod timers;

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::io;
use std::mem::MaybeUninit;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use metainfo::{METAINFO, MetaInfo};
use tokio::io::{AsyncRead, ReadBuf};
use tokio_util::sync::CancellationToken;

use self::timers::{IdleTimer, Stop, Stopped};
use super::newcomers::Sent;
use super::processor::{Next, Processor};
use super::{ServeOptions, ThriftService};
use crate::codec::{MessageReader, RawMessage, ReadError};
use crate::connect::WithCauses;
use crate::connection::{Connection, Peer};
use crate::deadline::Deadline;
use crate::log::{EventKind, limited};
use crate::metrics::{Counted, Counter, Gauge};
use crate::printable::Printable;

/// How long shutting a connection down may take. A peer that still reads needs less.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves one connection.
pub(super) struct ConnectionTask<C, P, S> {
    io: C,
    peer: P,
    service: Arc<S>,
    options: ServeOptions,
    reader: MessageReader,
    processor: Processor,
    calls: u64,
    idle: IdleTimer,
    message: Deadline,
    stop: Stop,
    /// Until a whole call has arrived.
    sent: Option<Sent>,
    _counted: Counted,
}

/// Why the connection is closed.
enum Closed {
    /// As expected: the peer closed it, or the server is stopping.
    Normally,
    /// Reading or writing failed.
    Failed(ReadError),
    /// The peer sent what cannot be read or decoded, and an answer says so.
    Refused,
    /// The peer took too long: what was waited for, and for how long.
    TimedOut(&'static str, Duration),
}

impl<C: Connection, P: Peer, S: ThriftService> ConnectionTask<C, P, S> {
    pub(super) fn new(
        io: C,
        peer: P,
        service: Arc<S>,
        options: ServeOptions,
        stopping: CancellationToken,
        sent: Sent,
    ) -> Self {
        Counter::ConnectionsAccepted.increment();
        Self {
            io,
            peer,
            service,
            options,
            reader: MessageReader::new(options.max_message_size()),
            processor: Processor::new(options.max_message_size()),
            calls: 0,
            idle: IdleTimer::default(),
            message: Deadline::new(options.message_timeout()),
            stop: Stop::new(stopping),
            sent: Some(sent),
            _counted: Counted::one(Gauge::ConnectionsOpen),
        }
    }

    /// Serves calls until the peer closes the connection, a deadline passes, or the server stops.
    pub(super) async fn run(mut self) {
        tracing::trace!(peer = %Printable(&self.peer), "connected");
        let closed = METAINFO.scope(RefCell::new(MetaInfo::default()), self.calls()).await;
        let refused = matches!(closed, Closed::Refused);
        match closed {
            Closed::Normally | Closed::Refused => {}
            closed => self.log(&closed),
        }
        // Shut down after the last answer: dropping a yamux stream resets it, and Go discards what it has not read of
        // a stream that was reset.
        let Self { io, options, .. } = &mut self;
        let end = async {
            let shut = poll_fn(|cx| Pin::new(&mut *io).poll_shutdown(cx)).await;
            if shut.is_ok() && refused {
                discard(io, options.max_message_size()).await;
            }
        };
        let _outcome = tokio::time::timeout(SHUTDOWN_TIMEOUT, end).await;
        tracing::trace!(peer = %Printable(&self.peer), "disconnected");
    }

    /// Logs why the connection is closed, if the peer should not have done so.
    fn log(&self, closed: &Closed) {
        let (peer, address) = (Printable(&self.peer), self.peer.address());
        match closed {
            Closed::Normally | Closed::Refused => {}
            // An idle client that is closed is expected.
            Closed::TimedOut(what @ "the next call", after) => {
                tracing::debug!(%peer, ?after, "closed: {what} took too long")
            }
            Closed::TimedOut(what, after) => {
                limited!(INFO, EventKind::Timeout, address, %peer, ?after, "closed: {what} took too long");
            }
            Closed::Failed(error @ ReadError::Wire(_)) => {
                limited!(WARN, EventKind::Message, address, %peer, error = %WithCauses(error), "closed");
            }
            // Clients that end at any time are expected.
            Closed::Failed(error) => tracing::debug!(%peer, error = %WithCauses(error), "closed"),
        }
    }

    async fn calls(&mut self) -> Closed {
        loop {
            let message = poll_fn(|cx| self.poll_message(cx)).await;
            let Self { io, stop, service, peer, processor, .. } = self;
            let next = match message {
                Ok(message) => {
                    self.calls += 1;
                    let call = processor.call(message, peer, &**service, || stop.is_stopping());
                    match with_background(call, io).await {
                        Ok(next) => next,
                        Err(error) => return Closed::Failed(ReadError::Io(error)),
                    }
                }
                Err(Closed::Failed(ReadError::Wire(error))) => match self.reader.take_refused() {
                    Some(refused) => processor.unreadable(peer, *refused, &error),
                    None => return Closed::Failed(error.into()),
                },
                Err(closed) => return closed,
            };
            let last = match next {
                Next::End => return Closed::Normally,
                Next::NoAnswer => continue,
                Next::Answer { last } => {
                    let announced = (last || self.stop.is_stopping()) && self.io.announce_close();
                    last || announced
                }
                Next::Refusal => {
                    self.io.announce_close();
                    true
                }
            };
            let timeout = self.options.message_timeout();
            let mut began = false;
            let write = self.processor.writer.write(&mut self.io, &mut began);
            match tokio::time::timeout(timeout, write).await {
                Ok(Ok(())) => self.processor.writer.clear(),
                Ok(Err(error)) => return Closed::Failed(ReadError::Io(error)),
                Err(_) => return Closed::TimedOut("an answer", timeout),
            }
            if next == Next::Refusal {
                return Closed::Refused;
            }
            if last || !self.io.is_reusable() {
                return Closed::Normally;
            }
            self.stop.answered();
        }
    }

    /// Waits for the next call. A call that has arrived is served, even if a deadline has passed or the server stops.
    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Result<RawMessage, Closed>> {
        match self.reader.poll_read(&mut self.io, cx) {
            Poll::Ready(Ok(message)) => {
                self.message.rest();
                if self.sent.take().is_some_and(|sent| !sent.a_call()) {
                    // Dropped at this moment for another connection.
                    return Poll::Ready(Err(Closed::Normally));
                }
                return Poll::Ready(Ok(message));
            }
            Poll::Ready(Err(ReadError::Ended)) => return Poll::Ready(Err(Closed::Normally)),
            Poll::Ready(Err(error)) => return Poll::Ready(Err(Closed::Failed(error))),
            Poll::Pending => {}
        }
        let stopped = self.stop.poll(cx, &self.options);
        if self.reader.has_partial() || self.io.has_partial_message() {
            if let Some(sent) = &self.sent {
                sent.a_byte();
            }
            if let Poll::Ready(after) = self.message.poll_waited(cx) {
                return Poll::Ready(Err(Closed::TimedOut("a message", after)));
            }
            return match stopped {
                Poll::Ready(Stopped::Always) => Poll::Ready(Err(Closed::Normally)),
                _ => Poll::Pending,
            };
        }
        // What had begun was no message, such as a browser's question whether it may call.
        self.message.rest();
        if stopped.is_ready() {
            return Poll::Ready(Err(Closed::Normally));
        }
        let (what, after) = match self.calls {
            0 => ("the first call", self.options.first_byte_timeout()),
            _ => ("the next call", self.options.idle_timeout()),
        };
        self.idle.poll(cx, self.calls, after).map(|()| Err(Closed::TimedOut(what, after)))
    }
}

/// Reads and drops what the peer still sends, up to `limit` bytes: a socket that is closed with unread bytes is reset,
/// and the reset takes the last answer away from a peer that has not read it.
async fn discard(io: &mut (impl AsyncRead + Unpin), limit: usize) {
    let mut left = limit;
    poll_fn(|cx| {
        loop {
            let mut chunk = [const { MaybeUninit::uninit() }; 4096];
            let mut chunk = ReadBuf::uninit(&mut chunk);
            let read = ready!(Pin::new(&mut *io).poll_read(cx, &mut chunk));
            left = left.saturating_sub(chunk.filled().len());
            if read.is_err() || chunk.filled().is_empty() || left == 0 {
                return Poll::Ready(());
            }
        }
    })
    .await;
}

/// Executes a call, and meanwhile does what the connection has to do of its own. If the peer is dead, the handler still
/// runs to its end, as it does if the peer has closed the connection: what it began, it completes. Only its answer is
/// dropped.
async fn with_background<R>(call: impl Future<Output = R>, io: &mut impl Connection) -> io::Result<R> {
    let mut call = pin!(call);
    let mut dead = None;
    poll_fn(|cx| {
        if let Poll::Ready(done) = call.as_mut().poll(cx) {
            return Poll::Ready(dead.take().map_or(Ok(done), Err));
        }
        if dead.is_none()
            && let Poll::Ready(error) = io.poll_background(cx)
        {
            dead = Some(error);
        }
        Poll::Pending
    })
    .await
}
