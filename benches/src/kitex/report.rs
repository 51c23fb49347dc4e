//! The report that people read: ours and Kitex's side by side.

use std::fmt::{self, Write};

use crate::bars::Verdict;
use crate::markdown::{none, with_spread, write_bars, write_failures};
use crate::plan::Plan;
use crate::results::{Point, Quantity, Results, Row};

use super::pairing::{COMPARED, Pairing};
use super::programs::versions;

/// A table for each size, then clients and servers of both, then the bars.
pub fn render(results: &Results<Pairing>, verdicts: &[Verdict]) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _written = write_all(&mut out, results, verdicts);
    out
}

/// What was compared, with which versions, and how to do it again.
pub fn setup(plan: &Plan<Pairing>, go: &str) -> String {
    format!(
        "Written by `cargo bench -p volplane-bench --bench kitex -- --docs ../docs`, which runs wherever Go is installed. Each \
         number is the median of {rounds} rounds of {seconds} s after {warm_up} s of warm-up; client and server have processes of \
         their own on one machine, every pairing has its turn in each round, in random order, and ratios are taken within a \
         round. [benches/README.md](../benches/README.md) explains the options and the columns.\n\n\
         Kitex: {versions}, {go}, programs in [benches/kitex](../benches/kitex): a pool of as many long connections as there \
         are callers, two connections for netpollmux, one session of hashicorp/yamux with its default windows, no RPC timeout, \
         bare thrift binary, which is Kitex's default (TTHeader for netpollmux). The connections below gonet implement `Reader()`, \
         `Writer()` and a TCP `RemoteAddr()`; without the latter the pool dials for each call.\n\n\
         Ours: `volo` is volo's own TCP, which a project uses by default; the others are volplane's with default options, \
         an RPC timeout of 10 s, TTHeader over framed binary. In mixed pairings the client's protocol is used.",
        rounds = plan.rounds,
        seconds = plan.seconds,
        warm_up = plan.warm_up,
        versions = versions(),
    )
}

fn write_all(out: &mut String, results: &Results<Pairing>, verdicts: &[Verdict]) -> fmt::Result {
    let rows = results.rows();
    for of_one_size in rows.chunk_by(|one, next| one.point.size == next.point.size) {
        if let [first, ..] = of_one_size {
            write_compared(out, first.point.size, of_one_size, results)?;
        }
    }
    write_mixed(out, &rows, results)?;
    if !verdicts.is_empty() {
        write_bars(out, verdicts)?;
    }
    write_failures(out, &rows)
}

fn write_compared(out: &mut String, size: usize, rows: &[Row<Pairing>], results: &Results<Pairing>) -> fmt::Result {
    writeln!(out, "## {size} B\n")?;
    let mut heads = vec!["callers", "ours", "Kitex's", "req/s", "Kitex's", "ratio (min to max)"];
    heads.extend(["p50 us", "Kitex's", "ratio", "p99 us", "Kitex's", "ratio"]);
    heads.extend(["CPU us, client + server", "Kitex's", "ratio"]);
    writeln!(out, "| {} |", heads.join(" | "))?;
    writeln!(out, "|--:|:--|:--|{}", "--:|".repeat(heads.len() - 3))?;
    for of_callers in rows.chunk_by(|one, next| one.point.callers == next.point.callers) {
        for (ours, kitex) in COMPARED {
            let (ours, kitex) = (Pairing::ours(ours), Pairing::kitex(kitex));
            let find = |pairing| of_callers.iter().find(|row| row.point.transport == pairing);
            let (Some(one), Some(other)) = (find(ours), find(kitex)) else { continue };
            let ratio = |quantity| results.ratio(quantity, one.point, kitex);
            let short = |quantity| ratio(quantity).map_or_else(none, |ratio| format!("{:.2}", ratio.median));
            let cells = [
                one.point.callers.to_string(),
                ours.to_string(),
                kitex.to_string(),
                format!("{:.0}", one.requests_per_second),
                format!("{:.0}", other.requests_per_second),
                ratio(Quantity::RequestsPerSecond).map_or_else(none, with_spread),
                format!("{:.0}", one.p50_us),
                format!("{:.0}", other.p50_us),
                short(Quantity::P50),
                format!("{:.0}", one.p99_us),
                format!("{:.0}", other.p99_us),
                short(Quantity::P99),
                cpu(one),
                cpu(other),
                short(Quantity::Cpu),
            ];
            writeln!(out, "| {} |", cells.join(" | "))?;
        }
    }
    writeln!(out)
}

fn cpu(row: &Row<Pairing>) -> String {
    let both = row.client_cpu_us.zip(row.server_cpu_us);
    both.map_or_else(none, |(client, server)| format!("{client:.1} + {server:.1}"))
}

/// Clients of one project that call servers of the other, and what both ends of Kitex reach instead.
fn write_mixed(out: &mut String, rows: &[Row<Pairing>], results: &Results<Pairing>) -> fmt::Result {
    let mixed: Vec<_> = rows.iter().filter(|row| row.point.transport.is_mixed()).collect();
    if mixed.is_empty() {
        return Ok(());
    }
    writeln!(out, "## One end exchanged\n")?;
    let heads = [
        "B",
        "callers",
        "client -> server",
        "req/s",
        "/ Kitex at both ends",
        "p50 us",
        "p99 us",
        "CPU us, client + server",
    ];
    writeln!(out, "| {} |", heads.join(" | "))?;
    writeln!(out, "|--:|--:|:--|{}", "--:|".repeat(heads.len() - 3))?;
    for row in mixed {
        let Point { size, callers, transport } = row.point;
        let ratio = results.ratio(Quantity::RequestsPerSecond, row.point, transport.kitex_at_both_ends());
        let cells = [
            size.to_string(),
            callers.to_string(),
            transport.to_string(),
            format!("{:.0}", row.requests_per_second),
            ratio.map_or_else(none, with_spread),
            format!("{:.0}", row.p50_us),
            format!("{:.0}", row.p99_us),
            cpu(row),
        ];
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    writeln!(out)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::kitex::bars::verdicts;
    use crate::kitex::pairing::pairings;
    use crate::message::Outcome;
    use crate::results::Measurement;
    use crate::transport::Transport;

    pub(crate) fn measurement(round: u16, point: Point<Pairing>, calls: u64) -> Measurement<Pairing> {
        let client = Outcome {
            calls,
            seconds: 1.0,
            p50_us: 1e6 / calls as f64,
            p99_us: 3e6 / calls as f64,
            cpu_us: Some(12_500.0),
            ..Outcome::default()
        };
        Measurement { round, point, client, server_cpu_us: Some(10_000.0), connections: 1 }
    }

    #[test]
    fn ours_and_kitex_side_by_side() {
        let mut results = Results::default();
        for transport in pairings(&[Transport::StdNet]) {
            let calls = if transport.needs_kitex() { 1_000 } else { 2_500 };
            for (round, calls) in [(1, calls), (2, calls * 2)] {
                results.add(measurement(round, Point { size: 64, callers: 64, transport }, calls));
            }
        }
        insta::assert_snapshot!(render(&results, &verdicts(&results)));
    }
}
