//! `cargo bench --bench idle`: the memory that an idle connection takes on the server's side.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Parser;
use motore::service::UnaryService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use volo::net::Address;
use volplane_transport::{Outgoing, StdNet, WebSocket, Yamux, YamuxStream};

use crate::arguments::{ReportArguments, ServerArguments, ServerPart};
use crate::child::Child;
use crate::measure::{PATIENCE, listening};
use crate::message::FromServer;
use crate::process::{Scheduler, limit_descriptors};
use crate::server::{self, WEBSOCKET_PATH};
use crate::stranger::{Stranger, call};
use crate::transport::Transport;

/// Measures the memory of an idle connection on the server's side, server and clients in processes of their own.
#[derive(Debug, Parser)]
#[command(name = "cargo bench -p volplane-bench --bench idle --", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    part: Option<ServerPart>,
    /// How many connections are open [default: 5000]
    #[arg(long)]
    connections: Option<usize>,
    /// What to measure [default: stdnet, websocket, yamux, yamux-websocket]
    #[arg(long, value_delimiter = ',')]
    transports: Vec<Transport>,
    #[command(flatten)]
    report: ReportArguments,
}

/// Memory per idle connection, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Over what.
    pub transport: Transport,
    /// How many were open.
    pub connections: usize,
    /// Connected, and no call made yet.
    pub connected: f64,
    /// After one call, whose stream is still open over yamux.
    pub after_a_call: f64,
    /// After the stream was closed; as before where a connection has no streams.
    pub at_rest: f64,
    /// The most that the design allows at rest, in bytes.
    pub bar: Option<f64>,
}

/// Transports that the design has a bar for, in KiB.
fn bar(transport: Transport) -> Option<f64> {
    let kib = match transport {
        Transport::StdNet => 12.0,
        Transport::WebSocket => 14.0,
        Transport::YamuxWebSocket => 16.0,
        _ => return None,
    };
    Some(kib * 1024.0)
}

const TRANSPORTS: [Transport; 4] =
    [Transport::StdNet, Transport::WebSocket, Transport::Yamux, Transport::YamuxWebSocket];

/// The program: both processes of it.
///
/// # Errors
///
/// When a process fails, or the system has too few descriptors.
pub fn main() -> anyhow::Result<()> {
    let Arguments { part, connections, transports, report } = Arguments::parse();
    if let Some(ServerPart::Server(server)) = part {
        return server::main(&server);
    }
    limit_descriptors(None)?;
    let connections = connections.unwrap_or(if report.bench { 5000 } else { 50 });
    let transports = if transports.is_empty() { TRANSPORTS.to_vec() } else { transports };
    let mut rows = Vec::new();
    for transport in transports {
        rows.push(measure(transport, connections)?);
    }
    let table = render(&rows);
    write!(io::stdout(), "\n{table}")?;
    report.write_section("idle", "Memory of an idle connection, on the side of the server", &table)?;
    Ok(())
}

/// The rows as a table in Markdown.
pub fn render(rows: &[Row]) -> String {
    let mut out = "| transport | connections | connected KiB | after a call KiB | at rest KiB | bar KiB |\n".to_owned();
    out.push_str("|:--|--:|--:|--:|--:|--:|\n");
    for Row { transport, connections, connected, after_a_call, at_rest, bar } in rows {
        let kib = |bytes: f64| format!("{:.1}", bytes / 1024.0);
        let bar = bar.map_or_else(|| "-".to_owned(), |bar| format!("{:.0}", bar / 1024.0));
        let cells =
            [transport.to_string(), connections.to_string(), kib(*connected), kib(*after_a_call), kib(*at_rest), bar];
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}

/// A connection that is kept open.
enum Kept {
    Bytes(Stranger),
    Session(Outgoing, Option<Box<YamuxStream>>),
}

/// Opens `connections` idle ones, and looks at the server's memory.
///
/// # Errors
///
/// When a process fails.
pub fn measure(transport: Transport, connections: usize) -> anyhow::Result<Row> {
    let mut server = Child::start(&ServerArguments::anywhere(transport, 64, Scheduler::Multi).to_command_line())?;
    let to = listening(&server)?;
    Scheduler::Multi.run(async {
        // What a server needs for its first connections is not counted.
        for _ in 0..20 {
            open(transport, to).await?.call().await?;
        }
        let mut kept = Vec::new();
        let before = rss(&mut server).await?;
        for _ in 0..connections {
            kept.push(open(transport, to).await.context("connecting")?);
        }
        let connected = rss(&mut server).await?;
        for connection in &mut kept {
            connection.call().await.context("calling")?;
        }
        let called = rss(&mut server).await?;
        for connection in &mut kept {
            connection.rest().await?;
        }
        let resting = rss(&mut server).await?;
        ensure!(kept.len() == connections, "all connections are open");
        let each = |now: f64| (now - before) / connections as f64;
        Ok(Row {
            transport,
            connections,
            connected: each(connected),
            after_a_call: each(called),
            at_rest: each(resting),
            bar: bar(transport),
        })
    })
}

/// The server's memory once it is at rest: an idle session frees its buffers after a second.
async fn rss(server: &mut Child) -> anyhow::Result<f64> {
    tokio::time::sleep(Duration::from_secs(3)).await;
    server.tell("sample")?;
    match server.hear(PATIENCE)? {
        FromServer::Sample { rss_bytes: Some(bytes), .. } => Ok(bytes as f64),
        other => Err(server.unexpected(format!("{other:?}")).into()),
    }
}

async fn open(transport: Transport, to: SocketAddr) -> anyhow::Result<Kept> {
    Ok(match transport {
        Transport::Yamux => Kept::Session(Yamux::connect(StdNet::to(to)).await?.split().0, None),
        Transport::YamuxWebSocket => {
            let url = format!("ws://{to}{WEBSOCKET_PATH}");
            Kept::Session(Yamux::connect(WebSocket::to(url)).await?.split().0, None)
        }
        _ => Kept::Bytes(Stranger::connect(transport, IpAddr::V4(Ipv4Addr::LOCALHOST), to).await?),
    })
}

impl Kept {
    /// One call, whose answer is read. The answer to a framed call is some 40 bytes; its exact length doesn't matter.
    async fn call(&mut self) -> anyhow::Result<()> {
        let call = call("hello");
        match self {
            Kept::Bytes(stranger) => {
                stranger.send(&call).await?;
                stranger.read(30).await?;
            }
            Kept::Session(outgoing, kept) => {
                let address = Address::Ip(([0, 0, 0, 0], 0).into());
                let mut stream = outgoing.call(address).await?;
                stream.write_all(&call).await?;
                stream.flush().await?;
                stream.read_exact(&mut [0; 30]).await?;
                *kept = Some(Box::new(stream));
            }
        }
        Ok(())
    }

    /// Closes the stream of the last call, as a client's pool does with an idle one.
    async fn rest(&mut self) -> anyhow::Result<()> {
        if let Kept::Session(_, kept) = self
            && let Some(mut stream) = kept.take()
        {
            stream.shutdown().await?;
            stream.read_to_end(&mut Vec::new()).await?;
        }
        Ok(())
    }
}
