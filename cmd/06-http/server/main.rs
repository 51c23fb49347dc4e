//! Serves over HTTP, one POST a call.

use clap::Parser;
use volplane_cmd::{EchoHandler, init_logging};
use volplane_generated::api::EchoServer;
use volplane_transport::{Http, ctrl_c, serve};

#[derive(Parser)]
struct Args {
    /// Where to listen.
    #[arg(long, default_value = "http://127.0.0.1:8893/thrift")]
    url: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    init_logging("info");
    let args = Args::parse();
    let listener = Http::bind(args.url).await?;
    let server = serve(listener, EchoServer::from_handler(EchoHandler));
    println!("listening on {}", server.endpoint());
    server.with_graceful_shutdown(ctrl_c()).await;
    Ok(())
}
