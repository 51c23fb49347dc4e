//! Rolling restarts: a server under load is replaced again and again, and no call may be lost.
//!
//! The new server listens on the old one's address before the old one is told to stop, so that somebody listens all
//! the time; the old one finishes its calls while the new one already serves.

mod report;
mod traffic;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::{Args, Parser};
use tokio::runtime::Runtime;

use crate::arguments::{ANY_PORT, ServerArguments, ServerPart, seconds, size};
use crate::child::Child;
use crate::client::CALL_TIMEOUT;
use crate::measure::{PATIENCE, listening};
use crate::message::FromServer;
use crate::process::Scheduler;
use crate::server;
use crate::transport::Transport;

use report::Row;
use traffic::Traffic;

/// Counts the calls that are lost while the server is replaced by another process.
#[derive(Debug, Parser)]
#[command(name = "cargo bench -p volplane-bench --bench restarts --", args_conflicts_with_subcommands = true)]
struct Arguments {
    /// One server instead of all of them.
    #[command(subcommand)]
    part: Option<ServerPart>,
    #[command(flatten)]
    plan: Plan,
    /// Given by `cargo bench`, not by `cargo test --benches`, which only wants to know whether it works.
    #[arg(long, hide = true, global = true)]
    bench: bool,
}

#[derive(Debug, Args)]
struct Plan {
    /// What to call over [default: stdnet,websocket,yamux,yamux-websocket]
    #[arg(long, value_delimiter = ',', value_parser = ours)]
    transports: Vec<Transport>,
    /// How often the server is replaced [default: 10]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    restarts: Option<u16>,
    /// How many callers at once [default: 64]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    callers: Option<u16>,
    /// Bytes in a message.
    #[arg(long, value_parser = size, default_value = "64")]
    size: usize,
    /// How long a server has the calls for itself before it is replaced [default: 0.5]
    #[arg(long, value_parser = seconds)]
    seconds: Option<Duration>,
}

const TRANSPORTS: [Transport; 4] =
    [Transport::StdNet, Transport::WebSocket, Transport::Yamux, Transport::YamuxWebSocket];

/// Only servers of this project stop gracefully when they are told, and only TCP ports are shared by two servers.
fn ours(name: &str) -> Result<Transport, String> {
    let wanted = Transport::ALL.into_iter().filter(|transport| transport.is_ours() && transport.is_over_tcp());
    wanted.clone().find(|transport| transport.name() == name).ok_or_else(|| {
        let names: Vec<_> = wanted.map(Transport::name).collect();
        format!("expected one of {}", names.join(", "))
    })
}

/// The program: all processes of it.
///
/// # Errors
///
/// When a process fails, no call ends well after a restart, or a call is lost.
pub fn main() -> anyhow::Result<()> {
    let Arguments { part, plan, bench } = Arguments::parse();
    if let Some(ServerPart::Server(server)) = part {
        return server::main(&server);
    }
    let (restarts, callers, seconds) = if bench { (10, 64, 0.5) } else { (1, 4, 0.05) };
    let transports = if plan.transports.is_empty() { TRANSPORTS.to_vec() } else { plan.transports };
    let mut rows = Vec::new();
    for transport in transports {
        let run = Run {
            transport,
            restarts: plan.restarts.unwrap_or(restarts),
            callers: plan.callers.unwrap_or(callers),
            size: plan.size,
            pause: plan.seconds.unwrap_or(Duration::from_secs_f64(seconds)),
        };
        rows.push(run.carry_out()?);
    }
    writeln!(io::stdout(), "\n{}", report::render(&rows))?;
    let lost: u64 = rows.iter().map(Row::lost).sum();
    ensure!(lost == 0, "{lost} calls were lost");
    Ok(())
}

/// The restarts of one transport.
#[derive(Clone, Copy, Debug)]
struct Run {
    transport: Transport,
    restarts: u16,
    callers: u16,
    size: usize,
    pause: Duration,
}

impl Run {
    fn carry_out(self) -> anyhow::Result<Row> {
        let runtime = Runtime::new()?;
        let (mut serving, address) = self.start(ANY_PORT)?;
        let traffic = {
            let _spawns_here = runtime.enter();
            Traffic::start(self.transport, address, self.callers, self.size)?
        };
        thread::sleep(self.pause);
        let (mut cut_off, mut longest_stop) = (0, Duration::ZERO);
        for restart in 1..=self.restarts {
            let (next, _) = self.start(address)?;
            let (cut, took) = stop(&mut serving)?;
            cut_off += cut;
            longest_stop = longest_stop.max(took);
            // The old process ends here.
            serving = next;
            let before = traffic.calls();
            self.wait_for_calls(&traffic, before, restart)?;
            progress(self, restart, &traffic)?;
        }
        let seen = runtime.block_on(traffic.finish())?;
        runtime.shutdown_background();
        Ok(Row { transport: self.transport, restarts: self.restarts, seen, cut_off, longest_stop })
    }

    fn start(self, listen: SocketAddr) -> anyhow::Result<(Child, SocketAddr)> {
        let Self { transport, size, .. } = self;
        let arguments = ServerArguments { transport, listen, size, runtime: Scheduler::Multi, descriptors: None };
        let server = Child::start(&arguments.to_command_line())?;
        let address = listening(&server)?;
        Ok((server, address))
    }

    /// Leaves the new server alone with its callers for a while, in which they have to have found it.
    fn wait_for_calls(self, traffic: &Traffic, before: u64, restart: u16) -> anyhow::Result<()> {
        thread::sleep(self.pause);
        let deadline = Instant::now() + CALL_TIMEOUT;
        while traffic.calls() == before {
            let what = self.transport;
            ensure!(
                Instant::now() < deadline,
                "{what}: no call ended well within {CALL_TIMEOUT:?} of restart {restart}"
            );
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

/// Connections that had to be cut off, and how long it took until all calls had ended.
fn stop(server: &mut Child) -> anyhow::Result<(usize, Duration)> {
    let begun = Instant::now();
    server.tell("stop")?;
    match server.hear(DRAIN_TIMEOUT + PATIENCE)? {
        FromServer::Stopped { cut_off } => Ok((cut_off, begun.elapsed())),
        other => Err(server.unexpected(format!("{other:?}")).into()),
    }
}

/// What a server of this project grants running calls by default.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);

fn progress(run: Run, restart: u16, traffic: &Traffic) -> io::Result<()> {
    let (transport, of) = (run.transport, run.restarts);
    writeln!(
        io::stderr(),
        "{transport:<15} restart {restart:>2}/{of}: {} calls, {} lost",
        traffic.calls(),
        traffic.lost()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound_and_takes_only_transports_of_ours() {
        <Arguments as clap::CommandFactory>::command().debug_assert();
        let read = |names| Arguments::try_parse_from(["restarts", "--transports", names]);
        assert_eq!(read("yamux-2,stdnet").unwrap().plan.transports, [Transport::YamuxTwo, Transport::StdNet]);
        let refused = read("volo").unwrap_err().to_string();
        assert!(refused.contains("expected one of stdnet, websocket, yamux, yamux-2, yamux-websocket"), "{refused}");
    }
}
