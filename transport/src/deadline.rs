//! A timeout on waits without progress, for poll functions.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

/// The longest wait, 30 years: longer ones are beyond what some clocks can count.
pub(crate) const LONGEST: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// The instant `after` from now. [`Duration::MAX`], often used for "never", is more than a clock can count.
pub(crate) fn in_time(after: Duration) -> Instant {
    Instant::now() + after.min(LONGEST)
}

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
            timer.as_mut().reset(in_time(after));
            self.waiting = true;
        }
        timer.as_mut().poll(cx).map(|()| after)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    #[tokio::test]
    async fn the_longest_time_is_as_good_as_never() {
        let mut deadline = Deadline::new(Duration::MAX);
        assert!(deadline.poll_waited(&mut Context::from_waker(Waker::noop())).is_pending());
    }
}
