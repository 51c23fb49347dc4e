//! The idle connections of a client, each together with its codec, buffers and all.
//!
//! A caller that finds no idle connection makes one of its own and waits for nobody else's: N callers open at most N
//! connections. volo's pool dials once more in the background whenever a connection comes back first, which with a
//! slow handshake means one dial a call.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;
use tokio::time::Instant;
use volo::net::Address;

use super::ClientOptions;
use super::pooled::PooledConnection;
use crate::connect::{ConnectError, ConnectErrorKind};
use crate::connection::Connection;

/// What a pool has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStats {
    /// Connections made.
    pub opened: u64,
    /// Calls that found one idle.
    pub reused: u64,
    /// Connections that lie idle now.
    pub idle: usize,
}

/// The idle connections of one client.
pub(crate) struct Pool<T> {
    shelves: Mutex<Shelves<T>>,
    idle_timeout: Duration,
    max_idle: usize,
    max_connections: Option<usize>,
    wait_timeout: Duration,
    opened: AtomicU64,
    reused: AtomicU64,
}

struct Shelves<T> {
    /// A client talks to few addresses, mostly to one: a list is found faster in than a map.
    by_address: Vec<Shelf<T>>,
    caretaker: Option<AbortHandle>,
}

struct Shelf<T> {
    address: Address,
    /// The last one was used last.
    idle: Vec<Idle<T>>,
    /// Where the number of connections is limited: a place for each caller.
    places: Option<Arc<Semaphore>>,
}

struct Idle<T> {
    since: Instant,
    /// Another connection to the same address has broken since this one was used.
    suspect: bool,
    connection: Box<PooledConnection<T>>,
}

impl<T> Shelves<T> {
    fn shelf(&mut self, address: &Address) -> Option<&mut Shelf<T>> {
        self.by_address.iter_mut().find(|shelf| shelf.address == *address)
    }

    fn shelf_or_new(&mut self, address: &Address, max_connections: Option<usize>) -> &mut Shelf<T> {
        let at = self.by_address.iter().position(|shelf| shelf.address == *address).unwrap_or_else(|| {
            let places = max_connections.map(|most| Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))));
            self.by_address.push(Shelf { address: address.clone(), idle: Vec::new(), places });
            self.by_address.len() - 1
        });
        &mut self.by_address[at]
    }
}

