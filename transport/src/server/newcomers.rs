//! Connections that have not sent a whole call yet. If a server has reached its limit of connections, the oldest of these
//! is closed, so that peers that open connections and send nothing do not block other clients.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::Instant;

/// How long a connection has for the first byte of its first call if the limit is reached. A client that connects in
/// order to make a call needs one round trip.
const SILENT: Duration = Duration::from_secs(1);

/// How long a connection has for its whole first call. A link of 100 KB/s carries 1 MB in this time.
const BEGUN: Duration = Duration::from_secs(10);

const NOTHING: u8 = 0;
const A_BYTE: u8 = 1;
const A_CALL: u8 = 2;
const DROPPED: u8 = 3;

/// What a connection has sent so far. Shared by its task and the server. The server drops only connections that have not
/// sent a whole call, so no running call is aborted.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent(Arc<AtomicU8>);

impl Sent {
    /// The first byte of a call has arrived.
    pub(super) fn a_byte(&self) {
        // Fails if more has arrived already.
        let _more = self.0.compare_exchange(NOTHING, A_BYTE, Ordering::AcqRel, Ordering::Acquire);
    }

    /// A whole call has arrived. `false` if the server drops the connection.
    pub(super) fn a_call(&self) -> bool {
        self.0.swap(A_CALL, Ordering::AcqRel) != DROPPED
    }

    /// Whether it could be marked as dropped.
    fn drop_it(&self) -> bool {
        let still_new = |sent: u8| (sent < A_CALL).then_some(DROPPED);
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, still_new).is_ok()
    }

    fn get(&self) -> u8 {
        self.0.load(Ordering::Acquire)
    }
}

#[derive(Debug)]
struct NewConnection {
    since: Instant,
    sent: Sent,
    task: AbortHandle,
}

impl NewConnection {
    fn is_one(&self) -> bool {
        self.sent.get() < A_CALL && !self.task.is_finished()
    }
}

/// The new connections of a server. Those that have made a call or ended are removed from time to time.
#[derive(Debug, Default)]
pub(super) struct Newcomers {
    /// The oldest first.
    silent: VecDeque<NewConnection>,
    /// Those that had sent a byte after [`SILENT`], the oldest first.
    begun: VecDeque<NewConnection>,
}

impl Newcomers {
    /// Adds an accepted connection; `open` is the number of all open connections.
    pub(super) fn add(&mut self, sent: Sent, task: AbortHandle, open: usize) {
        self.skip();
        if self.silent.len() + self.begun.len() > 2 * open {
            self.silent.retain(NewConnection::is_one);
            self.begun.retain(NewConnection::is_one);
        }
        self.silent.push_back(NewConnection { since: Instant::now(), sent, task });
    }

    /// When the first connection may be dropped. `None` if no connection is new.
    pub(super) fn first_due(&mut self) -> Option<Instant> {
        self.skip();
        let silent = self.silent.front().map(|newcomer| newcomer.since + SILENT);
        let begun = self.begun.front().map(|newcomer| newcomer.since + BEGUN);
        silent.into_iter().chain(begun).min()
    }

    /// Drops one connection whose time is over. `false` if there is none.
    pub(super) fn drop_one(&mut self) -> bool {
        let now = Instant::now();
        while self.first_due().is_some_and(|due| due <= now) {
            let silent = self.silent.pop_front_if(|newcomer| newcomer.since + SILENT <= now);
            if let Some(newcomer) = silent.or_else(|| self.begun.pop_front())
                && newcomer.sent.drop_it()
            {
                tracing::debug!("the oldest connection without a call is closed: the server has as many as it may");
                newcomer.task.abort();
                return true;
            }
        }
        false
    }

    /// Until both queues begin with a newcomer of their kind.
    fn skip(&mut self) {
        while let Some(first) = self.silent.pop_front_if(|first| !first.is_one() || first.sent.get() != NOTHING) {
            if first.is_one() {
                self.begun.push_back(first);
            }
        }
        while self.begun.pop_front_if(|first| !first.is_one()).is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinSet;
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn drops_the_oldest_that_has_had_its_time_and_never_one_that_has_called() {
        let mut tasks = JoinSet::new();
        let mut newcomers = Newcomers::default();
        let mut all = Vec::new();
        for number in 0..5 {
            let sent = Sent::default();
            let task = tasks.spawn(std::future::pending::<()>());
            newcomers.add(sent.clone(), task.clone(), number + 1);
            all.push((sent, task));
            advance(Duration::from_millis(1)).await;
        }
        assert!(all[0].0.a_call());
        all[1].0.a_byte();
        assert!(!newcomers.drop_one());
        tokio::task::yield_now().await;
        assert!(all.iter().all(|(_, task)| !task.is_finished()), "too early");
        advance(SILENT).await;
        for dropped in [2, 3, 4] {
            assert!(newcomers.drop_one());
            tokio::task::yield_now().await;
            assert!(all[dropped].1.is_finished() && !all[dropped].0.a_call(), "{dropped}");
        }
        assert!(!newcomers.drop_one());
        assert!(newcomers.first_due().unwrap() > Instant::now());
        advance(BEGUN).await;
        assert!(newcomers.drop_one());
        tokio::task::yield_now().await;
        assert!(all[1].1.is_finished() && !all[0].1.is_finished());
        assert_eq!(newcomers.first_due(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn keeps_no_more_than_there_are_connections() {
        let mut tasks = JoinSet::new();
        let mut newcomers = Newcomers::default();
        newcomers.add(Sent::default(), tasks.spawn(std::future::pending::<()>()), 1);
        for _ in 0..1000 {
            let sent = Sent::default();
            newcomers.add(sent.clone(), tasks.spawn(std::future::pending::<()>()), 2);
            sent.a_call();
            assert!(newcomers.silent.len() <= 6);
        }
    }
}
