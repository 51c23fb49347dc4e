//! Calls over volo's own connections.

use std::net::SocketAddr;

use clap::Parser;
use volplane_cmd::{Clients, Failure, init_logging};
use volplane_generated::api::Request;

#[derive(Parser)]
struct Args {
    /// Where the server listens.
    #[arg(long, default_value = "127.0.0.1:8888")]
    addr: SocketAddr,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    init_logging("warn");
    let args = Args::parse();
    let clients = Clients::over_volo(args.addr);
    let answer = clients.echo.echo(Request { message: Some("Say hello by volo default".into()) }).await?;
    println!("{}", answer.message.unwrap_or_default());
    Ok(())
}
