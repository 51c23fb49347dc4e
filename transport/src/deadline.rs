//! How long something may wait without progress, for hand-written polls.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

/// Runs while something waits. The timer is made at the first wait and moved at later ones, never cancelled: a timer
/// that fires with nothing waiting only causes one poll.
#[derive(Debug)]
pub(crate) struct Deadline {
    after: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    waiting: bool,
}

impl Deadline {
    pub(crate) fn new(after: Duration) -> Self {
        Self { after, timer: None, waiting: false }
    }

    /// How long a wait may take.
    pub(crate) fn after(&self) -> Duration {
        self.after
    }

    /// There was progress, or nothing is waited for: the next wait begins anew.
    pub(crate) fn rest(&mut self) {
        self.waiting = false;
    }

    /// To be called whenever the wait goes on. Resolves with the time waited once it is too long.
    pub(crate) fn poll_waited(&mut self, cx: &mut Context<'_>) -> Poll<Duration> {
        let after = self.after;
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(after)));
        if !self.waiting {
            timer.as_mut().reset(Instant::now() + after);
            self.waiting = true;
        }
        timer.as_mut().poll(cx).map(|()| after)
    }
}
