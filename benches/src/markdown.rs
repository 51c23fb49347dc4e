//! The report that people read.

use std::fmt::{self, Write};

use crate::bars::{Measured, Verdict};
use crate::results::{Point, Quantity, Ratio, Results, Row};
use crate::transport::Transport;

/// A table for each size, then the bars.
pub fn render(results: &Results, verdicts: &[Verdict]) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _written = write_all(&mut out, results, verdicts);
    out
}

fn write_all(out: &mut String, results: &Results, verdicts: &[Verdict]) -> fmt::Result {
    let rows = results.rows();
    for of_one_size in rows.chunk_by(|one, next| one.point.size == next.point.size) {
        if let [first, ..] = of_one_size {
            write_table(out, first.point.size, of_one_size, results)?;
        }
    }
    if !verdicts.is_empty() {
        write_bars(out, verdicts)?;
    }
    write_failures(out, &rows)
}

/// Why calls failed.
pub(crate) fn write_failures<T: fmt::Display>(out: &mut String, rows: &[Row<T>]) -> fmt::Result {
    for row in rows.iter().filter(|row| row.failures > 0) {
        let why = row.first_failure.as_deref().unwrap_or("unknown");
        let Point { size, callers, transport } = &row.point;
        writeln!(out, "First failure of {transport}, {callers} callers, {size} B: {why}")?;
    }
    Ok(())
}

fn write_table(out: &mut String, size: usize, rows: &[Row], results: &Results) -> fmt::Result {
    writeln!(out, "## {size} B\n")?;
    let heads = [
        "callers",
        "transport",
        "req/s",
        "/ stdnet (min to max)",
        "/ volo",
        "p50 us",
        "/ stdnet",
        "p99 us",
        "client CPU us",
        "server CPU us",
        "connections",
        "streams",
        "failed",
    ];
    writeln!(out, "| {} |", heads.join(" | "))?;
    writeln!(out, "|--:|:--|{}", "--:|".repeat(heads.len() - 2))?;
    for row in rows {
        let ratio = |quantity| results.ratio(quantity, row.point, Transport::StdNet);
        let of_volo = results.ratio(Quantity::RequestsPerSecond, row.point, Transport::Volo);
        let cells = [
            row.point.callers.to_string(),
            row.point.transport.to_string(),
            format!("{:.0}", row.requests_per_second),
            ratio(Quantity::RequestsPerSecond).map_or_else(none, with_spread),
            of_volo.map_or_else(none, |ratio| format!("{:.2}", ratio.median)),
            format!("{:.1}", row.p50_us),
            ratio(Quantity::P50).map_or_else(none, |ratio| format!("{:.2}", ratio.median)),
            format!("{:.1}", row.p99_us),
            row.client_cpu_us.map_or_else(none, |cpu| format!("{cpu:.1}")),
            row.server_cpu_us.map_or_else(none, |cpu| format!("{cpu:.1}")),
            row.connections.to_string(),
            streams(row).map_or_else(none, |streams| streams.to_string()),
            row.failures.to_string(),
        ];
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    writeln!(out)
}

pub(crate) fn none() -> String {
    "-".to_owned()
}

pub(crate) fn with_spread(Ratio { median, min, max }: Ratio) -> String {
    format!("{median:.2} ({min:.2} to {max:.2})")
}

/// What the client's pool holds, where that is something else than connections.
fn streams(row: &Row) -> Option<u64> {
    row.point.transport.sessions().and(row.opened)
}

pub(crate) fn write_bars(out: &mut String, verdicts: &[Verdict]) -> fmt::Result {
    writeln!(out, "## Bars\n\n| what | bar | measured (min to max) | |\n|:--|--:|--:|:--|")?;
    for Verdict { what, bar, measured, missed_by } in verdicts {
        let (measured, digits) = match *measured {
            Measured::Ratio(ratio) => (with_spread(ratio), 2),
            Measured::Count(count) => (count.to_string(), 0),
        };
        let verdict = missed_by.map_or_else(|| "met".to_owned(), |by| format!("**missed by {by:.digits$}**"));
        writeln!(out, "| {what} | {bar} | {measured} | {verdict} |")?;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bars::verdicts;
    use crate::results::tests::measurement;

    #[test]
    fn tables_bars_and_failures() {
        let stdnet = Point { size: 64, callers: 64, transport: Transport::StdNet };
        let mut results = Results::default();
        for (round, own, other) in [(1, 70_000, 60_000), (2, 72_000, 58_000)] {
            results.add(measurement(round, stdnet, own, 850.0));
            let mut yamux = measurement(round, Point { transport: Transport::Yamux, ..stdnet }, other, 990.0);
            yamux.client.failures = 1;
            yamux.client.first_failure = Some("the yamux session is closed".to_owned());
            results.add(yamux);
            results.add(measurement(round, Point { transport: Transport::Volo, ..stdnet }, 50_000, 900.0));
        }
        for (transport, calls) in [(Transport::StdNet, 9_000), (Transport::Volo, 8_000)] {
            results.add(measurement(1, Point { size: 1024, callers: 1, transport }, calls, 91.0));
        }
        insta::assert_snapshot!(render(&results, &verdicts(&results)));
    }
}
