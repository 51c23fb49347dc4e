//! A timeout on waits without progress, for poll functions.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

/// Limits how long a wait may take. The timer is created by the first wait and reset by later ones, but never
/// cancelled: if it fires when nothing waits, that only causes one poll.
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

    /// Ends the wait, because there was progress or nothing is waited for.
    pub(crate) fn rest(&mut self) {
        self.waiting = false;
    }

    /// Call it in every poll of the wait. Resolves to the timeout when the wait has taken that long.
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
