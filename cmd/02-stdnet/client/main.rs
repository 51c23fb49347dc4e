//! Calls over standard-library TCP.

use clap::Parser;
use volplane_cmd::init_logging;
use volplane_generated::api::{EchoClientBuilder, Request};
use volplane_transport::{ConnectWith, Protocol, StdNet};

#[derive(Parser)]
struct Args {
    /// Where the server listens.
    #[arg(long, default_value = "127.0.0.1:8889")]
    addr: String,
    /// The protocol that the server understands: ttheader, framed or buffered, each also with -compact.
    #[arg(long, default_value_t)]
    protocol: Protocol,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    init_logging("warn");
    let args = Args::parse();
    let client = EchoClientBuilder::new("example").connect_with_protocol(StdNet::to(args.addr), args.protocol).build();
    let answer = client.echo(Request { message: Some("Say hello by std net".into()) }).await?;
    println!("{}", answer.message.unwrap_or_default());
    Ok(())
}
