//! What the task of a connection does: one call after the other, each wait with its deadline.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use metainfo::{METAINFO, MetaInfo};
use tokio::time::{Sleep, sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::answer::{Answering, Next};
use super::{ServeOptions, ThriftService};
use crate::codec::{MessageReader, RawMessage, ReadError};
use crate::connect::WithCauses;
use crate::connection::{Connection, Peer};
use crate::deadline::Deadline;

/// How long a connection is kept after the server was told to stop and has no call. A client that sends a call in the
/// moment of the stop gets its answer; most clients under load send one within this time and are told in its answer to
/// go elsewhere.
const LAST_CALL: Duration = Duration::from_millis(250);

/// The same behind an answer that could not tell the peer to go elsewhere: it sends its next call at once, or it has
/// none.
const QUIET: Duration = Duration::from_millis(20);

/// How long the end of a connection may take: as long as a peer needs that still reads, and no longer.
const END_TIMEOUT: Duration = Duration::from_secs(1);

/// A connection and its peer, in conversation with a service.
pub(super) struct Conversation<C, P, S> {
    io: C,
    peer: P,
    service: Arc<S>,
    options: ServeOptions,
    reader: MessageReader,
    answering: Answering,
    calls: u64,
    idle: IdleTimer,
    message: Deadline,
    stop: Stop,
}

/// Why there is no further call.
enum Over {
    /// Nothing that anybody has to know.
    InOrder,
    Read(ReadError),
    /// For too long: between two calls, or in the middle of a message.
    Waited(&'static str, Duration),
}

impl<C: Connection, P: Peer, S: ThriftService> Conversation<C, P, S> {
    pub(super) fn new(io: C, peer: P, service: Arc<S>, options: ServeOptions, stopping: CancellationToken) -> Self {
        Self {
            io,
            peer,
            service,
            options,
            reader: MessageReader::new(options.max_message_size()),
            answering: Answering::new(options.max_message_size()),
            calls: 0,
            idle: IdleTimer::default(),
            message: Deadline::new(options.message_timeout()),
            stop: Stop::new(stopping),
        }
    }

    /// Serves calls until the peer ends, a deadline passes, or the server stops.
    pub(super) async fn run(mut self) {
        tracing::trace!(peer = %self.peer, "connected");
        let over = METAINFO.scope(RefCell::new(MetaInfo::default()), self.calls()).await;
        match over {
            Over::InOrder => {}
            Over::Waited(what, after) => tracing::debug!(peer = %self.peer, ?after, "closed: {what} took too long"),
            Over::Read(error) => tracing::debug!(peer = %self.peer, error = %WithCauses(&error), "closed"),
        }
        // An end in good order behind the last answer: a yamux stream that is only dropped is reset, and Go throws
        // away what it has not read of a stream that was reset.
        let end = poll_fn(|cx| Pin::new(&mut self.io).poll_shutdown(cx));
        let _told = tokio::time::timeout(END_TIMEOUT, end).await;
        tracing::trace!(peer = %self.peer, "disconnected");
    }

    async fn calls(&mut self) -> Over {
        loop {
            let message = match poll_fn(|cx| self.poll_message(cx)).await {
                Ok(message) => message,
                Err(over) => return over,
            };
            self.calls += 1;
            let Self { stop, service, peer, answering, .. } = self;
            let next = answering.call(message, peer, &**service, || stop.is_stopping()).await;
            let last = match next {
                Next::End => return Over::InOrder,
                Next::NoAnswer => continue,
                Next::Answer { last } => last,
            };
            let timeout = self.options.message_timeout();
            let mut began = false;
            let write = self.answering.writer.write(&mut self.io, &mut began);
            match tokio::time::timeout(timeout, write).await {
                Ok(Ok(())) => self.answering.writer.clear(),
                Ok(Err(error)) => return Over::Read(ReadError::Io(error)),
                Err(_) => return Over::Waited("an answer", timeout),
            }
            if last || !self.io.is_reusable() {
                return Over::InOrder;
            }
            self.stop.answered();
        }
    }

    /// Waits for the next call. A call that is there is served, whatever else has happened.
    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Result<RawMessage, Over>> {
        match self.reader.poll_read(&mut self.io, cx) {
            Poll::Ready(Ok(message)) => {
                self.message.rest();
                return Poll::Ready(Ok(message));
            }
            Poll::Ready(Err(ReadError::Ended)) => return Poll::Ready(Err(Over::InOrder)),
            Poll::Ready(Err(error)) => return Poll::Ready(Err(Over::Read(error))),
            Poll::Pending => {}
        }
        let stopped = self.stop.poll(cx, &self.options);
        if self.reader.has_partial() {
            if let Poll::Ready(after) = self.message.poll_waited(cx) {
                return Poll::Ready(Err(Over::Waited("a message", after)));
            }
            return match stopped {
                Poll::Ready(Stopped::Wholly) => Poll::Ready(Err(Over::InOrder)),
                _ => Poll::Pending,
            };
        }
        if stopped.is_ready() {
            return Poll::Ready(Err(Over::InOrder));
        }
        let (what, after) = match self.calls {
            0 => ("the first call", self.options.first_byte_timeout()),
            _ => ("the next call", self.options.idle_timeout()),
        };
        self.idle.poll(cx, self.calls, after).map(|()| Err(Over::Waited(what, after)))
    }
}

/// Notices that no call has come for a while. It costs nothing at a call: the timer runs on, and looks whether there
/// was one when it fires.
#[derive(Default)]
struct IdleTimer {
    timer: Option<Pin<Box<Sleep>>>,
    calls: u64,
}

impl IdleTimer {
    fn poll(&mut self, cx: &mut Context<'_>, calls: u64, after: Duration) -> Poll<()> {
        if self.calls == 0 && calls > 0 {
            // What ran was the time for the first byte, which may be longer.
            self.timer = None;
            self.calls = calls;
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(after)));
        while timer.as_mut().poll(cx).is_ready() {
            if self.calls == calls {
                return Poll::Ready(());
            }
            self.calls = calls;
            timer.set(sleep(after));
        }
        Poll::Pending
    }
}

/// What a stop of the server means to one connection, by now.
enum Stopped {
    /// It ends if it is between two calls.
    BetweenCalls,
    /// It ends also in the middle of a message that is not whole.
    Wholly,
}

/// The way of one connection from the server's stop to its end.
struct Stop {
    token: CancellationToken,
    stopping: Pin<Box<WaitForCancellationFutureOwned>>,
    /// Runs from the stop on, and anew from each later answer.
    last_call: Option<Pin<Box<Sleep>>>,
    /// How long the rest of a message may take.
    rest: Option<Pin<Box<Sleep>>>,
}

impl Stop {
    fn new(token: CancellationToken) -> Self {
        let stopping = Box::pin(token.clone().cancelled_owned());
        Self { token, stopping, last_call: None, rest: None }
    }

    fn is_stopping(&self) -> bool {
        self.token.is_cancelled()
    }

    /// An answer went out that did not tell the peer to go elsewhere.
    fn answered(&mut self) {
        if let Some(timer) = &mut self.last_call {
            timer.set(sleep(QUIET));
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>, options: &ServeOptions) -> Poll<Stopped> {
        if self.last_call.is_none() {
            std::task::ready!(self.stopping.as_mut().poll(cx));
        }
        let drain = options.drain_timeout();
        let last_call = self.last_call.get_or_insert_with(|| Box::pin(sleep(LAST_CALL.min(drain / 4))));
        let rest = self.rest.get_or_insert_with(|| Box::pin(sleep(drain / 2)));
        if rest.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Stopped::Wholly);
        }
        last_call.as_mut().poll(cx).map(|()| Stopped::BetweenCalls)
    }
}
