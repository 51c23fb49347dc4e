//! Serves over volo's own connections.

use std::net::SocketAddr;

use anyhow::Context;
use clap::Parser;
use tokio::net::TcpListener;
use volo::net::incoming::DefaultIncoming;
use volplane_cmd::{EchoHandler, init_logging};
use volplane_generated::api::EchoServer;

#[derive(Parser)]
struct Args {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8888")]
    addr: SocketAddr,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    init_logging("info");
    let args = Args::parse();
    let listener = TcpListener::bind(args.addr).await.with_context(|| format!("cannot listen on {}", args.addr))?;
    println!("listening on {}", listener.local_addr()?);
    EchoServer::new(EchoHandler).run(DefaultIncoming::from(listener)).await.map_err(anyhow::Error::from_boxed)?;
    Ok(())
}
