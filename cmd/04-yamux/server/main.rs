//! A hub: serves over yamux on WebSocket, and calls each peer back over the connection that the peer made.

use clap::Parser;
use volplane_cmd::{Compat, Failure, HubService, ServiceArgs, Services, init_logging};
use volplane_transport::{Hub, Listener, WebSocket, Yamux, ctrl_c, serve_sessions};

#[derive(Parser)]
struct Args {
    /// Where to listen; peers add their id to the path.
    #[arg(long, default_value = "ws://127.0.0.1:8891/kitex-ws")]
    url: String,
    /// Accept the peers of other programs.
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
    let hub = Hub::default();
    let listener = WebSocket::bind(args.url).await?;
    println!("listening on {}", listener.endpoint());
    let sessions = match args.compat {
        None => Yamux::listen(listener.with_ids()),
        Some(Compat::Kitex) => Yamux::listen_pairs(listener),
    };
    let server = serve_sessions(sessions, move |outgoing, peer| HubService::new(&services, &hub, peer.id(), outgoing));
    server.with_graceful_shutdown(ctrl_c()).await;
    Ok(())
}
