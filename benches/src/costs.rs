//! `cargo bench --bench costs`: what a connection and a call cost apart from load: bytes on the wire, and the time of a first
//! call with its connection and of a later one.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{anyhow, bail};
use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::arguments::{ReportArguments, ServerArguments, ServerPart, size};
use crate::child::Child;
use crate::client::{EchoCaller, EchoOver};
use crate::load::Caller;
use crate::measure::listening;
use crate::process::Scheduler;
use crate::server::{self, SocketFile};
use crate::transport::Transport;

/// Measures bytes on the wire and the time to connect, client and server in processes of their own.
#[derive(Debug, Parser)]
#[command(name = "cargo bench -p volplane-bench --bench costs --", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    part: Option<ServerPart>,
    /// What to measure [default: all that carry calls]
    #[arg(long, value_delimiter = ',')]
    transports: Vec<Transport>,
    /// Bytes in a message.
    #[arg(long, value_parser = size, default_value = "64")]
    size: usize,
    /// How many connections are timed [default: 200]
    #[arg(long)]
    connections: Option<usize>,
    #[command(flatten)]
    report: ReportArguments,
}

/// Bytes in both directions.
#[derive(Clone, Copy, Debug, Default)]
struct Bytes {
    sent: u64,
    received: u64,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    transport: Transport,
    /// Of a first call with its connection; `None` where no TCP is below.
    first: Option<Bytes>,
    /// Of each later call.
    later: Option<[f64; 2]>,
    cold_us: f64,
    warm_us: f64,
}

/// Calls whose bytes are averaged, and whose time is a median.
const CALLS: u32 = 200;

/// The program: both processes of it.
///
/// # Errors
///
/// When a process or a call fails.
pub fn main() -> anyhow::Result<()> {
    let Arguments { part, transports, size, connections, report } = Arguments::parse();
    if let Some(ServerPart::Server(server)) = part {
        return server::main(&server);
    }
    let connections = connections.unwrap_or(if report.bench { 200 } else { 5 });
    let all = Transport::ALL.into_iter().filter(|transport| transport.carries_calls());
    let transports = if transports.is_empty() { all.collect() } else { transports };
    let mut rows = Vec::new();
    for transport in transports {
        rows.push(measure(transport, size, connections)?);
    }
    let table = render(&rows);
    write!(io::stdout(), "\n{table}")?;
    let title = format!("Bytes and connecting, {size} B");
    report.write_section("costs", &title, &table)?;
    Ok(())
}

fn render(rows: &[Row]) -> String {
    let mut out =
        "| transport | first call: bytes out | in | later calls: bytes out | in | first call us | later call us |\n\
                   |:--|--:|--:|--:|--:|--:|--:|\n"
            .to_owned();
    for Row { transport, first, later, cold_us, warm_us } in rows {
        let none = || "-".to_owned();
        let cells = [
            transport.to_string(),
            first.map_or_else(none, |bytes| bytes.sent.to_string()),
            first.map_or_else(none, |bytes| bytes.received.to_string()),
            later.map_or_else(none, |[sent, _]| format!("{sent:.1}")),
            later.map_or_else(none, |[_, received]| format!("{received:.1}")),
            format!("{cold_us:.0}"),
            format!("{warm_us:.0}"),
        ];
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}

fn measure(transport: Transport, size: usize, connections: usize) -> anyhow::Result<Row> {
    let server = Child::start(&ServerArguments::anywhere(transport, size, Scheduler::Multi).to_command_line())?;
    let to = listening(&server)?;
    let _socket = SocketFile::of(transport, to);
    Scheduler::Multi.run(async {
        let mut cold = Vec::new();
        for _ in 0..=connections {
            // A new client has no connection.
            let since = Instant::now();
            let over = EchoOver::new(transport, to)?;
            call(&mut EchoCaller::new(&over.client, size)).await?;
            cold.push(since.elapsed());
        }
        let over = EchoOver::new(transport, to)?;
        let mut caller = EchoCaller::new(&over.client, size);
        call(&mut caller).await?;
        let mut warm = Vec::new();
        for _ in 0..CALLS {
            let since = Instant::now();
            call(&mut caller).await?;
            warm.push(since.elapsed());
        }
        let bytes = if transport.is_over_tcp() { Some(count(transport, size, to).await?) } else { None };
        Ok(Row {
            transport,
            first: bytes.map(|(first, _)| first),
            later: bytes.map(|(_, later)| later),
            cold_us: median_us(&mut cold),
            warm_us: median_us(&mut warm),
        })
    })
}

async fn call(caller: &mut EchoCaller) -> anyhow::Result<()> {
    caller.call().await.map_err(|error| anyhow!(error))
}

fn median_us(times: &mut [Duration]) -> f64 {
    times.sort();
    times.get(times.len() / 2).map_or(f64::NAN, |time| time.as_secs_f64() * 1e6)
}

/// Counts the bytes of a first call, and of later ones, on their way through a relay.
async fn count(transport: Transport, size: usize, to: SocketAddr) -> anyhow::Result<(Bytes, [f64; 2])> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let through = listener.local_addr()?;
    let counts: Arc<[AtomicU64; 2]> = Arc::default();
    let now = || Bytes { sent: counts[0].load(Ordering::Relaxed), received: counts[1].load(Ordering::Relaxed) };
    let mut relay = JoinSet::new();
    // Owned by the set, which ends with this function.
    relay.spawn(carry(listener, to, Arc::clone(&counts)));
    let over = EchoOver::new(transport, through)?;
    let mut caller = EchoCaller::new(&over.client, size);
    call(&mut caller).await?;
    // What follows an answer, such as a window update, belongs to it.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let first = now();
    for _ in 0..CALLS {
        call(&mut caller).await?;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let last = now();
    if last.sent == first.sent {
        bail!("{transport}: the calls did not go through the relay");
    }
    let each = |before: u64, after: u64| (after - before) as f64 / f64::from(CALLS);
    Ok((first, [each(first.sent, last.sent), each(first.received, last.received)]))
}

async fn carry(listener: TcpListener, to: SocketAddr, counts: Arc<[AtomicU64; 2]>) -> io::Result<()> {
    let mut pumps = JoinSet::new();
    loop {
        let (near, _) = listener.accept().await?;
        let far = TcpStream::connect(to).await?;
        near.set_nodelay(true)?;
        far.set_nodelay(true)?;
        let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
        pumps.spawn(pump(from_near, to_far, Arc::clone(&counts), 0));
        pumps.spawn(pump(from_far, to_near, Arc::clone(&counts), 1));
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, counts: Arc<[AtomicU64; 2]>, direction: usize) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        counts[direction].fetch_add(count as u64, Ordering::Relaxed);
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
