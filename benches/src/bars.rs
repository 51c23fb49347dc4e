//! The bars of the design that one machine can be held to without Kitex beside it.

use std::fmt;

use serde::Serialize;

use crate::results::{Point, Quantity, Ratio, Results, Row};
use crate::transport::Transport;

/// A bar, and how the results compare with it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// What is compared.
    pub what: String,
    /// The bar in words.
    pub bar: String,
    /// What was measured.
    pub measured: Measured,
    /// By how much the bar is missed; `None` when it is met.
    pub missed_by: Option<f64>,
}

/// What is held against a bar.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// The bar is for the median.
    Ratio(Ratio),
    /// Something that is counted. Negative where it is less than what is allowed.
    Count(i64),
}

/// What a ratio has to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bar<T = Transport> {
    pub(crate) point: Point<T>,
    pub(crate) against: T,
    pub(crate) quantity: Quantity,
    pub(crate) limit: Limit,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Limit {
    AtLeast(f64),
    AtMost(f64),
}

/// The bars of issue 9. Every call of a client takes as long as its answer does, so p50 is compared with one caller.
fn bars() -> Vec<Bar> {
    use Limit::{AtLeast, AtMost};
    use Quantity::{P50, RequestsPerSecond};
    use Transport::{StdNet, Volo, WebSocket, Yamux, YamuxTwo};
    let (small, medium, large) = ((64, 64), (1024, 64), (64 * 1024, 16));
    [
        (StdNet, Volo, RequestsPerSecond, small, AtLeast(1.25)),
        (StdNet, Volo, RequestsPerSecond, medium, AtLeast(1.25)),
        (StdNet, Volo, RequestsPerSecond, large, AtLeast(1.0)),
        (StdNet, Volo, P50, (64, 1), AtMost(0.87)),
        (WebSocket, StdNet, RequestsPerSecond, small, AtLeast(0.95)),
        (WebSocket, StdNet, RequestsPerSecond, medium, AtLeast(0.95)),
        (WebSocket, StdNet, RequestsPerSecond, large, AtLeast(0.85)),
        (Yamux, Volo, RequestsPerSecond, small, AtLeast(1.2)),
        (Yamux, Volo, RequestsPerSecond, medium, AtLeast(1.1)),
        (Yamux, Volo, RequestsPerSecond, large, AtLeast(0.5)),
        (YamuxTwo, Volo, RequestsPerSecond, large, AtLeast(0.75)),
        (Yamux, StdNet, RequestsPerSecond, (64, 4), AtLeast(0.8)),
        (Yamux, StdNet, P50, (64, 1), AtMost(1.2)),
    ]
    .map(|(transport, against, quantity, (size, callers), limit)| {
        let point = Point { size, callers, transport };
        Bar { point, against, quantity, limit }
    })
    .into()
}

/// How `results` compare with each bar that they have something to say of.
pub fn verdicts(results: &Results) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> = bars().iter().filter_map(|bar| bar.verdict(results)).collect();
    let ours: Vec<_> = results.rows().into_iter().filter(|row| row.point.transport.is_ours()).collect();
    if let Some(most) = ours.iter().map(beyond).max() {
        let failures: u64 = ours.iter().map(|row| row.failures).sum();
        verdicts.push(Verdict::count("connections beyond N for N callers", most));
        verdicts.push(Verdict::count("failed calls", i64::try_from(failures).unwrap_or(i64::MAX)));
    }
    verdicts
}

/// Connections, or streams of them, that there was no caller for. A session is kept also while nobody calls.
fn beyond(row: &Row) -> i64 {
    let callers = i64::from(row.point.callers);
    let connections = callers.max(row.point.transport.sessions().unwrap_or_default().into());
    let over = |found: u64, allowed| i64::try_from(found).unwrap_or(i64::MAX).saturating_sub(allowed);
    over(row.connections, connections).max(over(row.opened.unwrap_or_default(), callers))
}

impl<T: Copy + Ord + fmt::Display> Bar<T> {
    /// How `results` compare with it, if they have something to say of it.
    pub(crate) fn verdict(&self, results: &Results<T>) -> Option<Verdict> {
        let ratio = results.ratio(self.quantity, self.point, self.against)?;
        let Point { size, callers, transport } = self.point;
        let callers = if callers == 1 { "1 caller".to_owned() } else { format!("{callers} callers") };
        let what = format!("{transport} / {}, {}, {callers}, {size} B", self.against, self.quantity);
        Some(Verdict::new(what, self.limit, ratio.median, Measured::Ratio(ratio)))
    }
}

