//! Callers that call without a pause until they are told to end, and the calls that they lose.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::client::{CALL_TIMEOUT, EchoCaller, EchoOver};
use crate::load::Caller;
use crate::transport::Transport;

/// Running callers. They end with it.
#[derive(Debug)]
pub(super) struct Traffic {
    shared: Arc<Shared>,
    callers: JoinSet<()>,
}

#[derive(Debug, Default)]
struct Shared {
    ending: AtomicBool,
    calls: AtomicU64,
    longest_us: AtomicU64,
    lost: Mutex<Lost>,
}

/// What the callers saw.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Seen {
    /// Calls that ended well.
    pub(super) calls: u64,
    /// The longest of them.
    pub(super) longest: Duration,
    /// The others.
    pub(super) lost: Lost,
}

/// Failed calls by kind of error: by its text, in which each number stands as `N`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Lost(pub(super) BTreeMap<String, u64>);

/// Kinds that are told apart; all further ones are one kind.
const KINDS: usize = 20;

impl Traffic {
    /// Starts `callers` callers that share one client, in the runtime that is entered.
    pub(super) fn start(transport: Transport, to: SocketAddr, callers: u16, size: usize) -> anyhow::Result<Self> {
        let over = EchoOver::new(transport, to)?;
        Ok(Self::of((0..callers).map(|_| EchoCaller::new(&over.client, size))))
    }

    fn of(callers: impl IntoIterator<Item = impl Caller>) -> Self {
        let shared = Arc::new(Shared::default());
        let callers = callers.into_iter().map(|caller| call_on(caller, Arc::clone(&shared))).collect();
        Self { shared, callers }
    }

    /// Calls that have ended well so far.
    pub(super) fn calls(&self) -> u64 {
        self.shared.calls.load(Ordering::Relaxed)
    }

    /// Calls that have failed so far.
    pub(super) fn lost(&self) -> u64 {
        self.shared.lost().total()
    }

    /// Lets every caller end its call, and tells what they saw.
    pub(super) async fn finish(self) -> anyhow::Result<Seen> {
        let Self { shared, mut callers } = self;
        shared.ending.store(true, Ordering::Relaxed);
        let all_ended = async {
            while let Some(ended) = callers.join_next().await {
                ended.context("a caller panicked")?;
            }
            anyhow::Ok(())
        };
        timeout(CALL_TIMEOUT * 2, all_ended).await.context("a call did not end, not even by its timeout")??;
        Ok(Seen {
            calls: shared.calls.load(Ordering::Relaxed),
            longest: Duration::from_micros(shared.longest_us.load(Ordering::Relaxed)),
            lost: shared.lost().clone(),
        })
    }
}

async fn call_on(mut caller: impl Caller, shared: Arc<Shared>) {
    while !shared.ending.load(Ordering::Relaxed) {
        let before = Instant::now();
        match caller.call().await {
            Ok(()) => {
                let took = u64::try_from(before.elapsed().as_micros()).unwrap_or(u64::MAX);
                shared.longest_us.fetch_max(took, Ordering::Relaxed);
                shared.calls.fetch_add(1, Ordering::Relaxed);
            }
            Err(why) => {
                shared.lost().add(&why);
                // A refused connection fails at once: without a pause it would fail a million times.
                sleep(Duration::from_millis(1)).await;
            }
        }
    }
}

impl Shared {
    fn lost(&self) -> MutexGuard<'_, Lost> {
        // Nothing that holds the lock panics half-way.
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lost {
    pub(super) fn total(&self) -> u64 {
        self.0.values().sum()
    }

    fn add(&mut self, why: &str) {
        let mut kind = kind(why);
        if self.0.len() >= KINDS && !self.0.contains_key(&kind) {
            kind = "other".to_owned();
        }
        *self.0.entry(kind).or_default() += 1;
    }
}

/// Ports, stream numbers and times differ between errors of one kind.
fn kind(why: &str) -> String {
    let mut kind = String::new();
    for letter in why.chars() {
        if !letter.is_ascii_digit() {
            kind.push(letter);
        } else if !kind.ends_with('N') {
            kind.push('N');
        }
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Flaky(u64);

    impl Caller for Flaky {
        async fn call(&mut self) -> Result<(), String> {
            sleep(Duration::from_millis(10)).await;
            self.0 += 1;
            if self.0.is_multiple_of(3) { Err(format!("call {}, port 4{}", self.0, self.0)) } else { Ok(()) }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn every_call_is_counted_and_failures_by_kind() {
        let traffic = Traffic::of([Flaky(0), Flaky(0)]);
        sleep(Duration::from_secs(1)).await;
        let (calls, lost) = (traffic.calls(), traffic.lost());
        let seen = traffic.finish().await.unwrap();
        assert!(calls > 100 && lost > 50, "{calls}, {lost}");
        // The calls that were under way count.
        assert_eq!(seen.calls + seen.lost.total(), calls + lost + 2);
        assert_eq!(seen.lost.0.into_keys().collect::<Vec<_>>(), ["call N, port N"]);
        assert!((10..13).contains(&seen.longest.as_millis()), "{:?}", seen.longest);
    }

    #[test]
    fn kinds_are_bounded() {
        let mut lost = Lost::default();
        for length in 1..=100 {
            lost.add(&"x".repeat(length));
        }
        assert_eq!((lost.0.len(), lost.total()), (KINDS + 1, 100));
        assert_eq!(lost.0["other"], 80);
    }
}
