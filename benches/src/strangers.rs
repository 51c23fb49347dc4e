//! `cargo bench --bench strangers`: what strangers do to a server, and what the others notice of it.

mod attack;
mod others;
mod report;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::ensure;
use clap::Parser;

use crate::arguments::{ReportArguments, ServerArguments, ServerPart, seconds};
use crate::child::Child;
use crate::measure::{PATIENCE, listening};
use crate::message::FromServer;
use crate::process::{Scheduler, limit_descriptors};
use crate::server;
use crate::transport::Transport;

use attack::{Attack, Strength, begin};
use others::{Others, Seen};
use report::Row;

/// Attacks a server, and measures what others notice: server and clients in processes of their own.
#[derive(Debug, Parser)]
#[command(name = "cargo bench -p volplane-bench --bench strangers --", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    part: Option<ServerPart>,
    /// What to attack [default: stdnet, websocket, yamux, yamux-websocket]
    #[arg(long, value_delimiter = ',')]
    transports: Vec<Transport>,
    /// How long calls count, before the attack and during it [default: 3]
    #[arg(long, value_parser = seconds)]
    seconds: Option<Duration>,
    /// Connections that stall in the handshake [default: 2500]
    #[arg(long)]
    stalled: Option<usize>,
    /// Idle connections [default: 10000]
    #[arg(long)]
    idle: Option<usize>,
    #[command(flatten)]
    report: ReportArguments,
}

const TRANSPORTS: [Transport; 4] =
    [Transport::StdNet, Transport::WebSocket, Transport::Yamux, Transport::YamuxWebSocket];

/// Descriptors of a server that runs out of them: enough for the runtime and the first callers.
const FEW_DESCRIPTORS: u64 = 100;

/// The program: both processes of it.
///
/// # Errors
///
/// When a process fails, a handler of the server panics, a call fails that an attack must not disturb, or the server does
/// not serve after an attack.
pub fn main() -> anyhow::Result<()> {
    let Arguments { part, transports, seconds, stalled, idle, report } = Arguments::parse();
    if let Some(ServerPart::Server(server)) = part {
        return server::main(&server);
    }
    limit_descriptors(None)?;
    let (usual, strength) = if report.bench {
        (3.0, Strength { stalled: 2500, idle: 10_000, descriptors: 300, per_second: 200, floods_per_second: 100 })
    } else {
        (0.1, Strength { stalled: 30, idle: 30, descriptors: 150, per_second: 100, floods_per_second: 100 })
    };
    let strength =
        Strength { stalled: stalled.unwrap_or(strength.stalled), idle: idle.unwrap_or(strength.idle), ..strength };
    let seconds = seconds.unwrap_or(Duration::from_secs_f64(usual));
    let transports = if transports.is_empty() { TRANSPORTS.to_vec() } else { transports };
    let mut rows = Vec::new();
    for transport in transports {
        for attack in [Attack::None].into_iter().chain(Attack::against(transport)) {
            let row = measure(transport, attack, strength, seconds)?;
            writeln!(io::stderr(), "{}", report::line(&row))?;
            rows.push(row);
        }
    }
    let table = report::render(&rows);
    write!(io::stdout(), "\n{table}")?;
    report.write_section("strangers", "What strangers do to others", &table)?;
    let failed: Vec<_> = rows.iter().filter(|row| !row.is_sound()).map(report::line).collect();
    ensure!(failed.is_empty(), "others were not served:\n{}", failed.join("\n"));
    Ok(())
}

fn measure(transport: Transport, attack: Attack, strength: Strength, seconds: Duration) -> anyhow::Result<Row> {
    let few = (attack == Attack::Descriptors).then_some(FEW_DESCRIPTORS);
    let arguments = ServerArguments { descriptors: few, ..ServerArguments::anywhere(transport, 64, Scheduler::Multi) };
    let mut server = Child::start(&arguments.to_command_line())?;
    let to = listening(&server)?;
    Scheduler::Multi.run(async {
        let others = Others::new(transport, to)?;
        // Warms everything up.
        others.call(seconds / 4).await;
        let before = others.call(seconds).await;
        let rss_before = sample(&mut server)?.0;
        let strangers = begin(attack, transport, to, strength).await?;
        let held = strangers.held.len();
        let during = others.call(seconds).await;
        let (rss_during, _) = sample(&mut server)?;
        drop(strangers);
        let served_after = serves_again(transport, to).await;
        let (rss_after, panics) = sample(&mut server)?;
        Ok(Row {
            transport,
            attack,
            held,
            before,
            during,
            rss: [rss_before, rss_during, rss_after],
            panics,
            served_after,
        })
    })
}

/// Whether a new client gets an answer: at once, or when the server has noticed that the strangers are gone.
async fn serves_again(transport: Transport, to: SocketAddr) -> bool {
    let Ok(others) = Others::new(transport, to) else { return false };
    for _ in 0..50 {
        if others.one_new(transport, to).await.is_ok() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    false
}

/// The server's memory in bytes, and how often something in it has panicked.
fn sample(server: &mut Child) -> anyhow::Result<(u64, u64)> {
    server.tell("sample")?;
    match server.hear(PATIENCE)? {
        FromServer::Sample { rss_bytes, panics, .. } => Ok((rss_bytes.unwrap_or(0), panics)),
        other => Err(server.unexpected(format!("{other:?}")).into()),
    }
}

impl Row {
    /// Whether nobody but strangers noticed the attack, apart from how long calls took.
    fn is_sound(&self) -> bool {
        let Seen { failed, new_failed, .. } = self.during;
        // Without descriptors nobody new can be served.
        let new_failed = if self.attack == Attack::Descriptors { 0 } else { new_failed };
        self.panics == 0 && self.served_after && failed == 0 && new_failed == 0
    }
}
