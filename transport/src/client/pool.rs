//! The pool below volo's: a connection is kept together with its codec, buffers and all.
//!
//! A caller that finds no idle connection makes one of its own, and nobody waits for somebody else's: N callers open
//! at most N connections. volo's pool dials once more in the background whenever a connection comes back first, which
//! with a slow handshake means one dial a call.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use tokio::io::AsyncRead;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use volo::net::Address;

use super::timed::TimedIo;
use crate::split::Shared;

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

type IdleByAddress<E, D, T> = HashMap<Address, Vec<Idle<E, D, T>>>;

/// A connection taken out for a call: its home and the two halves of its codec.
pub(crate) type Taken<E, D, T> = (Arc<Home<E, D, T>>, E, D);

/// The idle connections of one client.
#[derive(Debug)]
pub(crate) struct Pool<E, D, T> {
    idle: Mutex<IdleByAddress<E, D, T>>,
    idle_timeout: Duration,
    max_idle: usize,
    opened: AtomicU64,
    reused: AtomicU64,
    caretaker: OnceLock<AbortHandle>,
}

#[derive(Debug)]
struct Idle<E, D, T> {
    since: Instant,
    home: Arc<Home<E, D, T>>,
}

/// Where the two halves of a connection's codec come back to after a call. Made once per connection.
#[derive(Debug)]
pub(crate) struct Home<E, D, T> {
    halves: Mutex<(Option<E>, Option<D>)>,
    /// Set when volo has said that the call ended well and the connection may be used again.
    clean: AtomicBool,
    connection: Shared<TimedIo<T>>,
    address: Address,
    pool: Weak<Pool<E, D, T>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is behind these locks is whole between any two statements that hold them.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<E, D, T> Pool<E, D, T>
where
    E: Send + 'static,
    D: Send + 'static,
    T: AsyncRead + Send + Unpin + 'static,
{
    pub(crate) fn new(idle_timeout: Duration, max_idle: usize) -> Arc<Self> {
        Arc::new(Self {
            idle: Mutex::default(),
            idle_timeout,
            max_idle,
            opened: AtomicU64::new(0),
            reused: AtomicU64::new(0),
            caretaker: OnceLock::new(),
        })
    }

    pub(crate) fn stats(&self) -> PoolStats {
        PoolStats {
            opened: self.opened.load(Ordering::Relaxed),
            reused: self.reused.load(Ordering::Relaxed),
            idle: lock(&self.idle).values().map(Vec::len).sum(),
        }
    }

    /// The connection that was used last, if it is still good: the others get the chance to grow old.
    pub(crate) fn take(&self, address: &Address) -> Option<Taken<E, D, T>> {
        loop {
            let idle = lock(&self.idle).get_mut(address)?.pop()?;
            if idle.since.elapsed() < self.idle_timeout && idle.home.connection.lock().is_good_while_idle() {
                let halves = std::mem::take(&mut *lock(&idle.home.halves));
                if let (Some(encoder), Some(decoder)) = halves {
                    self.reused.fetch_add(1, Ordering::Relaxed);
                    return Some((idle.home, encoder, decoder));
                }
            }
        }
    }

    /// A home for a new connection to `address`.
    pub(crate) fn home(self: &Arc<Self>, address: Address, connection: Shared<TimedIo<T>>) -> Arc<Home<E, D, T>> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        Arc::new(Home {
            halves: Mutex::new((None, None)),
            clean: AtomicBool::new(false),
            connection,
            address,
            pool: Arc::downgrade(self),
        })
    }

    fn keep(self: &Arc<Self>, home: Arc<Home<E, D, T>>) {
        self.caretaker.get_or_init(|| tokio::spawn(take_care(Arc::downgrade(self), self.idle_timeout)).abort_handle());
        let mut idle = lock(&self.idle);
        let kept = idle.entry(home.address.clone()).or_default();
        if kept.len() < self.max_idle {
            kept.push(Idle { since: Instant::now(), home });
        }
    }

    /// Closes what is too old or no longer good.
    fn sweep(&self) {
        let mut gone = Vec::new();
        let mut idle = lock(&self.idle);
        for kept in idle.values_mut() {
            gone.extend(kept.extract_if(.., |one| {
                one.since.elapsed() >= self.idle_timeout || !one.home.connection.lock().is_good_while_idle()
            }));
        }
        idle.retain(|_, kept| !kept.is_empty());
        drop(idle);
        // Closing may take a system call each: not under the lock.
        drop(gone);
    }
}

impl<E, D, T> Drop for Pool<E, D, T> {
    fn drop(&mut self) {
        if let Some(caretaker) = self.caretaker.get() {
            caretaker.abort();
        }
    }
}

/// How often idle connections are looked at: often enough that a WebSocket ping is answered well within the 10 s that
/// strict peers allow.
const ROUND: Duration = Duration::from_secs(5);

async fn take_care<E, D, T>(pool: Weak<Pool<E, D, T>>, idle_timeout: Duration)
where
    E: Send + 'static,
    D: Send + 'static,
    T: AsyncRead + Send + Unpin + 'static,
{
    let round = ROUND.min(idle_timeout / 2).max(Duration::from_millis(10));
    loop {
        tokio::time::sleep(round).await;
        let Some(pool) = pool.upgrade() else { return };
        pool.sweep();
    }
}

impl<E, D, T> Home<E, D, T>
where
    E: Send + 'static,
    D: Send + 'static,
    T: AsyncRead + Send + Unpin + 'static,
{
    /// The call ended well: the connection goes back to the pool once both halves are home.
    pub(crate) fn mark_clean(&self) {
        self.clean.store(true, Ordering::Relaxed);
    }

    /// Takes a half back. With the second one the connection is kept or closed.
    pub(crate) fn bring_back(self: &Arc<Self>, encoder: Option<E>, decoder: Option<D>) {
        let mut halves = lock(&self.halves);
        halves.0 = encoder.or(halves.0.take());
        halves.1 = decoder.or(halves.1.take());
        let both = halves.0.is_some() && halves.1.is_some();
        drop(halves);
        // Cleared for the next call. Where it was not set, this is the last handle and the connection closes with it.
        if both
            && self.clean.swap(false, Ordering::Relaxed)
            && let Some(pool) = self.pool.upgrade()
        {
            pool.keep(Arc::clone(self));
        }
    }
}
