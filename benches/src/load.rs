//! Callers that call without a pause, and what they see: a closed loop.

use std::future::Future;
use std::io;
use std::time::Duration;

use hdrhistogram::Histogram;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::message::{FromClient, Outcome};
use crate::process::{cpu_us, say};

/// One who calls, and waits for each answer.
pub trait Caller: Send + 'static {
    /// One call. `Err` tells why it failed.
    fn call(&mut self) -> impl Future<Output = Result<(), String>> + Send;
}

/// Runs all `callers` at once, for `warm_up` and then for `measured`, and tells the parent when the latter begins and
/// ends.
///
/// # Errors
///
/// When the parent is gone.
pub async fn drive<C: Caller>(callers: Vec<C>, warm_up: Duration, measured: Duration) -> io::Result<Outcome> {
    let begin = Instant::now() + warm_up;
    let end = begin + measured;
    let mut running = JoinSet::new();
    for caller in callers {
        running.spawn(call_until(caller, begin, end));
    }
    sleep_until(begin).await;
    let cpu_before = cpu_us();
    say(&FromClient::Began)?;
    sleep_until(end).await;
    let cpu_after = cpu_us();
    say(&FromClient::Ended)?;

    let mut all = Tally::new();
    while let Some(tally) = running.join_next().await {
        match tally {
            Ok(tally) => all.add(tally),
            Err(panic) => all.fail(panic.to_string()),
        }
    }
    let cpu_us = cpu_before.zip(cpu_after).map(|(before, after)| after - before);
    Ok(all.outcome(measured, cpu_us))
}

async fn call_until<C: Caller>(mut caller: C, begin: Instant, end: Instant) -> Tally {
    let mut tally = Tally::new();
    let mut before = Instant::now();
    while before < end {
        let outcome = caller.call().await;
        let after = Instant::now();
        match outcome {
            Ok(()) if after >= begin && after <= end => tally.count(after - before),
            Ok(()) => {}
            Err(why) => {
                tally.fail(why);
                // A refused connection fails at once: without a pause it would fail a million times.
                sleep(Duration::from_millis(1)).await;
                before = Instant::now();
                continue;
            }
        }
        before = after;
    }
    tally
}

/// What one or several callers saw.
struct Tally {
    /// In nanoseconds, to three digits.
    latencies: Histogram<u32>,
    failures: u64,
    first_failure: Option<String>,
}

impl Tally {
    fn new() -> Self {
        // Three digits are allowed, and up to 60 s a histogram has to say what it covers.
        #[expect(clippy::unwrap_used, reason = "fails only for digits above 5 or a bound below 2")]
        let latencies = Histogram::new_with_max(60_000_000_000, 3).unwrap();
        Self { latencies, failures: 0, first_failure: None }
    }

    fn count(&mut self, latency: Duration) {
        self.latencies.saturating_record(u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX));
    }

    fn fail(&mut self, why: String) {
        self.failures += 1;
        self.first_failure.get_or_insert(why);
    }

    fn add(&mut self, other: Tally) {
        // Fails only between histograms of different bounds, and there is one kind.
        let _added = self.latencies.add(other.latencies);
        self.failures += other.failures;
        self.first_failure = self.first_failure.take().or(other.first_failure);
    }

    fn outcome(self, measured: Duration, cpu_us: Option<f64>) -> Outcome {
        let quantile_us = |quantile| self.latencies.value_at_quantile(quantile) as f64 / 1e3;
        Outcome {
            calls: self.latencies.len(),
            failures: self.failures,
            seconds: measured.as_secs_f64(),
            p50_us: quantile_us(0.5),
            p99_us: quantile_us(0.99),
            first_failure: self.first_failure,
            cpu_us,
            opened: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Fails every third time, and tells when each call ended and whether it ended well.
    struct Flaky {
        calls: u64,
        ended: mpsc::Sender<(Instant, bool)>,
    }

    impl Caller for Flaky {
        async fn call(&mut self) -> Result<(), String> {
            sleep(Duration::from_millis(10)).await;
            self.calls += 1;
            let well = !self.calls.is_multiple_of(3);
            self.ended.send((Instant::now(), well)).map_err(|error| error.to_string())?;
            if well { Ok(()) } else { Err(format!("call {}", self.calls)) }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn counts_what_ends_in_time_and_every_failure() {
        let begin = Instant::now() + Duration::from_millis(100);
        let end = begin + Duration::from_millis(1000);
        let (ended, all_ended) = mpsc::channel();
        let tally = call_until(Flaky { calls: 0, ended }, begin, end).await;
        let outcome = tally.outcome(Duration::from_secs(1), None);
        let (well, failed): (Vec<_>, Vec<_>) = all_ended.iter().partition(|&(_, well)| well);
        let in_time = well.iter().filter(|&&(at, _)| at >= begin && at <= end).count();
        assert!(in_time > 60 && in_time + 5 < well.len(), "{in_time} of {}", well.len());
        assert_eq!((outcome.calls, outcome.failures), (in_time as u64, failed.len() as u64));
        assert_eq!(outcome.first_failure.as_deref(), Some("call 3"));
        assert!((10_000.0..11_010.0).contains(&outcome.p50_us), "{outcome:?}");
    }

    #[test]
    fn tallies_add_up() {
        let mut all = Tally::new();
        for micros in 1..=100 {
            let mut one = Tally::new();
            one.count(Duration::from_micros(micros));
            all.add(one);
        }
        let outcome = all.outcome(Duration::from_secs(1), None);
        assert_eq!(outcome.calls, 100);
        assert!((outcome.p50_us - 50.0).abs() < 0.1 && (outcome.p99_us - 99.0).abs() < 0.1, "{outcome:?}");
    }
}
