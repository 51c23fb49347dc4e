//! The whole run: one measurement after the other, and what becomes of them.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::ensure;
use clap::Parser;
use serde::Serialize;

use crate::arguments::{Arguments, ClientArguments, Part, ServerArguments};
use crate::bars::{Verdict, verdicts};
use crate::child::{Child, ChildError};
use crate::client::CALL_TIMEOUT;
use crate::markdown;
use crate::message::{FromClient, FromServer};
use crate::plan::{Plan, Turn};
use crate::results::{Measurement, Point, Results, Row};
use crate::server::SocketFile;
use crate::svg::Group;
use crate::{client, docs, server, svg};

/// How long a child may take to start or to answer, on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

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
            let default_json = arguments.bench.then(|| target_dir.join("bench/transports.json"));
            let json = arguments.plan.json.clone().or(default_json);
            carry_out(&Plan::new(&arguments.plan, arguments.bench), json, arguments.plan.docs.as_deref())
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
    let runtime = plan.runtime;
    let mut server = Child::start(&ServerArguments::anywhere(transport, size, runtime).to_command_line())?;
    let to = listening(&server)?;
    let _socket = SocketFile::of(transport, to);
    let (warm_up, seconds) = (Duration::from_secs_f64(plan.warm_up), Duration::from_secs_f64(plan.seconds));
    let arguments = ClientArguments { transport, to, size, callers, warm_up, seconds, runtime };
    let client = Child::start(&arguments.to_command_line())?;

    expect(&client, &FromClient::Began, warm_up + PATIENCE)?;
    let (before, _) = sample(&mut server)?;
    expect(&client, &FromClient::Ended, seconds + PATIENCE)?;
    let (after, connections) = sample(&mut server)?;
    // The last calls may run into their timeout.
    let client = match client.hear(CALL_TIMEOUT + PATIENCE)? {
        FromClient::Outcome(outcome) => outcome,
        other => return Err(client.unexpected(format!("{other:?}"))),
    };
    let server_cpu_us = before.zip(after).map(|(before, after)| after - before);
    Ok(Measurement { round, point, client, server_cpu_us, connections })
}

/// Where a server that has just been started listens.
pub(crate) fn listening(server: &Child) -> Result<SocketAddr, ChildError> {
    match server.hear(PATIENCE)? {
        FromServer::Listening { address } => Ok(address),
        other => Err(server.unexpected(format!("{other:?}"))),
    }
}

fn expect(client: &Child, wanted: &FromClient, patience: Duration) -> Result<(), ChildError> {
    let said: FromClient = client.hear(patience)?;
    if said == *wanted { Ok(()) } else { Err(client.unexpected(format!("{said:?}"))) }
}

/// The server's CPU time so far, and its connections.
fn sample(server: &mut Child) -> Result<(Option<f64>, u64), ChildError> {
    server.tell("sample")?;
    match server.hear(PATIENCE)? {
        FromServer::Sample { cpu_us, connections, .. } => Ok((cpu_us, connections)),
        other => Err(server.unexpected(format!("{other:?}"))),
    }
}

fn progress(number: usize, total: usize, measurement: &Measurement) -> io::Result<()> {
    let Measurement { round, point, client, .. } = measurement;
    let Point { size, callers, transport } = point;
    let rate = client.calls as f64 / client.seconds;
    writeln!(
        io::stderr(),
        "{number:>3}/{total} round {round}: {transport:<15} {callers:>3} callers {size:>6} B {rate:>8.0} req/s {:>8.1} us",
        client.p50_us,
    )
}

fn failed_calls(results: &Results) -> anyhow::Result<()> {
    let failed: u64 = results.rows().iter().filter(|row| row.point.transport.is_ours()).map(|row| row.failures).sum();
    ensure!(failed == 0, "{failed} calls failed");
    Ok(())
}

/// The results as other programs read them.
#[derive(Serialize)]
struct Written<'a> {
    machine: Machine,
    plan: &'a Plan,
    bars: &'a [Verdict],
    rows: Vec<Row>,
    measurements: Vec<Measurement>,
}

#[derive(Serialize)]
struct Machine {
    os: &'static str,
    arch: &'static str,
    cores: Option<usize>,
}

impl Machine {
    fn this() -> Self {
        let cores = std::thread::available_parallelism().ok().map(usize::from);
        Self { os: std::env::consts::OS, arch: std::env::consts::ARCH, cores }
    }
}

fn write_json(path: &Path, written: &Written<'_>) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut text = serde_json::to_vec_pretty(written)?;
    text.push(b'\n');
    std::fs::write(path, text)
}
