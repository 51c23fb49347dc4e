//! The bars of the design that Kitex is beside.

use crate::bars::{Bar, Limit, Verdict};
use crate::results::{Point, Quantity, Results};
use crate::transport::Transport;

use super::pairing::{KitexTransport, Pairing};

/// The bars of issue 11, with 64 callers.
fn bars() -> Vec<Bar<Pairing>> {
    use Limit::{AtLeast, AtMost};
    use Quantity::{Cpu, P99, RequestsPerSecond};
    let compared = [
        (Transport::StdNet, KitexTransport::GoNet, 2.0, 0.55, 3.0),
        (Transport::WebSocket, KitexTransport::XNet, 2.0, 0.45, 6.0),
        (Transport::Yamux, KitexTransport::Yamux, 3.0, 0.35, 3.0),
        (Transport::YamuxWebSocket, KitexTransport::YamuxWebSocket, 3.3, 0.3, 3.5),
    ];
    let bar = |(ours, kitex), size, quantity, limit| Bar {
        point: Point { size, callers: 64, transport: Pairing::ours(ours) },
        against: Pairing::kitex(kitex),
        quantity,
        limit,
    };
    let of = |(ours, kitex, small, cpu, large)| {
        let pair = (ours, kitex);
        [
            bar(pair, 64, RequestsPerSecond, AtLeast(small)),
            bar(pair, 64, Cpu, AtMost(cpu)),
            bar(pair, 64, P99, AtMost(0.5)),
            bar(pair, 64 * 1024, RequestsPerSecond, AtLeast(large)),
        ]
    };
    compared.into_iter().flat_map(of).collect()
}

/// How `results` compare with each bar that they have something to say of.
pub fn verdicts(results: &Results<Pairing>) -> Vec<Verdict> {
    let mut verdicts: Vec<_> = bars().iter().filter_map(|bar| bar.verdict(results)).collect();
    verdicts.extend(fastest_multiplexed(results));
    let ours = results.rows().into_iter().filter(|row| row.point.transport.has_ours());
    if let Some(failures) = ours.map(|row| row.failures).reduce(|one, other| one + other) {
        verdicts
            .push(Verdict::count("failed calls where one end is ours", i64::try_from(failures).unwrap_or(i64::MAX)));
    }
    verdicts
}

/// The fastest of ours that share connections, against the way of Kitex that does.
fn fastest_multiplexed(results: &Results<Pairing>) -> Option<Verdict> {
    let against = Pairing::kitex(KitexTransport::NetpollMux);
    let ratio = |ours: Transport| {
        let point = Point { size: 64, callers: 64, transport: Pairing::ours(ours) };
        Some((point, results.ratio(Quantity::RequestsPerSecond, point, against)?.median))
    };
    let ours = [Transport::Yamux, Transport::YamuxTwo, Transport::YamuxWebSocket];
    let (point, _) = ours.into_iter().filter_map(ratio).max_by(|(_, one), (_, other)| one.total_cmp(other))?;
    Bar { point, against, quantity: Quantity::RequestsPerSecond, limit: Limit::AtLeast(1.3) }.verdict(results)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kitex::pairing::pairings;
    use crate::kitex::report::tests::measurement;

    #[test]
    fn a_whole_run_is_held_against_every_bar() {
        let mut results = Results::default();
        for size in [64, 64 * 1024] {
            for transport in pairings(&[]) {
                let ours = transport.has_ours() && !transport.is_mixed();
                results.add(measurement(1, Point { size, callers: 64, transport }, if ours { 2_500 } else { 1_000 }));
            }
        }
        let verdicts = verdicts(&results);
        assert_eq!(verdicts.len(), bars().len() + 2);
        let missed: Vec<_> = verdicts.iter().filter(|verdict| verdict.missed_by.is_some()).collect();
        let missed: Vec<_> = missed.iter().map(|verdict| format!("{} {}", verdict.what, verdict.bar)).collect();
        let expected = [
            "stdnet / kitex-gonet, req/s, 64 callers, 65536 B >= 3",
            "websocket / kitex-xnet, req/s, 64 callers, 65536 B >= 6",
            "yamux / kitex-yamux, req/s, 64 callers, 64 B >= 3",
            "yamux / kitex-yamux, CPU, 64 callers, 64 B <= 0.35",
            "yamux / kitex-yamux, req/s, 64 callers, 65536 B >= 3",
            "yamux-websocket / kitex-yamux-websocket, req/s, 64 callers, 64 B >= 3.3",
            "yamux-websocket / kitex-yamux-websocket, CPU, 64 callers, 64 B <= 0.3",
            "yamux-websocket / kitex-yamux-websocket, req/s, 64 callers, 65536 B >= 3.5",
        ];
        assert_eq!(missed, expected);
    }

    #[test]
    fn the_fastest_multiplexed_of_ours_counts() {
        let mut results = Results::default();
        let ours = Pairing::ours;
        let all = [(ours(Transport::Yamux), 900), (ours(Transport::YamuxTwo), 1_400)];
        for (transport, calls) in all.into_iter().chain([(Pairing::kitex(KitexTransport::NetpollMux), 1_000)]) {
            results.add(measurement(1, Point { size: 64, callers: 64, transport }, calls));
        }
        let verdict = fastest_multiplexed(&results).unwrap();
        assert_eq!(verdict.what, "yamux-2 / kitex-netpollmux, req/s, 64 callers, 64 B");
        assert_eq!(verdict.missed_by, None);
    }
}
