//! The sessions of a one-way connector: which one a caller gets, and when another one is dialed.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use tokio::sync::OwnedSemaphorePermit;
use volo::net::Address;

use super::session::Outgoing;
use crate::connect::ConnectError;

pub(super) type Dialed = Result<Outgoing, ConnectError>;
pub(super) type Dialing = BoxFuture<'static, Dialed>;

/// Streams of one session from which on a further session is dialed, where one is allowed.
const BUSY: usize = 4;

/// How long no further session is dialed after an attempt has failed. The open ones are used meanwhile.
const PAUSE: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct Sessions {
    slots: Mutex<HashMap<Address, Slot>>,
}

/// The sessions of an address, open or being dialed.
#[derive(Debug, Default)]
struct Slot {
    sessions: Vec<Outgoing>,
    attempt: Option<Attempt>,
    attempts: u64,
    failed: Option<Instant>,
}

/// Callers share an attempt to dial. Held weakly: it is dropped when the last of them gives up, and the next caller starts
/// a new one.
#[derive(Debug)]
struct Attempt {
    number: u64,
    dialing: WeakShared<Dialing>,
}

/// What a caller gets.
pub(super) enum Choice {
    /// A session, with a permit for a stream if one is free.
    Open(Outgoing, Option<OwnedSemaphorePermit>),
    /// A session is being dialed: await it and report the result with [`Sessions::settle`]. `meanwhile` is true if there is
    /// also one that can be used.
    Dial { number: u64, dialing: Shared<Dialing>, meanwhile: bool },
}

impl Sessions {
    fn slots(&self) -> MutexGuard<'_, HashMap<Address, Slot>> {
        // Every critical section leaves the map consistent.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session with the fewest open streams. If there is none, or each is busy and fewer than `most` are open: the
    /// attempt to dial one, which `dial` starts unless one is running.
    ///
    /// `grow` says whether a further session may be dialed.
    pub(super) fn choose(&self, address: &Address, most: usize, grow: bool, dial: impl FnOnce() -> Dialing) -> Choice {
        let mut slots = self.slots();
        let slot = slots.entry(address.clone()).or_default();
        // A session that has ended, is going away or stays silent is never handed out again. Its streams keep it as long
        // as they live.
        slot.sessions.retain(Outgoing::is_usable);
        // One that a call was given up on stays until it has answered or another one replaces it.
        let trusted = slot.sessions.iter().filter(|session| !session.is_suspect());
        let best = trusted.min_by_key(|session| session.open_streams());
        let enough = |best: &Outgoing| {
            !grow
                || slot.sessions.len() >= most
                || best.open_streams() < BUSY
                || slot.failed.is_some_and(|failed| failed.elapsed() < PAUSE)
        };
        if let Some(best) = best
            && enough(best)
        {
            return Choice::Open(best.clone(), best.try_permit());
        }
        let meanwhile = best.is_some();
        let under_way = slot.attempt.as_ref().and_then(|attempt| Some((attempt.number, attempt.dialing.upgrade()?)));
        if let Some((number, dialing)) = under_way
            && !matches!(dialing.peek(), Some(Err(_)))
        {
            return Choice::Dial { number, dialing, meanwhile };
        }
        slot.attempts += 1;
        let number = slot.attempts;
        let dialing = dial().shared();
        // Just made and never polled, so it can be held weakly.
        slot.attempt = dialing.downgrade().map(|dialing| Attempt { number, dialing });
        slots.retain(|other, slot| other == address || slot.is_in_use());
        Choice::Dial { number, dialing, meanwhile }
    }

    /// Called by each caller that has waited for an attempt; the first call counts. `None` if it took too long.
    pub(super) fn settle(&self, address: &Address, number: u64, dialed: Option<&Dialed>) {
        let mut slots = self.slots();
        let Some(slot) = slots.get_mut(address) else { return };
        match dialed {
            Some(Ok(session)) => {
                if slot.attempt.take_if(|attempt| attempt.number == number).is_some() {
                    slot.failed = None;
                    slot.sessions.retain(|session| !session.is_suspect());
                    slot.sessions.push(session.clone());
                }
            }
            _ => slot.failed = Some(Instant::now()),
        }
    }
}

impl Slot {
    fn is_in_use(&self) -> bool {
        self.sessions.iter().any(Outgoing::is_open)
            || self.attempt.as_ref().is_some_and(|attempt| attempt.dialing.upgrade().is_some())
    }
}
