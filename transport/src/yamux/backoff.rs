//! How long to wait before dialing again.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::deadline::LONGEST;

/// A base or cap of zero would dial a server that is down again and again without a pause.
const LEAST: Duration = Duration::from_millis(10);

/// How long [`Yamux::reconnecting`](super::Yamux::reconnecting) waits before it dials again.
///
/// A wait is random between zero and a limit that doubles with each failure ("full jitter"): many clients that lose
/// their sessions at once, because a server restarts, don't come back at once.
///
/// | option | default | what it limits |
/// |---|---|---|
/// | `base` | 500 ms | the first wait |
/// | `cap` | 30 s | every wait |
/// | `reset_after` | 10 s | how long a session has to last for the waits to begin anew |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    base: Duration,
    cap: Duration,
    reset_after: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { base: Duration::from_millis(500), cap: Duration::from_secs(30), reset_after: Duration::from_secs(10) }
    }
}

impl Backoff {
    /// The longest first wait. Default: 500 ms. At least 10 ms: a shorter time counts as 10 ms.
    pub fn with_base(self, base: Duration) -> Self {
        Self { base, ..self }
    }

    /// The longest wait. Default: 30 s. At least 10 ms: a shorter time counts as 10 ms.
    pub fn with_cap(self, cap: Duration) -> Self {
        Self { cap, ..self }
    }

    /// How long a session has to last for the waits to begin anew. Default: 10 s. So the waits also
    /// grow if a peer accepts sessions and ends them at once.
    pub fn with_reset_after(self, time: Duration) -> Self {
        Self { reset_after: time, ..self }
    }

    /// See [`with_base`](Self::with_base).
    pub fn base(&self) -> Duration {
        self.base
    }

    /// See [`with_cap`](Self::with_cap).
    pub fn cap(&self) -> Duration {
        self.cap
    }

    /// See [`with_reset_after`](Self::with_reset_after).
    pub fn reset_after(&self) -> Duration {
        self.reset_after
    }

    /// The wait after `failures` failures in a row, at least 1. `random` is uniform.
    pub(super) fn wait(&self, failures: u32, random: u64) -> Duration {
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        let most = self.base.max(LEAST).saturating_mul(doubled).min(self.cap.max(LEAST)).min(LONGEST);
        most.mul_f64(random as f64 / u64::MAX as f64)
    }
}

/// Random numbers that a peer cannot predict, from the standard library's keyed hash.
#[derive(Debug, Default)]
pub(super) struct Jitter {
    keys: RandomState,
    count: u64,
}

impl Jitter {
    pub(super) fn next(&mut self) -> u64 {
        self.count += 1;
        self.keys.hash_one(self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_of_a_wait_doubles_up_to_the_cap() {
        let longest = |failures| Backoff::default().wait(failures, u64::MAX).as_millis();
        assert_eq!(
            [1, 2, 3, 4, 5, 6, 7, 8, u32::MAX].map(longest),
            [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]
        );
        assert_eq!(Backoff::default().wait(9, 0), Duration::ZERO);
    }

    #[test]
    fn a_base_and_a_cap_of_any_size_are_possible() {
        let backoff = Backoff::default().with_base(Duration::MAX).with_cap(Duration::MAX);
        assert!(backoff.wait(u32::MAX, u64::MAX) >= Duration::from_secs(60 * 60 * 24 * 365));
        assert_eq!(backoff.with_cap(Duration::ZERO).wait(1, u64::MAX), LEAST);
        let longest = |failures| Backoff::default().with_base(Duration::ZERO).wait(failures, u64::MAX).as_millis();
        assert_eq!([1, 2, 3].map(longest), [10, 20, 40]);
    }

    #[test]
    fn waits_are_spread_over_the_whole_time() {
        let mut jitter = Jitter::default();
        let waits: Vec<_> = (0..1000).map(|_| Backoff::default().wait(1, jitter.next()).as_millis()).collect();
        for tenth in 0..10 {
            let count = waits.iter().filter(|wait| **wait / 50 == tenth).count();
            assert!((50..200).contains(&count), "{count} of 1000 in one tenth");
        }
    }
}
