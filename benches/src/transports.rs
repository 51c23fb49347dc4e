//! The whole run: one measurement after the other, and what becomes of them.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::ensure;
use clap::Parser;

use crate::arguments::{Arguments, ClientArguments, Part, ServerArguments};
use crate::bars::{Verdict, verdicts};
use crate::child::{Child, ChildError};
use crate::markdown;
use crate::measure::{Machine, Times, Written, observe, progress, write_json};
use crate::plan::{Defaults, Plan, Turn, or_default};
use crate::results::{Measurement, Point, Results, Row};
use crate::server::SocketFile;
use crate::svg::Group;
use crate::transport::Transport;
use crate::{client, docs, server, svg};

/// The program: all processes of it. `target_dir` is where the results go by default.
///
/// # Errors
///
/// When a process fails, a call of volplane's connections fails, or the results can't be written.
pub fn main(target_dir: &Path) -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match &arguments.part {
        Some(Part::Server(server)) => server::main(server),
        Some(Part::Client(client)) => client::main(client),
        None => {
            let (bench, asked) = (arguments.report.bench, &arguments.plan);
            let default_json = bench.then(|| target_dir.join("bench/transports.json"));
            let json = asked.json.clone().or(default_json);
            let defaults = if bench { Defaults::TRANSPORTS } else { Defaults::TEST };
            let transports = or_default(&asked.transports, &Transport::ALL).to_vec();
            carry_out(&Plan::new(asked, &defaults, transports), json, arguments.report.docs.as_deref())
        }
    }
}

fn carry_out(plan: &Plan, json: Option<PathBuf>, docs: Option<&Path>) -> anyhow::Result<()> {
    let (mut results, mut measurements) = (Results::default(), Vec::new());
    let turns = plan.turns();
    writeln!(io::stderr(), "{} measurements in an order from --seed {}", turns.len(), plan.seed)?;
    for (number, &turn) in (1..).zip(&turns) {
        let measurement = measure(plan, turn)?;
        progress(number, turns.len(), &measurement)?;
        measurements.push(measurement.clone());
        results.add(measurement);
    }
    let verdicts = verdicts(&results);
    writeln!(io::stdout(), "\n{}\nOrder of the turns: --seed {}", markdown::render(&results, &verdicts), plan.seed)?;
    if let Some(path) = json {
        let rows = results.rows();
        write_json(&path, &Written { machine: Machine::this(), plan, bars: &verdicts, rows, measurements })?;
        writeln!(io::stdout(), "Written to {}", path.display())?;
    }
    if let Some(docs) = docs {
        write_docs(docs, plan, &results, &verdicts)?;
    }
    failed_calls(&results)
}

/// The tables for `docs/benchmarks.md`, and the plot beside it.
fn write_docs(docs: &Path, plan: &Plan, results: &Results, verdicts: &[Verdict]) -> io::Result<()> {
    let tables = markdown::render(results, verdicts).replace("\n## ", "\n### ");
    let (rounds, seconds) = (plan.rounds, plan.seconds);
    let body = format!(
        "![Bars of calls a second and latencies](benchmarks.svg)\n\nMedians of {rounds} rounds of {seconds} s.\n\n##{}",
        tables.trim_start_matches('#'),
    );
    docs::write_section(docs, "transports", "Calls", &body)?;
    std::fs::write(docs.join("benchmarks.svg"), svg::render(&groups(&results.rows())))
}

/// A group of bars for each pair of size and callers: latency of one caller, throughput of many.
fn groups(rows: &[Row]) -> Vec<Group> {
    rows.chunk_by(|one, next| (one.point.size, one.point.callers) == (next.point.size, next.point.callers))
        .filter_map(|rows| {
            let Point { size, callers, .. } = rows.first()?.point;
            let alone = callers == 1;
            let title = match alone {
                true => format!("{size} B, 1 caller: p50 in microseconds (less is better)"),
                false => format!("{size} B, {callers} callers: calls a second"),
            };
            let value = |row: &Row| if alone { row.p50_us } else { row.requests_per_second };
            let bar = |row: &Row| (row.point.transport.to_string(), value(row), row.point.transport.is_ours());
            Some(Group { title, bars: rows.iter().map(bar).collect() })
        })
        .collect()
}

fn measure(plan: &Plan, turn: Turn) -> Result<Measurement, ChildError> {
    let Turn { round, point } = turn;
    let Point { size, callers, transport } = point;
    let (runtime, times) = (plan.runtime, Times::of(plan));
    let server = Child::start(&ServerArguments::anywhere(transport, size, runtime).to_command_line())?;
    let mut _socket = None;
    let seen = observe(server, times, |to| {
        _socket = Some(SocketFile::of(transport, to));
        let Times { warm_up, seconds } = times;
        let arguments = ClientArguments { transport, to, size, callers, warm_up, seconds, runtime };
        Child::start(&arguments.to_command_line())
    })?;
    Ok(seen.measurement(round, point))
}

fn failed_calls(results: &Results) -> anyhow::Result<()> {
    let failed: u64 = results.rows().iter().filter(|row| row.point.transport.is_ours()).map(|row| row.failures).sum();
    ensure!(failed == 0, "{failed} calls failed");
    Ok(())
}