impl<T: Connection> Pool<T> {
    pub(crate) fn new(options: &ClientOptions) -> Arc<Self> {
        Arc::new(Self {
            shelves: Mutex::new(Shelves { by_address: Vec::new(), caretaker: None }),
            idle_timeout: options.idle_timeout(),
            max_idle: options.max_idle(),
            max_connections: options.max_connections(),
            wait_timeout: options.wait_timeout(),
            opened: AtomicU64::new(0),
            reused: AtomicU64::new(0),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Shelves<T>> {
        // The lists are whole between any two statements that hold the lock.
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn stats(&self) -> PoolStats {
        PoolStats {
            opened: self.opened.load(Ordering::Relaxed),
            reused: self.reused.load(Ordering::Relaxed),
            idle: self.lock().by_address.iter().map(|shelf| shelf.idle.len()).sum(),
        }
    }

    pub(super) fn count_opened(&self) {
        self.opened.fetch_add(1, Ordering::Relaxed);
    }

    /// Waits until the number of connections to `address` allows one more call. At once where it is not limited.
    ///
    /// Whoever has a place uses an idle connection before it makes one, so there are never more connections than
    /// places. Places are given in the order in which callers ask.
    pub(super) async fn place(&self, address: &Address) -> Result<Option<OwnedSemaphorePermit>, ConnectError> {
        let Some(limit) = self.max_connections else { return Ok(None) };
        let Some(places) = self.lock().shelf_or_new(address, Some(limit)).places.clone() else { return Ok(None) };
        match tokio::time::timeout(self.wait_timeout, places.acquire_owned()).await {
            Ok(place) => Ok(place.ok()),
            Err(_) => {
                let why = format!("all {limit} connections were in use for {:?}", self.wait_timeout);
                Err(ConnectError::new(ConnectErrorKind::Limit).because(why))
            }
        }
    }

    /// The connection that was used last, if it is still good: the others get the chance to grow old.
    pub(super) async fn take(&self, address: &Address) -> Option<Box<PooledConnection<T>>> {
        let mut waited = false;
        loop {
            let mut idle = self.lock().shelf(address)?.idle.pop()?;
            if idle.suspect && !waited {
                // The runtime learns of an end of a connection when it next asks the system.
                tokio::task::yield_now().await;
                waited = true;
            }
            if idle.since.elapsed() < self.idle_timeout && idle.connection.is_good() {
                self.reused.fetch_add(1, Ordering::Relaxed);
                return Some(idle.connection);
            }
        }
    }

    /// Keeps a connection for the next call.
    pub(super) fn put(self: &Arc<Self>, address: &Address, connection: Box<PooledConnection<T>>) {
        let idle = Idle { since: Instant::now(), suspect: false, connection };
        let mut shelves = self.lock();
        let shelf = shelves.shelf_or_new(address, self.max_connections);
        // Dropped outside the lock: closing may take a system call.
        let too_many = if shelf.idle.len() < self.max_idle {
            shelf.idle.push(idle);
            None
        } else {
            Some(idle)
        };
        let cared_for = shelves.caretaker.as_ref().is_some_and(|caretaker| !caretaker.is_finished());
        drop(shelves);
        drop(too_many);
        if !cared_for {
            self.start_caretaker();
        }
    }

    /// A connection to `address` has broken: the idle ones are no longer trusted to be whole.
    pub(super) fn suspect(&self, address: &Address) {
        if let Some(shelf) = self.lock().shelf(address) {
            shelf.idle.iter_mut().for_each(|idle| idle.suspect = true);
        }
    }

    /// The task belongs to the runtime of the call that starts it. When that goes, the next call starts another one.
    fn start_caretaker(self: &Arc<Self>) {
        // Ends by itself when nothing lies idle, and with the pool.
        let task = tokio::spawn(take_care(Arc::downgrade(self), self.idle_timeout)).abort_handle();
        let replaced = self.lock().caretaker.replace(task);
        if let Some(replaced) = replaced {
            replaced.abort();
        }
    }

    /// Closes what is too old or broken. Returns whether anything lies idle.
    fn sweep(&self, round: Duration) -> bool {
        let mut looked_at = Vec::new();
        let mut shelves = self.lock();
        for shelf in &mut shelves.by_address {
            // What was used since the last round is left to the callers.
            let resting = shelf.idle.iter().take_while(|idle| idle.since.elapsed() >= round).count();
            let (resting, places) = shelf.hold_places(resting);
            looked_at.push((shelf.address.clone(), shelf.idle.drain(..resting).collect::<Vec<_>>(), places));
        }
        drop(shelves);
        for (_, idle, _) in &mut looked_at {
            // A look may take a system call, and so may closing: not under the lock.
            idle.retain_mut(|idle| idle.since.elapsed() < self.idle_timeout && idle.connection.is_good());
        }
        let mut shelves = self.lock();
        for (address, idle, places) in looked_at {
            shelves.shelf_or_new(&address, self.max_connections).idle.splice(..0, idle);
            drop(places);
        }
        shelves.by_address.retain(|shelf| !shelf.idle.is_empty() || shelf.is_waited_for());
        let goes_on = !shelves.by_address.is_empty();
        if !goes_on {
            // Under the lock: whoever puts a connection back from now on starts another caretaker.
            shelves.caretaker = None;
        }
        goes_on
    }
}

impl<T> Shelf<T> {
    /// How many of `resting` connections may be taken out for a look, and the places of as many calls: while they are
    /// away, no caller may make others instead.
    fn hold_places(&self, resting: usize) -> (usize, Option<OwnedSemaphorePermit>) {
        let Some(places) = &self.places else { return (resting, None) };
        let free = u32::try_from(resting.min(places.available_permits())).unwrap_or(u32::MAX);
        match Arc::clone(places).try_acquire_many_owned(free) {
            Ok(held) => (held.num_permits(), Some(held)),
            Err(_) => (0, None),
        }
    }

    /// Whether a caller has a place, or waits for one.
    fn is_waited_for(&self) -> bool {
        self.places.as_ref().is_some_and(|places| Arc::strong_count(places) > 1)
    }
}

impl<T> Drop for Pool<T> {
    fn drop(&mut self) {
        let shelves = self.shelves.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(caretaker) = shelves.caretaker.take() {
            caretaker.abort();
        }
    }
}

/// How often idle connections are looked at: often enough that a WebSocket ping is answered well within the 10 s that
/// strict peers allow.
const ROUND: Duration = Duration::from_secs(5);

async fn take_care<T: Connection>(pool: Weak<Pool<T>>, idle_timeout: Duration) {
    let round = ROUND.min(idle_timeout / 2).max(Duration::from_millis(10));
    loop {
        tokio::time::sleep(round).await;
        let Some(pool) = pool.upgrade() else { return };
        if !pool.sweep(round) {
            return;
        }
    }
}
