//! The idle connections of a client, each together with its codec and buffers.
//!
//! A caller that finds no idle connection makes its own and does not wait for the connections of other callers: N
//! callers open at most N connections. volo's pool dials in the background and uses whichever is ready first, the new
//! connection or a returned one; with a slow handshake that is one dial for each call.

mod sweep;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;
use tokio::time::Instant;
use volo::net::Address;

use super::ClientOptions;
use super::pooled::PooledConnection;
use crate::connect::{ConnectError, ConnectErrorKind};
use crate::connection::Connection;
use crate::metrics::{Counted, Counter, Gauge};

/// Counters of a client's pool, read with [`Channel::stats`](super::Channel::stats).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStats {
    /// Connections made since the pool was created.
    pub opened: u64,
    /// Calls that used an idle connection, since the pool was created.
    pub reused: u64,
    /// Connections that are idle now.
    pub idle: usize,
}

/// The idle connections of one client.
pub(crate) struct Pool<T> {
    state: Mutex<PoolState<T>>,
    idle_timeout: Duration,
    max_idle: usize,
    max_connections: Option<usize>,
    wait_timeout: Duration,
    opened: AtomicU64,
    reused: AtomicU64,
}

struct PoolState<T> {
    /// A client uses few addresses, mostly one, and a short list is searched faster than a map.
    by_address: Vec<AddressPool<T>>,
    /// The task that closes old and broken connections.
    sweeper: Option<AbortHandle>,
}

/// The idle connections to one address.
struct AddressPool<T> {
    address: Address,
    /// In the order of their last use.
    idle: Vec<Idle<T>>,
    /// Connections that were last used before this are not used any more: the host may be dead.
    trusted_from: Option<Instant>,
    /// If the number of connections is limited: one permit for each.
    permits: Option<Arc<Semaphore>>,
}

struct Idle<T> {
    since: Instant,
    /// Another connection to the same address has broken since the last use of this one.
    suspect: bool,
    connection: Box<PooledConnection<T>>,
    _counted: Counted,
}

impl<T> PoolState<T> {
    fn find(&mut self, address: &Address) -> Option<&mut AddressPool<T>> {
        self.by_address.iter_mut().find(|pool| pool.address == *address)
    }

    fn find_or_add(&mut self, address: &Address, max_connections: Option<usize>) -> &mut AddressPool<T> {
        let at = self.by_address.iter().position(|pool| pool.address == *address).unwrap_or_else(|| {
            let permits = max_connections.map(|most| Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))));
            self.by_address.push(AddressPool {
                address: address.clone(),
                idle: Vec::new(),
                trusted_from: None,
                permits,
            });
            self.by_address.len() - 1
        });
        &mut self.by_address[at]
    }
}

