//! Serves over WebSocket.

use clap::Parser;
use volplane_cmd::{EchoHandler, init_logging};
use volplane_generated::api::EchoServer;
use volplane_transport::{WebSocket, ctrl_c, serve};

#[derive(Parser)]
struct Args {
    /// Where to listen.
    #[arg(long, default_value = "ws://127.0.0.1:8890/kitex-ws")]
    url: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    init_logging("info");
    let args = Args::parse();
    let listener = WebSocket::bind(args.url).await?;
    let server = serve(listener, EchoServer::from_handler(EchoHandler));
    println!("listening on {}", server.endpoint());
    server.with_graceful_shutdown(ctrl_c()).await;
    Ok(())
}
