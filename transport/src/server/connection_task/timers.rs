//! How long a connection waits for a call, and how long it stays open while its server stops.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Sleep, sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::server::ServeOptions;

/// How long a connection without a call stays open after the server has begun to stop. A client that sends a call at
/// that moment gets its answer. Most clients under load send one within this time, and its answer tells them to use
/// another connection.
const STOP_GRACE: Duration = Duration::from_millis(250);

/// The same after an answer that could not tell the peer to use another connection: the peer sends its next call at
/// once, or has none.
const ANSWER_GRACE: Duration = Duration::from_millis(20);

/// Fires when no call has arrived for a while. It costs nothing at a call: the timer is not reset, and checks whether
/// there was a call when it fires. So it fires after the given time, and before twice that time.
#[derive(Default)]
pub(super) struct IdleTimer {
    timer: Option<Pin<Box<Sleep>>>,
    calls: u64,
}

impl IdleTimer {
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, calls: u64, after: Duration) -> Poll<()> {
        if self.calls == 0 && calls > 0 {
            // The timer so far was for the first byte, which may be longer.
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

/// Where a connection of a stopping server may be closed.
pub(super) enum Stopped {
    /// Between two calls.
    BetweenCalls,
    /// Between two calls, and while a message is incomplete.
    Always,
}

/// The timers of one connection of a stopping server.
pub(super) struct Stop {
    token: CancellationToken,
    stopping: Pin<Box<WaitForCancellationFutureOwned>>,
    /// Started by the stop, and again by each later answer.
    grace: Option<Pin<Box<Sleep>>>,
    /// Until when an incomplete message may be completed.
    incomplete: Option<Pin<Box<Sleep>>>,
}

impl Stop {
    pub(super) fn new(token: CancellationToken) -> Self {
        let stopping = Box::pin(token.clone().cancelled_owned());
        Self { token, stopping, grace: None, incomplete: None }
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Called when an answer was sent that did not tell the peer to use another connection.
    pub(super) fn answered(&mut self) {
        if let Some(timer) = &mut self.grace {
            timer.set(sleep(ANSWER_GRACE));
        }
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>, options: &ServeOptions) -> Poll<Stopped> {
        if self.grace.is_none() {
            ready!(self.stopping.as_mut().poll(cx));
        }
        let drain = options.drain_timeout();
        let grace = self.grace.get_or_insert_with(|| Box::pin(sleep(STOP_GRACE.min(drain / 4))));
        let incomplete = self.incomplete.get_or_insert_with(|| Box::pin(sleep(drain / 2)));
        if incomplete.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Stopped::Always);
        }
        grace.as_mut().poll(cx).map(|()| Stopped::BetweenCalls)
    }
}
