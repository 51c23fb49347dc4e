//! The others: callers who want nothing but their answers, some on connections that they have, some on new ones.

use std::net::SocketAddr;
use std::time::Duration;

use hdrhistogram::Histogram;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::client::{EchoCaller, EchoOver};
use crate::load::Caller;
use crate::transport::Transport;

/// Callers on connections that they have.
const CALLERS: usize = 8;

/// How long each waits before its next call, so that the callers alone leave the machine some room.
const PAUSE: Duration = Duration::from_millis(2);

/// How long a client waits that connects for a single call, before it does that again.
const NEW_PAUSE: Duration = Duration::from_millis(20);

/// How long a call may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// What the others have seen. Times are in microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// Calls that failed.
    pub failed: u64,
    /// 99 of 100 calls took at most this.
    pub p99_us: f64,
    /// Calls that failed on a connection of their own.
    pub new_failed: u64,
    /// 99 of 100 calls with a connection of their own took at most this, connecting included.
    pub new_p99_us: f64,
}

/// The callers, with their client.
pub struct Others {
    transport: Transport,
    to: SocketAddr,
    over: EchoOver,
}

impl Others {
    /// Callers that share a client.
    ///
    /// # Errors
    ///
    /// If the transport carries no calls.
    pub fn new(transport: Transport, to: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self { transport, to, over: EchoOver::new(transport, to)? })
    }

    /// One call on a connection of its own.
    ///
    /// # Errors
    ///
    /// Why it failed.
    pub async fn one_new(&self, transport: Transport, to: SocketAddr) -> Result<(), String> {
        let over = EchoOver::new(transport, to).map_err(|error| error.to_string())?;
        let mut caller = EchoCaller::new(&over.client, 64);
        timeout(DEADLINE, caller.call()).await.map_err(|_| "timed out".to_owned())?
    }

    /// Calls for some time, and says how that was.
    pub async fn call(&self, time: Duration) -> Seen {
        let end = Instant::now() + time;
        let mut running = JoinSet::new();
        for _ in 0..CALLERS {
            let caller = EchoCaller::new(&self.over.client, 64);
            running.spawn(call_until(caller, end));
        }
        let new = self.call_anew(end).await;
        let mut all = Tally::default();
        while let Some(tally) = running.join_next().await {
            all.add(tally.unwrap_or_default());
        }
        Seen { failed: all.failed, p99_us: all.quantile(0.99), new_failed: new.failed, new_p99_us: new.quantile(0.99) }
    }

    async fn call_anew(&self, end: Instant) -> Tally {
        let mut tally = Tally::default();
        while Instant::now() < end {
            let before = Instant::now();
            let outcome = self.one_new(self.transport, self.to).await;
            tally.note(outcome, before);
            sleep(NEW_PAUSE).await;
        }
        tally
    }
}

async fn call_until(mut caller: EchoCaller, end: Instant) -> Tally {
    let mut tally = Tally::default();
    while Instant::now() < end {
        let before = Instant::now();
        let outcome = timeout(DEADLINE, caller.call()).await.unwrap_or_else(|_| Err("timed out".to_owned()));
        tally.note(outcome, before);
        sleep(PAUSE).await;
    }
    tally
}

#[derive(Default)]
struct Tally {
    /// In microseconds. `None` before the first.
    times: Option<Histogram<u64>>,
    failed: u64,
}

impl Tally {
    fn note(&mut self, outcome: Result<(), String>, since: Instant) {
        if outcome.is_err() {
            self.failed += 1;
            return;
        }
        let micros = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);
        if self.times.is_none() {
            // Three digits are allowed.
            self.times = Histogram::new_with_max(60_000_000, 3).ok();
        }
        if let Some(times) = &mut self.times {
            times.saturating_record(micros.max(1));
        }
    }

    fn add(&mut self, other: Tally) {
        self.failed += other.failed;
        match (&mut self.times, other.times) {
            (Some(times), Some(others)) => {
                // Both cover the same range.
                let _added = times.add(others);
            }
            (own @ None, others) => *own = others,
            (Some(_), None) => {}
        }
    }

    fn quantile(&self, quantile: f64) -> f64 {
        self.times.as_ref().map_or(f64::NAN, |times| times.value_at_quantile(quantile) as f64)
    }
}
