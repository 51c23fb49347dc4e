//! Serves over volo's own connections.

use std::net::SocketAddr;

use anyhow::Context;
use clap::Parser;
use tokio::net::TcpListener;
use volo::net::incoming::DefaultIncoming;
use volo_thrift::server::Server;
use volplane_cmd::{Failure, ServiceArgs, Services, init_logging};

#[derive(Parser)]
struct Args {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8888")]
    addr: SocketAddr,
    #[command(flatten)]
    services: ServiceArgs,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    init_logging("info");
    let args = Args::parse();
    let services = Services::new(args.services).await?;
    let listener = TcpListener::bind(args.addr).await.with_context(|| format!("cannot listen on {}", args.addr))?;
    println!("listening on {}", listener.local_addr()?);
    let server = Server::with_router(services.router());
    server.run(DefaultIncoming::from(listener)).await.map_err(anyhow::Error::from_boxed)?;
    Ok(())
}
