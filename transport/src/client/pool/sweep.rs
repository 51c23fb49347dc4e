//! The task that closes idle connections that are too old or broken.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use super::{AddressPool, Pool};
use crate::connection::Connection;

/// How often idle connections are checked: often enough that a WebSocket ping is answered well within the 10 s that
/// strict peers allow.
const SWEEP_INTERVAL: Duration = Duration::from_secs(5);

impl<T: Connection> Pool<T> {
    /// The task runs in the runtime of the call that starts it. If that runtime ends, the next call starts another
    /// task.
    pub(super) fn start_sweeper(self: &Arc<Self>) {
        // Owned by the pool, which aborts it when it is dropped. It also ends when no connection is idle.
        let task = tokio::spawn(sweep_regularly(Arc::downgrade(self), self.idle_timeout)).abort_handle();
        let replaced = self.lock().sweeper.replace(task);
        if let Some(replaced) = replaced {
            replaced.abort();
        }
    }

    /// Closes connections that are too old or broken. Returns whether the task is still needed.
    fn sweep(&self, interval: Duration) -> bool {
        let mut checked = Vec::new();
        let mut state = self.lock();
        for pool in &mut state.by_address {
            // Connections that were used since the last sweep are left to the callers.
            let unused = pool.idle.iter().take_while(|idle| idle.since.elapsed() >= interval).count();
            let (unused, permits) = pool.hold_permits(unused);
            checked.push((pool.address.clone(), pool.idle.drain(..unused).collect::<Vec<_>>(), permits));
        }
        drop(state);
        for (_, idle, _) in &mut checked {
            // Outside the lock: checking and closing may take system calls.
            idle.retain_mut(|idle| idle.since.elapsed() < self.idle_timeout && idle.connection.is_alive());
        }
        let mut state = self.lock();
        for (address, idle, permits) in checked {
            let pool = state.find_or_add(&address, self.max_connections);
            let trusted: Vec<_> = idle.into_iter().filter(|idle| pool.trusts(idle)).collect();
            pool.idle.splice(..0, trusted);
            drop(permits);
        }
        state.by_address.retain(|pool| !pool.idle.is_empty() || pool.is_in_use());
        let needed = !state.by_address.is_empty();
        if !needed {
            // Under the lock: the next caller that puts a connection back starts another task.
            state.sweeper = None;
        }
        needed
    }
}

impl<T> AddressPool<T> {
    /// How many of `count` idle connections may be taken out for a check, and as many permits: until they are back, no
    /// caller may make connections in their place.
    fn hold_permits(&self, count: usize) -> (usize, Option<OwnedSemaphorePermit>) {
        let Some(permits) = &self.permits else { return (count, None) };
        let free = u32::try_from(count.min(permits.available_permits())).unwrap_or(u32::MAX);
        match Arc::clone(permits).try_acquire_many_owned(free) {
            Ok(held) => (held.num_permits(), Some(held)),
            Err(_) => (0, None),
        }
    }

    /// Whether a caller has a permit, or waits for one.
    fn is_in_use(&self) -> bool {
        self.permits.as_ref().is_some_and(|permits| Arc::strong_count(permits) > 1)
    }
}

async fn sweep_regularly<T: Connection>(pool: Weak<Pool<T>>, idle_timeout: Duration) {
    let interval = SWEEP_INTERVAL.min(idle_timeout / 2).max(Duration::from_millis(10));
    loop {
        tokio::time::sleep(interval).await;
        let Some(pool) = pool.upgrade() else { return };
        if !pool.sweep(interval) {
            return;
        }
    }
}
