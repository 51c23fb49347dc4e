//! A timer that costs little while its deadline moves away.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use tokio::task::coop::has_budget_remaining;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::connection::LOOKS_ONCE;

/// Created by the first wait. A later deadline does not reset it: it fires at the earlier one, and is then reset.
///
/// It is polled at each read of a connection that finds nothing, several times a call. tokio's timer is only asked to
/// wake another task than before; a task that looks once and can't be woken replaces none.
#[derive(Debug, Default)]
pub(crate) struct Timer {
    sleep: Option<Pin<Box<Sleep>>>,
    /// The one that the timer wakes.
    waker: Option<Waker>,
}

impl Timer {
    /// Resolves at `until`.
    pub(crate) fn poll_until(&mut self, until: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if sleep.deadline() > until {
            sleep.as_mut().reset(until);
            self.waker = None;
        }
        let can_wait = |waker: &Waker| waker.will_wake(cx.waker()) || cx.waker().will_wake(LOOKS_ONCE);
        if !sleep.is_elapsed() && self.waker.as_ref().is_some_and(can_wait) {
            return Poll::Pending;
        }
        // A task that has used up its budget is not registered.
        self.waker = has_budget_remaining().then(|| cx.waker().clone());
        loop {
            ready!(sleep.as_mut().poll(cx));
            if sleep.deadline() >= until {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(until);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;
    use std::time::Duration;

    use tokio::task::coop::poll_proceed;
    use tokio::time::advance;

    use super::*;

    #[derive(Default)]
    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// A timer that these have polled one after the other, after its deadline.
    async fn woken(polled: &[&Waker]) -> Timer {
        let (mut timer, until) = (Timer::default(), Instant::now() + Duration::from_secs(20));
        for waker in polled {
            assert!(timer.poll_until(until, &mut Context::from_waker(waker)).is_pending());
        }
        advance(Duration::from_secs(21)).await;
        timer
    }

    #[tokio::test(start_paused = true)]
    async fn the_task_that_polled_last_is_woken_and_one_that_only_looks_replaces_it_not() {
        let (first, second) = (Arc::new(Wakes::default()), Arc::new(Wakes::default()));
        let (waker, other) = (Waker::from(Arc::clone(&first)), Waker::from(Arc::clone(&second)));
        let wakes = || (first.0.swap(0, Ordering::SeqCst), second.0.swap(0, Ordering::SeqCst));
        woken(&[&waker]).await;
        assert_eq!(wakes(), (1, 0));
        woken(&[&waker, &other]).await;
        assert_eq!(wakes(), (0, 1));
        woken(&[&waker, &other, &waker]).await;
        assert_eq!(wakes(), (1, 0));
        woken(&[&waker, &waker, LOOKS_ONCE]).await;
        assert_eq!(wakes(), (1, 0));
        woken(&[LOOKS_ONCE, &waker]).await;
        assert_eq!(wakes(), (1, 0));
        let mut timer = woken(&[&waker, LOOKS_ONCE]).await;
        let look = timer.poll_until(Instant::now(), &mut Context::from_waker(LOOKS_ONCE));
        assert!(look.is_ready(), "also one that only looks sees the deadline");
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_that_moves_is_kept() {
        let began = Instant::now();
        let after = |seconds| began + Duration::from_secs(seconds);
        let mut timer = Timer::default();
        // Later, earlier, and later again after it has fired.
        for until in [after(20), after(40), after(10), after(15), after(50)] {
            poll_fn(|cx| timer.poll_until(until, cx)).await;
            let late = Instant::now().saturating_duration_since(until);
            assert!(Instant::now() >= until && (late < Duration::from_millis(5) || until < after(40)), "{late:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_without_budget_is_registered_when_it_has_one() {
        let wakes = Arc::new(Wakes::default());
        let waker = Waker::from(Arc::clone(&wakes));
        let (mut timer, until) = (Timer::default(), Instant::now() + Duration::from_secs(20));
        while has_budget_remaining() {
            if let Poll::Ready(budget) = poll_proceed(&mut Context::from_waker(Waker::noop())) {
                budget.made_progress();
            }
        }
        assert!(timer.poll_until(until, &mut Context::from_waker(&waker)).is_pending());
        tokio::task::yield_now().await;
        assert_eq!(wakes.0.swap(0, Ordering::SeqCst), 1, "it is polled again for lack of budget");
        assert!(timer.poll_until(until, &mut Context::from_waker(&waker)).is_pending());
        advance(Duration::from_secs(21)).await;
        assert_eq!(wakes.0.load(Ordering::SeqCst), 1);
    }
}