impl<T: Connection> Pool<T> {
    pub(crate) fn new(options: &ClientOptions) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(PoolState { by_address: Vec::new(), sweeper: None }),
            idle_timeout: options.idle_timeout(),
            max_idle: options.max_idle(),
            max_connections: options.max_connections(),
            wait_timeout: options.wait_timeout(),
            opened: AtomicU64::new(0),
            reused: AtomicU64::new(0),
        })
    }

    fn lock(&self) -> MutexGuard<'_, PoolState<T>> {
        // The lists are consistent between any two statements that hold the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn stats(&self) -> PoolStats {
        PoolStats {
            opened: self.opened.load(Ordering::Relaxed),
            reused: self.reused.load(Ordering::Relaxed),
            idle: self.lock().by_address.iter().map(|pool| pool.idle.len()).sum(),
        }
    }

    pub(super) fn count_opened(&self) {
        self.opened.fetch_add(1, Ordering::Relaxed);
        Counter::ConnectionsOpened.increment();
    }

    /// Waits for a permit to use a connection to `address`. `None` if the number of connections is not limited.
    ///
    /// A caller with a permit uses an idle connection before it makes one, so there are never more connections than
    /// permits. Callers get permits in the order in which they asked.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. A caller that is dropped loses its position in the queue.
    pub(super) async fn permit(&self, address: &Address) -> Result<Option<OwnedSemaphorePermit>, ConnectError> {
        let Some(limit) = self.max_connections else { return Ok(None) };
        let Some(permits) = self.lock().find_or_add(address, Some(limit)).permits.clone() else { return Ok(None) };
        if let Ok(permit) = Arc::clone(&permits).try_acquire_owned() {
            return Ok(Some(permit));
        }
        let _waiting = Counted::one(Gauge::CallsWaiting);
        match tokio::time::timeout(self.wait_timeout, permits.acquire_owned()).await {
            Ok(permit) => Ok(permit.ok()),
            Err(_) => {
                let why = format!("all {limit} connections were in use for {:?}", self.wait_timeout);
                Err(ConnectError::new(ConnectErrorKind::Limit).because(why))
            }
        }
    }

    /// The usable connection with the latest use: connections that are not needed become old enough to be closed.
    pub(super) async fn take(&self, address: &Address) -> Option<Box<PooledConnection<T>>> {
        let mut waited = false;
        loop {
            let (mut idle, trusted) = {
                let mut state = self.lock();
                let pool = state.find(address)?;
                let idle = pool.idle.pop()?;
                let trusted = pool.trusts(&idle);
                (idle, trusted)
            };
            if !trusted {
                continue;
            }
            if idle.suspect && !waited {
                // The runtime learns that connections have ended when it next polls the operating system.
                tokio::task::yield_now().await;
                waited = true;
            }
            if idle.since.elapsed() < self.idle_timeout && idle.connection.is_usable() {
                self.reused.fetch_add(1, Ordering::Relaxed);
                Counter::ConnectionsReused.increment();
                idle.connection.suspect = idle.suspect;
                return Some(idle.connection);
            }
        }
    }

    /// Keeps a connection for the next call.
    pub(super) fn put(self: &Arc<Self>, address: &Address, connection: Box<PooledConnection<T>>) {
        let idle =
            Idle { since: Instant::now(), suspect: false, connection, _counted: Counted::one(Gauge::ConnectionsIdle) };
        let mut state = self.lock();
        let pool = state.find_or_add(address, self.max_connections);
        // Dropped outside the lock: closing may take a system call.
        let excess = if pool.idle.len() < self.max_idle {
            pool.idle.push(idle);
            None
        } else {
            Some(idle)
        };
        let has_sweeper = state.sweeper.as_ref().is_some_and(|sweeper| !sweeper.is_finished());
        drop(state);
        drop(excess);
        if !has_sweeper {
            self.start_sweeper();
        }
    }

    /// Called when a connection to `address` has broken: the idle ones are checked more carefully before they are used,
    /// and if another one breaks, too, they are not used at all.
    pub(super) fn suspect(&self, address: &Address) {
        if let Some(pool) = self.lock().find(address) {
            pool.idle.iter_mut().for_each(|idle| idle.suspect = true);
        }
    }

    /// Called when a call to `address` that began at `began` got no sign of life, or broke on a suspect connection: idle
    /// connections that were not used since then are closed. A dead host would otherwise fail one call for each of them,
    /// and an idle TCP connection can't be asked.
    pub(super) fn distrust(&self, address: &Address, began: Instant) {
        let mut state = self.lock();
        let Some(pool) = state.find(address) else { return };
        pool.trusted_from = pool.trusted_from.max(Some(began));
        let old = pool.idle.iter().take_while(|idle| idle.since < began).count();
        // Dropped outside the lock: closing may take a system call.
        let old: Vec<_> = pool.idle.drain(..old).collect();
        drop(state);
        drop(old);
    }
}

impl<T> AddressPool<T> {
    fn trusts(&self, idle: &Idle<T>) -> bool {
        self.trusted_from.is_none_or(|from| idle.since >= from)
    }
}

impl<T> Drop for Pool<T> {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(sweeper) = state.sweeper.take() {
            sweeper.abort();
        }
    }
}
