//! From measurements to medians and ratios.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::message::Outcome;
use crate::transport::Transport;

/// What varies between measurements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Point<T = Transport> {
    /// Bytes in a message.
    pub size: usize,
    /// Callers at once.
    pub callers: u16,
    /// Over what.
    pub transport: T,
}

/// One measurement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measurement<T = Transport> {
    /// From 1.
    pub round: u16,
    /// Of what.
    #[serde(flatten)]
    pub point: Point<T>,
    /// What the client saw.
    pub client: Outcome,
    /// CPU time that the server's process used while calls counted, in microseconds.
    pub server_cpu_us: Option<f64>,
    /// Connections that the server accepted.
    pub connections: u64,
}

impl<T> Measurement<T> {
    /// Calls a second.
    pub fn requests_per_second(&self) -> f64 {
        self.client.calls as f64 / self.client.seconds
    }

    /// CPU time of client and server for each call, in microseconds.
    fn cpu_us(&self) -> Option<f64> {
        self.per_call(self.client.cpu_us.zip(self.server_cpu_us).map(|(client, server)| client + server))
    }

    fn per_call(&self, total: Option<f64>) -> Option<f64> {
        total.filter(|_| self.client.calls > 0).map(|total| total / self.client.calls as f64)
    }
}

/// What all rounds say of one point. Times in microseconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row<T = Transport> {
    /// Of what.
    #[serde(flatten)]
    pub point: Point<T>,
    /// Calls a second, the median of the rounds; so are the next five.
    pub requests_per_second: f64,
    /// Half of the calls took at most this.
    pub p50_us: f64,
    /// 99 of 100 calls took at most this.
    pub p99_us: f64,
    /// CPU time of the client's process for each call.
    pub client_cpu_us: Option<f64>,
    /// CPU time of the server's process for each call.
    pub server_cpu_us: Option<f64>,
    /// Connections that the server accepted, the most in a round.
    pub connections: u64,
    /// Connections that the client's pool made, the most in a round: streams for yamux.
    pub opened: Option<u64>,
    /// Failed calls of all rounds.
    pub failures: u64,
    /// Why the first one failed.
    pub first_failure: Option<String>,
}

/// What two transports are compared in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Calls a second.
    RequestsPerSecond,
    /// The median latency.
    P50,
    /// The latency that one of 100 calls exceeds.
    P99,
    /// CPU time of client and server for each call.
    Cpu,
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Quantity::RequestsPerSecond => "req/s",
            Quantity::P50 => "p50",
            Quantity::P99 => "p99",
            Quantity::Cpu => "CPU",
        })
    }
}

/// How one transport compares with another. Taken in each round, because the machine drifts from one to the next.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ratio {
    /// The median of the rounds.
    pub median: f64,
    /// The least of the rounds.
    pub min: f64,
    /// The most of the rounds.
    pub max: f64,
}

/// All measurements of a run.
#[derive(Clone, Debug)]
pub struct Results<T = Transport> {
    by_point: BTreeMap<Point<T>, Vec<Measurement<T>>>,
}

impl<T> Default for Results<T> {
    fn default() -> Self {
        Self { by_point: BTreeMap::new() }
    }
}

impl<T: Copy + Ord> Results<T> {
    /// Takes one more.
    pub fn add(&mut self, measurement: Measurement<T>) {
        self.by_point.entry(measurement.point).or_default().push(measurement);
    }

    /// One for each point; by size, then by callers, then by transport.
    pub fn rows(&self) -> Vec<Row<T>> {
        self.by_point.iter().map(|(&point, rounds)| row(point, rounds)).collect()
    }

    /// How `point` stands to `against` at the same size and number of callers, over the rounds that measured both.
    pub fn ratio(&self, quantity: Quantity, point: Point<T>, against: T) -> Option<Ratio> {
        let reference = self.by_point.get(&Point { transport: against, ..point })?;
        let mut ratios = Vec::new();
        for one in self.by_point.get(&point)? {
            let Some(other) = reference.iter().find(|other| other.round == one.round) else { continue };
            let value = |of: &Measurement<T>| match quantity {
                Quantity::RequestsPerSecond => of.requests_per_second(),
                Quantity::P50 => of.client.p50_us,
                Quantity::P99 => of.client.p99_us,
                Quantity::Cpu => of.cpu_us().unwrap_or_default(),
            };
            let (one, other) = (value(one), value(other));
            // A measurement without a call has no latency and compares with nothing.
            ratios.extend((one > 0.0 && other > 0.0).then(|| one / other));
        }
        let min = ratios.iter().copied().reduce(f64::min)?;
        let max = ratios.iter().copied().reduce(f64::max)?;
        Some(Ratio { median: median(ratios)?, min, max })
    }
}

