//! A peer: calls the hub and serves the hub's calls, over one connection that it makes itself.

use clap::Parser;
use volplane_cmd::{Compat, PeerEchoHandler, init_logging};
use volplane_generated::api::{EchoClientBuilder, EchoServer, Request};
use volplane_transport::{ConnectWith, WebSocket, Yamux, serve};

#[derive(Parser)]
struct Args {
    /// The id under which the hub knows this peer.
    id: String,
    /// Where the hub listens.
    #[arg(long, default_value = "ws://127.0.0.1:8891/kitex-ws")]
    url: String,
    /// Connect to the hub of another program.
    #[arg(long)]
    compat: Option<Compat>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    init_logging("warn");
    let args = Args::parse();
    let to = |path: &str| WebSocket::to(format!("{}{path}/{}", args.url, args.id));
    let session = match args.compat {
        None => Yamux::connect(to("")).await?,
        Some(Compat::Kitex) => Yamux::connect_pair(to("/s2c"), to("/c2s")).await?,
    };
    let (hub, incoming) = session.split();
    let client = EchoClientBuilder::new("example").connect_with(hub.clone()).build();
    let server = serve(incoming, EchoServer::from_handler(PeerEchoHandler));
    let callbacks = tokio::spawn(server.into_future());
    eprintln!("{} calls the hub", args.id);
    let answer = client.echo(Request { message: Some("Say hello by yamux".into()) }).await?;
    println!("{}", answer.message.unwrap_or_default());
    hub.close().await;
    callbacks.await?;
    Ok(())
}
