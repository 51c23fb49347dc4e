//! The bars of the design that one machine can be held to without Kitex beside it.

use serde::Serialize;

use crate::results::{Point, Quantity, Results, Row};
use crate::transport::Transport;

/// A bar, and where the results stand to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// What is held.
    pub what: String,
    /// The bar in words.
    pub bar: String,
    /// What was measured.
    pub measured: f64,
    /// By how much the bar is missed; `None` when it is met.
    pub missed_by: Option<f64>,
    /// Whether this is a count. The others are ratios.
    pub is_count: bool,
}

struct Bar {
    point: Point,
    against: Transport,
    quantity: Quantity,
    limit: Limit,
}

#[derive(Clone, Copy)]
enum Limit {
    AtLeast(f64),
    AtMost(f64),
}

const KIB: usize = 1024;

fn bars() -> Vec<Bar> {
    use Transport::{StdNet, Volo, WebSocket, Yamux};
    let throughput = [
        (StdNet, Volo, [(64, 1.0), (KIB, 1.0), (64 * KIB, 1.0)]),
        (WebSocket, StdNet, [(64, 0.95), (KIB, 0.95), (64 * KIB, 0.7)]),
        (Yamux, StdNet, [(64, 0.9), (KIB, 0.9), (64 * KIB, 0.5)]),
    ];
    let mut bars = Vec::new();
    for (transport, against, limits) in throughput {
        bars.extend(limits.map(|(size, limit)| Bar {
            point: Point { size, callers: 64, transport },
            against,
            quantity: Quantity::RequestsPerSecond,
            limit: Limit::AtLeast(limit),
        }));
    }
    bars.extend([(WebSocket, 1.05), (Yamux, 1.15)].map(|(transport, limit)| Bar {
        point: Point { size: 64, callers: 1, transport },
        against: StdNet,
        quantity: Quantity::P50,
        limit: Limit::AtMost(limit),
    }));
    bars
}

/// Where `results` stand to each bar that they have something to say of.
pub fn verdicts(results: &Results) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> = bars().iter().filter_map(|bar| verdict(results, bar)).collect();
    let ours: Vec<_> = results.rows().into_iter().filter(|row| row.point.transport.is_ours()).collect();
    let too_many = |row: &Row| {
        let most = row.connections.max(row.opened.unwrap_or_default());
        most as f64 - f64::from(row.point.callers)
    };
    if let Some(most) = ours.iter().map(too_many).reduce(f64::max) {
        let failures: u64 = ours.iter().map(|row| row.failures).sum();
        verdicts.push(Verdict::new("connections opened beyond N for N callers", Limit::AtMost(1.0), most).counted());
        verdicts.push(Verdict::new("failed calls", Limit::AtMost(0.0), failures as f64).counted());
    }
    verdicts
}

fn verdict(results: &Results, bar: &Bar) -> Option<Verdict> {
    let ratio = results.ratio(bar.quantity, bar.point, bar.against)?;
    let Point { size, callers, transport } = bar.point;
    let (quantity, who) = match bar.quantity {
        Quantity::RequestsPerSecond => ("req/s", format!("{callers} callers")),
        Quantity::P50 => ("p50", "1 caller".to_owned()),
    };
    let what = format!("{transport} / {}, {quantity}, {who}, {size} B", bar.against);
    Some(Verdict::new(&what, bar.limit, ratio.median))
}

impl Verdict {
    fn new(what: &str, limit: Limit, measured: f64) -> Self {
        let (bar, over) = match limit {
            Limit::AtLeast(limit) => (format!(">= {limit}"), limit - measured),
            Limit::AtMost(limit) => (format!("<= {limit}"), measured - limit),
        };
        Self { what: what.to_owned(), bar, measured, missed_by: (over > 0.0).then_some(over), is_count: false }
    }

    fn counted(self) -> Self {
        Self { is_count: true, ..self }
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
        let expected = [
            "websocket / stdnet, req/s, 64 callers, 64 B",
            "connections opened beyond N for N callers",
            "failed calls",
        ];
        assert_eq!(whats, expected);
        assert_eq!(verdicts(&Results::default()), []);
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
        for transport in [Transport::StdNet, Transport::Volo] {
            let mut bad = measurement(1, Point { transport, ..point }, 10, 1.0);
            bad.client.failures = 2;
            bad.connections = 5;
            results.add(bad);
        }
        let missed: Vec<_> = verdicts(&results).into_iter().map(|verdict| verdict.missed_by).collect();
        assert_eq!(missed, [Some(1.0), Some(2.0)]);
    }
}
