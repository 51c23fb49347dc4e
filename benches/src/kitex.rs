//! `cargo bench --bench kitex`: ours and Kitex's side by side, from one run.

pub mod bars;
pub mod pairing;
pub mod programs;
pub mod report;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use anyhow::ensure;
use clap::Parser;

use crate::arguments::{ClientArguments, Part, PlanArguments, ReportArguments, ServerArguments};
use crate::child::{Child, ChildError};
use crate::measure::{Machine, Times, Written, observe, progress, write_json};
use crate::plan::{Defaults, Plan, Turn};
use crate::results::{Measurement, Point, Results};
use crate::{client, docs, server};

use bars::verdicts;
use pairing::{End, KitexTransport, Pairing, pairings};
use programs::Programs;

/// Compares volplane's connections with those of Kitex, client and server in processes of their own.
#[derive(Debug, Parser)]
#[command(name = "cargo bench -p volplane-bench --bench kitex --", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    part: Option<Part>,
    #[command(flatten)]
    plan: PlanArguments,
    #[command(flatten)]
    report: ReportArguments,
}

/// With how many callers mixed pairings are measured, unless others are asked for.
const MIXED_CALLERS: u16 = 64;

/// The program: all processes of it. What it builds and the results go into `target_dir`.
///
/// # Errors
///
/// When Kitex's programs can't be built, a process of ours fails, a call of ours fails, or the results can't be written.
pub fn main(target_dir: &Path) -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match &arguments.part {
        Some(Part::Server(server)) => server::main(server),
        Some(Part::Client(client)) => client::main(client),
        None if arguments.report.bench => compare(&arguments, target_dir),
        None => try_ours(&arguments),
    }
}

/// Whether our own ends work, in `cargo test --benches`.
fn try_ours(arguments: &Arguments) -> anyhow::Result<()> {
    let mut ours = pairings(&arguments.plan.transports);
    ours.retain(|pairing| !pairing.needs_kitex());
    let plan = Plan::new(&arguments.plan, &Defaults::TEST, ours);
    let results = Run { plan: &plan, all_callers: true, programs: None }.carry_out()?.0;
    writeln!(io::stdout(), "\nKitex is measured by cargo bench only")?;
    failed_calls(&results)
}

fn compare(arguments: &Arguments, target_dir: &Path) -> anyhow::Result<()> {
    let idl = Path::new(env!("CARGO_MANIFEST_DIR")).join("../idl/echo.thrift");
    writeln!(io::stderr(), "Building Kitex's programs")?;
    let Some(programs) = programs::build(&target_dir.join("bench/kitex"), &idl)? else {
        writeln!(io::stdout(), "skipped: needs go")?;
        return Ok(());
    };
    let asked = &arguments.plan;
    let plan = Plan::new(asked, &Defaults::KITEX, pairings(&asked.transports));
    let run = Run { plan: &plan, all_callers: !asked.callers.is_empty(), programs: Some(&programs) };
    let (results, measurements) = run.carry_out()?;

    let verdicts = verdicts(&results);
    let (tables, setup) = (report::render(&results, &verdicts), report::setup(&plan, &programs.go));
    writeln!(io::stdout(), "\n{}\n\n{tables}\nOrder of the turns: --seed {}", docs::machine(), plan.seed)?;
    let path = asked.json.clone().unwrap_or_else(|| target_dir.join("bench/kitex.json"));
    let rows = results.rows();
    write_json(&path, &Written { machine: Machine::this(), plan: &plan, bars: &verdicts, rows, measurements })?;
    writeln!(io::stdout(), "Written to {}", path.display())?;
    if let Some(docs) = &arguments.report.docs {
        docs::write_page(docs, "performance.md", "Performance beside Kitex", &format!("{setup}\n\n{tables}"))?;
    }
    failed_calls(&results)
}

struct Run<'a> {
    plan: &'a Plan<Pairing>,
    /// Whether mixed pairings are measured with each number of callers.
    all_callers: bool,
    programs: Option<&'a Programs>,
}

impl Run<'_> {
    fn carry_out(&self) -> anyhow::Result<(Results<Pairing>, Vec<Measurement<Pairing>>)> {
        let mut turns = self.plan.turns();
        turns.retain(|turn| {
            let Point { callers, transport, .. } = turn.point;
            self.all_callers || !transport.is_mixed() || callers == MIXED_CALLERS
        });
        writeln!(io::stderr(), "{} measurements in an order from --seed {}", turns.len(), self.plan.seed)?;
        let (mut results, mut measurements) = (Results::default(), Vec::new());
        for (number, &turn) in (1..).zip(&turns) {
            let measurement = match self.measure(turn) {
                // Kitex's programs may fail: the round then says nothing of them.
                Err(error) if turn.point.transport.needs_kitex() => {
                    writeln!(io::stderr(), "{}: {error}", turn.point.transport)?;
                    continue;
                }
                measured => measured?,
            };
            progress(number, turns.len(), &measurement)?;
            measurements.push(measurement.clone());
            results.add(measurement);
        }
        Ok((results, measurements))
    }

    fn measure(&self, Turn { round, point }: Turn<Pairing>) -> Result<Measurement<Pairing>, ChildError> {
        let Pairing { client, server } = point.transport;
        let seen =
            observe(self.server(server, point.size)?, Times::of(self.plan), |to| self.client(client, point, to))?;
        Ok(seen.measurement(round, point))
    }

    fn server(&self, end: End, size: usize) -> Result<Child, ChildError> {
        match end {
            End::Ours(transport) => {
                Child::start(&ServerArguments::anywhere(transport, size, self.plan.runtime).to_command_line())
            }
            End::Kitex(transport) => self.kitex(transport, "server", &[]),
        }
    }

    fn client(&self, end: End, point: Point<Pairing>, to: SocketAddr) -> Result<Child, ChildError> {
        let Point { size, callers, .. } = point;
        let Times { warm_up, seconds } = Times::of(self.plan);
        match end {
            End::Ours(transport) => {
                let runtime = self.plan.runtime;
                let arguments = ClientArguments { transport, to, size, callers, warm_up, seconds, runtime };
                Child::start(&arguments.to_command_line())
            }
            End::Kitex(transport) => {
                let (warm_up, seconds) = (warm_up.as_secs_f64().to_string(), seconds.as_secs_f64().to_string());
                let (to, size, callers) = (to.to_string(), size.to_string(), callers.to_string());
                let arguments = ["--to", &to, "--size", &size, "--callers", &callers];
                let times = ["--warm-up", &warm_up, "--seconds", &seconds];
                self.kitex(transport, "client", &[arguments.as_slice(), &times].concat())
            }
        }
    }

    fn kitex(&self, transport: KitexTransport, part: &str, arguments: &[&str]) -> Result<Child, ChildError> {
        let Some(programs) = self.programs else {
            let missing = io::Error::new(io::ErrorKind::NotFound, "Kitex's programs were not built");
            return Err(ChildError::Start(transport.name().to_owned(), missing));
        };
        let line = [&[part, "--transport", transport.name()], arguments].concat();
        let line: Vec<String> = line.into_iter().map(str::to_owned).collect();
        Child::start_program(&programs.path, &line)
    }
}

fn failed_calls(results: &Results<Pairing>) -> anyhow::Result<()> {
    let failed: u64 = results.rows().iter().filter(|row| row.point.transport.has_ours()).map(|row| row.failures).sum();
    ensure!(failed == 0, "{failed} calls failed where one end is ours");
    Ok(())
}