fn row<T>(point: Point<T>, rounds: &[Measurement<T>]) -> Row<T> {
    let median_of = |value: &dyn Fn(&Measurement<T>) -> Option<f64>| median(rounds.iter().filter_map(value).collect());
    Row {
        point,
        requests_per_second: median_of(&|one| Some(one.requests_per_second())).unwrap_or_default(),
        p50_us: median_of(&|one| Some(one.client.p50_us)).unwrap_or_default(),
        p99_us: median_of(&|one| Some(one.client.p99_us)).unwrap_or_default(),
        client_cpu_us: median_of(&|one| one.per_call(one.client.cpu_us)),
        server_cpu_us: median_of(&|one| one.per_call(one.server_cpu_us)),
        connections: rounds.iter().map(|one| one.connections).max().unwrap_or_default(),
        opened: rounds.iter().filter_map(|one| one.client.opened).max(),
        failures: rounds.iter().map(|one| one.client.failures).sum(),
        first_failure: rounds.iter().find_map(|one| one.client.first_failure.clone()),
    }
}

/// The middle one, or the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    let lower = if values.len().is_multiple_of(2) { *values.get(middle.checked_sub(1)?)? } else { upper };
    Some((lower + upper) / 2.0)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn measurement(round: u16, point: Point, calls: u64, p50_us: f64) -> Measurement {
        let client = Outcome {
            calls,
            seconds: 1.0,
            p50_us,
            p99_us: p50_us * 3.0,
            cpu_us: Some(calls as f64 * 12.5),
            opened: point.transport.is_ours().then_some(u64::from(point.callers)),
            ..Outcome::default()
        };
        let connections = point.transport.sessions().unwrap_or(point.callers).into();
        Measurement { round, point, client, server_cpu_us: Some(calls as f64 * 10.0), connections }
    }

    #[test]
    fn medians() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0]), Some(3.0));
        assert_eq!(median(vec![9.0, 1.0]), Some(5.0));
        assert_eq!(median(vec![9.0, 1.0, 2.0]), Some(2.0));
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        let stdnet = Point { size: 64, callers: 64, transport: Transport::StdNet };
        let websocket = Point { transport: Transport::WebSocket, ..stdnet };
        let mut results = Results::default();
        // The machine is twice as fast in the third round; the ratio of medians would be 0.5.
        for (round, own, other) in [(1, 900, 1000), (2, 1000, 2000), (3, 1800, 2000)] {
            results.add(measurement(round, websocket, own, 20.0));
            results.add(measurement(round, stdnet, other, 10.0));
        }
        let ratio = results.ratio(Quantity::RequestsPerSecond, websocket, Transport::StdNet).unwrap();
        assert_eq!(ratio, Ratio { median: 0.9, min: 0.5, max: 0.9 });
        assert_eq!(results.ratio(Quantity::P50, websocket, Transport::StdNet).unwrap().median, 2.0);
        assert_eq!(results.ratio(Quantity::P50, websocket, Transport::Volo), None);
    }

    #[test]
    fn processor_time_is_that_of_both_ends() {
        let stdnet = Point { size: 64, callers: 1, transport: Transport::StdNet };
        let mut results = Results::default();
        results.add(measurement(1, stdnet, 100, 10.0));
        let mut twice = measurement(1, Point { transport: Transport::Volo, ..stdnet }, 100, 20.0);
        (twice.client.cpu_us, twice.server_cpu_us) = (Some(2500.0), Some(2000.0));
        results.add(twice);
        assert_eq!(results.ratio(Quantity::Cpu, stdnet, Transport::Volo).unwrap().median, 0.5);
        assert_eq!(results.ratio(Quantity::P99, stdnet, Transport::Volo).unwrap().median, 0.5);
    }

    #[test]
    fn a_round_without_a_call_is_left_out_of_ratios() {
        let stdnet = Point { size: 64, callers: 1, transport: Transport::StdNet };
        let yamux = Point { transport: Transport::Yamux, ..stdnet };
        let mut results = Results::default();
        results.add(measurement(1, stdnet, 1000, 10.0));
        results.add(measurement(1, yamux, 0, 0.0));
        assert_eq!(results.ratio(Quantity::P50, yamux, Transport::StdNet), None);
        let row = results.rows().pop().unwrap();
        assert_eq!((row.point, row.client_cpu_us), (yamux, None));
    }
}