impl Verdict {
    fn new(what: String, limit: Limit, value: f64, measured: Measured) -> Self {
        let (bar, over) = match limit {
            Limit::AtLeast(limit) => (format!(">= {limit}"), limit - value),
            Limit::AtMost(limit) => (format!("<= {limit}"), value - limit),
        };
        Self { what, bar, measured, missed_by: (over > 0.0).then_some(over) }
    }

    /// Of what there may be none.
    pub(crate) fn count(what: &str, count: i64) -> Self {
        Self::new(what.to_owned(), Limit::AtMost(0.0), count as f64, Measured::Count(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::tests::measurement;

    fn results(websocket: u64) -> Results {
        let stdnet = Point { size: 64, callers: 64, transport: Transport::StdNet };
        let mut results = Results::default();
        results.add(measurement(1, stdnet, 1000, 10.0));
        results.add(measurement(1, Point { transport: Transport::WebSocket, ..stdnet }, websocket, 10.0));
        results
    }

    #[test]
    fn only_what_was_measured_is_judged() {
        let whats: Vec<String> = verdicts(&results(950)).into_iter().map(|verdict| verdict.what).collect();
        let expected =
            ["websocket / stdnet, req/s, 64 callers, 64 B", "connections beyond N for N callers", "failed calls"];
        assert_eq!(whats, expected);
        assert_eq!(verdicts(&Results::default()), []);
    }

    #[test]
    fn a_whole_run_is_held_against_every_bar() {
        let mut results = Results::default();
        for (size, callers) in [(64, 1), (64, 4), (64, 64), (1024, 64), (64 * 1024, 16)] {
            for transport in Transport::ALL {
                results.add(measurement(1, Point { size, callers, transport }, 1000, 10.0));
            }
        }
        let verdicts = verdicts(&results);
        assert_eq!(verdicts.len(), bars().len() + 2);
        // All are equally fast.
        let missed: Vec<_> = verdicts.iter().filter(|verdict| verdict.missed_by.is_some()).collect();
        let missed: Vec<_> = missed.iter().map(|verdict| format!("{} {}", verdict.what, verdict.bar)).collect();
        let expected = [
            "stdnet / volo, req/s, 64 callers, 64 B >= 1.25",
            "stdnet / volo, req/s, 64 callers, 1024 B >= 1.25",
            "stdnet / volo, p50, 1 caller, 64 B <= 0.87",
            "yamux / volo, req/s, 64 callers, 64 B >= 1.2",
            "yamux / volo, req/s, 64 callers, 1024 B >= 1.1",
        ];
        assert_eq!(missed, expected);
    }

    #[test]
    fn a_bar_is_met_at_its_limit_and_missed_below() {
        assert_eq!(verdicts(&results(950))[0].missed_by, None);
        let missed = verdicts(&results(940))[0].missed_by.unwrap();
        assert!((missed - 0.01).abs() < 1e-9, "{missed}");
    }

    #[test]
    fn failures_and_connections_of_ours_count() {
        let point = Point { size: 7, callers: 3, transport: Transport::StdNet };
        let mut results = Results::default();
        for transport in [Transport::StdNet, Transport::Volo, Transport::TcpOne] {
            let mut bad = measurement(1, Point { transport, ..point }, 10, 1.0);
            bad.client.failures = 2;
            bad.connections = 5;
            results.add(bad);
        }
        let missed: Vec<_> = verdicts(&results).into_iter().map(|verdict| verdict.missed_by).collect();
        assert_eq!(missed, [Some(2.0), Some(2.0)]);
    }

    #[test]
    fn two_sessions_for_one_caller_are_allowed_and_two_streams_are_not() {
        let point = Point { size: 64, callers: 1, transport: Transport::YamuxTwo };
        let mut found = measurement(1, point, 10, 1.0);
        assert_eq!((found.connections, found.client.opened), (2, Some(1)));
        for (streams, missed_by) in [(1, None), (2, Some(1.0))] {
            found.client.opened = Some(streams);
            let mut results = Results::default();
            results.add(found.clone());
            assert_eq!(verdicts(&results)[0].missed_by, missed_by);
        }
    }
}
