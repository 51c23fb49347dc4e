//! A peer: calls the hub and serves the hub's calls, over one connection that it makes itself.

use clap::Parser;
use volplane_cmd::{Clients, Compat, Failure, PeerService, ServiceArgs, Services, init_logging};
use volplane_generated::api::Request;
use volplane_transport::{WebSocket, Yamux, encode_path_id, serve};

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
    #[command(flatten)]
    services: ServiceArgs,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    init_logging("info");
    let args = Args::parse();
    let services = Services::new(args.services).await?;
    let to = |path: &str| WebSocket::to(format!("{}{path}/{}", args.url, encode_path_id(&args.id)));
    let session = match args.compat {
        None => Yamux::connect(to("")).await?,
        Some(Compat::Kitex) => Yamux::connect_pair(to("/s2c"), to("/c2s")).await?,
    };
    let (hub, incoming) = session.split();
    let callbacks = tokio::spawn(serve(incoming, PeerService::new(&services)).into_future());
    tracing::info!("{} calls the hub", args.id);
    let clients = Clients::over(hub.clone());
    let answer = clients.echo.echo(Request { message: Some("Say hello by yamux".into()) }).await?;
    println!("{}", answer.message.unwrap_or_default());
    hub.close().await;
    callbacks.await?;
    Ok(())
}
