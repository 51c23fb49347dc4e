//! Calls over WebSocket.

use clap::Parser;
use volplane_cmd::init_logging;
use volplane_generated::api::{EchoClientBuilder, Request};
use volplane_transport::{ConnectWith, WebSocket};

#[derive(Parser)]
struct Args {
    /// Where the server listens.
    #[arg(long, default_value = "ws://127.0.0.1:8890/kitex-ws")]
    url: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    init_logging("warn");
    let args = Args::parse();
    let client = EchoClientBuilder::new("example").connect_with(WebSocket::to(args.url)).build();
    let answer = client.echo(Request { message: Some("Say hello by websocket".into()) }).await?;
    println!("{}", answer.message.unwrap_or_default());
    Ok(())
}
