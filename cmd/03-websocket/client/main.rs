//! Calls over WebSocket.

use clap::Parser;
use volplane_cmd::{Clients, Failure, init_logging};
use volplane_generated::api::Request;
use volplane_transport::WebSocket;

#[derive(Parser)]
struct Args {
    /// Where the server listens.
    #[arg(long, default_value = "ws://127.0.0.1:8890/kitex-ws")]
    url: String,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    init_logging("warn");
    let args = Args::parse();
    let clients = Clients::over(WebSocket::to(args.url));
    let answer = clients.echo.echo(Request { message: Some("Say hello by websocket".into()) }).await?;
    println!("{}", answer.message.unwrap_or_default());
    Ok(())
}
