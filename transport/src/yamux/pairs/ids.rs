//! Which client has which of its two WebSockets. Touches neither socket nor clock.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::http::Refusal;

/// One of the two WebSockets of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    /// On which the server calls.
    First,
    /// On which the client calls.
    Second,
}

/// The ids that are in use. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct PairIds(Arc<Mutex<Taken>>);

#[derive(Debug, Default)]
struct Taken {
    by_id: HashMap<String, Pair>,
    /// How many pairs there have been.
    pairs: u64,
}

#[derive(Debug)]
struct Pair {
    number: u64,
    has_second: bool,
}

impl PairIds {
    /// Takes one half of the pair with this id.
    ///
    /// # Errors
    ///
    /// If somebody has it, or the first half is missing: the answer.
    pub(super) fn take(&self, half: Half, id: &str) -> Result<PairSlot, Refusal> {
        let mut taken = self.lock();
        taken.pairs += 1;
        let number = taken.pairs;
        let pair = match (half, taken.by_id.entry(id.to_owned())) {
            (Half::First, Entry::Vacant(free)) => free.insert(Pair { number, has_second: false }).number,
            (Half::Second, Entry::Occupied(pair)) if !pair.get().has_second => {
                let pair = pair.into_mut();
                pair.has_second = true;
                pair.number
            }
            (_, Entry::Occupied(_)) => return Err(Refusal::bad_request("a client with this id is connected")),
            (Half::Second, Entry::Vacant(_)) => {
                return Err(Refusal::bad_request("connect to the path with s2c first, then to the one with c2s"));
            }
        };
        drop(taken);
        Ok(PairSlot { ids: self.clone(), id: id.to_owned(), half, pair })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // The list is consistent between any two statements that hold the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One half of a pair. Dropping it gives it back.
#[derive(Debug)]
pub(super) struct PairSlot {
    ids: PairIds,
    id: String,
    half: Half,
    pair: u64,
}

impl PairSlot {
    pub(super) fn half(&self) -> Half {
        self.half
    }

    /// The number that both halves of a pair have.
    pub(super) fn pair(&self) -> u64 {
        self.pair
    }
}

impl Drop for PairSlot {
    fn drop(&mut self) {
        let mut taken = self.ids.lock();
        let Some(pair) = taken.by_id.get_mut(&self.id).filter(|pair| pair.number == self.pair) else { return };
        match self.half {
            Half::First => drop(taken.by_id.remove(&self.id)),
            Half::Second => pair.has_second = false,
        }
    }
}

/// Takes a slot from the handshake, which has it until then, to the session.
#[derive(Debug)]
pub(super) struct Slots(Mutex<Option<PairSlot>>);

impl Slots {
    pub(super) fn new(slot: PairSlot) -> Self {
        Self(Mutex::new(Some(slot)))
    }

    pub(super) fn take(&self) -> Option<PairSlot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(taken: Result<PairSlot, Refusal>) -> String {
        taken.expect_err("refused").to_string()
    }

    #[test]
    fn an_id_has_one_first_half_then_one_second_half() {
        let ids = PairIds::default();
        let first = "HTTP 400: connect to the path with s2c first, then to the one with c2s";
        let connected = "HTTP 400: a client with this id is connected";
        assert_eq!(refusal(ids.take(Half::Second, "a")), first);
        let s2c = ids.take(Half::First, "a").unwrap();
        assert_eq!(refusal(ids.take(Half::First, "a")), connected);
        assert_eq!(refusal(ids.take(Half::Second, "b")), first, "another id");
        let c2s = ids.take(Half::Second, "a").unwrap();
        assert_eq!(s2c.pair(), c2s.pair());
        assert_eq!(refusal(ids.take(Half::Second, "a")), connected);
        drop(c2s);
        let c2s = ids.take(Half::Second, "a").expect("its handshake may have failed");
        drop(s2c);
        assert_eq!(refusal(ids.take(Half::Second, "a")), first);
        let again = ids.take(Half::First, "a").unwrap();
        assert_ne!(again.pair(), c2s.pair());
        let second = ids.take(Half::Second, "a").unwrap();
        drop(c2s);
        assert_eq!(refusal(ids.take(Half::Second, "a")), connected, "the older pair's half is not the newer one's");
        drop((again, second));
        assert!(ids.lock().by_id.is_empty());
    }
}
