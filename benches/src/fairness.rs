//! `cargo bench --bench fairness`: how long small calls over a yamux session take while a large message is sent over the
//! same slow link.

use std::future::IntoFuture;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use volplane_generated::api::{EchoClient, EchoClientBuilder, EchoServer, Request};
use volplane_transport::{ConnectWith, StdNet, Yamux, serve};

use crate::arguments::ReportArguments;
use crate::server::EchoHandler;

/// Measures small calls beside a large message over one yamux session and a slow link, in one process.
#[derive(Debug, Parser)]
#[command(name = "cargo bench -p volplane-bench --bench fairness --")]
struct Arguments {
    /// How many callers make small calls.
    #[arg(long, default_value = "20")]
    callers: usize,
    /// Bytes of a small message.
    #[arg(long, default_value = "100")]
    small: usize,
    /// Bytes of a large message.
    #[arg(long, default_value_t = 8 * 1024 * 1024)]
    large: usize,
    /// Bytes that the link carries in a second, in each direction.
    #[arg(long, default_value = "4000000")]
    rate: u32,
    /// Seconds of each measurement [default: 5]
    #[arg(long)]
    seconds: Option<u64>,
    #[command(flatten)]
    report: ReportArguments,
}

/// The program.
///
/// # Errors
///
/// When a call fails.
pub fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let time = Duration::from_secs(arguments.seconds.unwrap_or(if arguments.report.bench { 5 } else { 1 }));
    let table = tokio::runtime::Runtime::new()?.block_on(measure(&arguments, time))?;
    write!(io::stdout(), "\n{table}")?;
    arguments.report.write_section("fairness", "Small calls beside a large message, over yamux", &table)?;
    Ok(())
}

async fn measure(arguments: &Arguments, time: Duration) -> anyhow::Result<String> {
    let listener = StdNet::bind("127.0.0.1:0").await?;
    let behind = listener.local_addr();
    // Both end with the set, when the measurement is over.
    let mut tasks = JoinSet::new();
    let service = EchoServer::from_handler(EchoHandler);
    tasks.spawn(async move {
        let _served = serve(Yamux::listen(listener).into_streams(), service).into_future().await;
    });
    let relay = TcpListener::bind("127.0.0.1:0").await?;
    let address = relay.local_addr()?;
    let rate = f64::from(arguments.rate);
    tasks.spawn(async move {
        // The end of a connection shows in the calls.
        let _ended = carry_both_ways(relay, behind, rate).await;
    });
    let connector = Yamux::over(StdNet::to(address));
    let client = EchoClientBuilder::new("example").rpc_timeout(None).connect_with(connector).build();

    let alone = p99(&client, arguments, time).await?;
    let large = tokio::spawn({
        let (client, text) = (client.clone(), "x".repeat(arguments.large));
        async move {
            let (began, mut calls) = (Instant::now(), 0_u32);
            while began.elapsed() < time {
                client.echo(Request { message: Some(text.clone().into()) }).await?;
                calls += 1;
            }
            Ok::<_, anyhow::Error>(began.elapsed() / calls.max(1))
        }
    });
    let beside = p99(&client, arguments, time).await?;
    let each = large.await??;
    Ok(format!(
        "| p99 of {} callers alone | beside a message of {} B | ratio | the large message, there and back |\n\
         |--:|--:|--:|--:|\n| {:.1} ms | {:.1} ms | {:.1} | {:.1} s |\n",
        arguments.callers,
        arguments.large,
        alone.as_secs_f64() * 1e3,
        beside.as_secs_f64() * 1e3,
        beside.as_secs_f64() / alone.as_secs_f64(),
        each.as_secs_f64(),
    ))
}

/// The 99th percentile of the small calls in `time`.
async fn p99(client: &EchoClient, arguments: &Arguments, time: Duration) -> anyhow::Result<Duration> {
    let end = Instant::now() + time;
    let mut callers = JoinSet::new();
    for _ in 0..arguments.callers {
        let (client, text) = (client.clone(), "x".repeat(arguments.small));
        callers.spawn(async move {
            let mut took = Vec::new();
            while Instant::now() < end {
                let began = Instant::now();
                client.echo(Request { message: Some(text.clone().into()) }).await?;
                took.push(began.elapsed());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Ok::<_, anyhow::Error>(took)
        });
    }
    let mut took = Vec::new();
    while let Some(joined) = callers.join_next().await {
        took.extend(joined??);
    }
    took.sort_unstable();
    Ok(took.get(took.len() * 99 / 100).copied().unwrap_or_default())
}

/// Carries one connection between `relay` and `behind` at `rate` bytes per second.
async fn carry_both_ways(relay: TcpListener, behind: std::net::SocketAddr, rate: f64) -> io::Result<()> {
    let (near, _) = relay.accept().await?;
    let far = TcpStream::connect(behind).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let ((near_read, near_write), (far_read, far_write)) = (near.into_split(), far.into_split());
    tokio::try_join!(carry(near_read, far_write, rate), carry(far_read, near_write, rate))?;
    Ok(())
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, rate: f64) -> io::Result<()> {
    let mut part = [0; 4000];
    let mut until = tokio::time::Instant::now();
    loop {
        let count = from.read(&mut part).await?;
        let Some(bytes) = part.get(..count).filter(|bytes| !bytes.is_empty()) else { return Ok(()) };
        to.write_all(bytes).await?;
        // As long as the link takes for so many bytes.
        until = until.max(tokio::time::Instant::now()) + Duration::from_secs_f64(count as f64 / rate);
        tokio::time::sleep_until(until).await;
    }
}
