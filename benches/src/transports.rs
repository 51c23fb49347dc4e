//! The whole run: what is measured, in which order, and what becomes of it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;
use serde::Serialize;
use volplane_transport::Report;

use crate::arguments::{Arguments, ClientArguments, Part, PlanArguments, ServerArguments};
use crate::bars::{Verdict, verdicts};
use crate::child::{Child, ChildError};
use crate::client::CALL_TIMEOUT;
use crate::markdown;
use crate::message::{FromClient, FromServer};
use crate::process::Scheduler;
use crate::results::{Measurement, Point, Results, Row};
use crate::transport::Transport;
use crate::{client, server};

/// How long a child may take to start or to answer, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program: all processes of it. `target_dir` is where the results go by default.
///
/// # Errors
///
/// When a process fails, a call of volplane's connections fails, or the results can't be written.
pub fn main(target_dir: &Path) -> Result<(), Report> {
    let arguments = Arguments::parse();
    match &arguments.part {
        Some(Part::Server(server)) => server::main(server),
        Some(Part::Client(client)) => client::main(client),
        None => {
            let default_json = arguments.bench.then(|| target_dir.join("bench/transports.json"));
            let json = arguments.plan.json.clone().or(default_json);
            Plan::new(arguments.plan, arguments.bench).carry_out(json)
        }
    }
}

/// What is measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// How many callers at once.
    pub callers: Vec<u16>,
    /// Sizes of the message, in bytes.
    pub sizes: Vec<usize>,
    /// What is compared.
    pub transports: Vec<Transport>,
    /// How long calls count in one measurement, in seconds.
    pub seconds: f64,
    /// How long to call before, in seconds.
    pub warm_up: f64,
    /// How often everything is measured.
    pub rounds: u16,
    /// tokio's scheduler in both processes.
    pub runtime: Scheduler,
}

impl Plan {
    /// As asked, with defaults for the rest: for a benchmark those of the issue at some 4 minutes, else a look at
    /// whether everything works.
    fn new(asked: PlanArguments, benchmark: bool) -> Self {
        let (callers, sizes, seconds, warm_up, rounds) = if benchmark {
            (vec![1, 64], vec![64, 1024, 64 * 1024], 1.0, 0.3, 5)
        } else {
            (vec![4], vec![64], 0.05, 0.01, 1)
        };
        Self {
            callers: or_default(asked.callers, callers),
            sizes: or_default(asked.sizes, sizes),
            transports: or_default(asked.transports, Transport::ALL.to_vec()),
            seconds: asked.seconds.map_or(seconds, |asked| asked.as_secs_f64()),
            warm_up,
            rounds: asked.rounds.unwrap_or(rounds),
            runtime: asked.runtime,
        }
    }

    fn carry_out(&self, json: Option<PathBuf>) -> Result<(), Report> {
        let (mut results, mut measurements) = (Results::default(), Vec::new());
        let points = self.points();
        let total = usize::from(self.rounds) * points.len();
        for (number, (round, &point)) in
            (1..=self.rounds).flat_map(|round| points.iter().map(move |point| (round, point))).enumerate()
        {
            let measurement = self.measure(round, point)?;
            progress(number + 1, total, &measurement)?;
            measurements.push(measurement.clone());
            results.add(measurement);
        }
        let verdicts = verdicts(&results);
        writeln!(io::stdout(), "\n{}", markdown::render(&results, &verdicts))?;
        if let Some(path) = json {
            let rows = results.rows();
            write_json(&path, &Written { machine: Machine::this(), plan: self, bars: &verdicts, rows, measurements })?;
            writeln!(io::stdout(), "Written to {}", path.display())?;
        }
        failed_calls(&results)
    }

    /// What one round goes through: the transports of one size and number of callers right after each other, so that
    /// their ratios hold when the machine drifts.
    fn points(&self) -> Vec<Point> {
        let mut points = Vec::new();
        for &size in &self.sizes {
            for &callers in &self.callers {
                points.extend(self.transports.iter().map(|&transport| Point { size, callers, transport }));
            }
        }
        points
    }

    fn measure(&self, round: u16, point: Point) -> Result<Measurement, ChildError> {
        let Point { size, callers, transport } = point;
        let runtime = self.runtime;
        let mut server = Child::start(&ServerArguments { transport, size, runtime }.to_command_line())?;
        let to = match server.hear(PATIENCE)? {
            FromServer::Listening { to } => to,
            other => return Err(server.unexpected(format!("{other:?}"))),
        };
        let (warm_up, seconds) = (Duration::from_secs_f64(self.warm_up), Duration::from_secs_f64(self.seconds));
        let arguments = ClientArguments { transport, to, size, callers, warm_up, seconds, runtime };
        let client = Child::start(&arguments.to_command_line())?;

        expect(&client, &FromClient::Began, warm_up + PATIENCE)?;
        let (before, _) = sample(&mut server)?;
        expect(&client, &FromClient::Ended, seconds + PATIENCE)?;
        let (after, connections) = sample(&mut server)?;
        // The last calls may run into their time-out.
        let client = match client.hear(CALL_TIMEOUT + PATIENCE)? {
            FromClient::Outcome(outcome) => outcome,
            other => return Err(client.unexpected(format!("{other:?}"))),
        };
        let server_cpu_us = before.zip(after).map(|(before, after)| after - before);
        Ok(Measurement { round, point, client, server_cpu_us, connections })
    }
}

fn or_default<T>(asked: Vec<T>, default: Vec<T>) -> Vec<T> {
    if asked.is_empty() { default } else { asked }
}

fn expect(client: &Child, wanted: &FromClient, patience: Duration) -> Result<(), ChildError> {
    let said: FromClient = client.hear(patience)?;
    if said == *wanted { Ok(()) } else { Err(client.unexpected(format!("{said:?}"))) }
}

/// The server's CPU time so far, and its connections.
fn sample(server: &mut Child) -> Result<(Option<f64>, u64), ChildError> {
    server.tell("sample")?;
    match server.hear(PATIENCE)? {
        FromServer::Sample { cpu_us, connections } => Ok((cpu_us, connections)),
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

fn failed_calls(results: &Results) -> Result<(), Report> {
    let failed: u64 = results.rows().iter().filter(|row| row.point.transport.is_ours()).map(|row| row.failures).sum();
    if failed == 0 { Ok(()) } else { Err(format!("{failed} calls failed").into()) }
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
