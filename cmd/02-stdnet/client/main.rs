//! Calls over standard-library TCP.

use clap::Parser;
use volplane_cmd::init_logging;
use volplane_generated::api::{EchoClientBuilder, Request};
use volplane_transport::{ConnectWith, StdNet};

#[derive(Parser)]
struct Args {
    /// Where the server listens.
    #[arg(long, default_value = "127.0.0.1:8889")]
    addr: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    init_logging("warn");
    let args = Args::parse();
    let client = EchoClientBuilder::new("example").connect_with(StdNet::to(args.addr)).build();
    let answer = client.echo(Request { message: Some("Say hello by std net".into()) }).await?;
    println!("{}", answer.message.unwrap_or_default());
    Ok(())
}
