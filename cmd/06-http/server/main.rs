//! Serves over HTTP, one POST a call.
//! Each service has a path of its own, as a message over HTTP does not name its service.

use clap::Parser;
use volplane_cmd::{Failure, ServiceArgs, Services, init_logging};
use volplane_transport::{Http, ctrl_c, serve_with};

#[derive(Parser)]
struct Args {
    /// Where to listen; the path of a service begins with this one.
    #[arg(long, default_value = "http://127.0.0.1:8893/thrift")]
    url: String,
    #[command(flatten)]
    services: ServiceArgs,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    init_logging("info");
    let args = Args::parse();
    let services = Services::new(args.services).await?;
    let listener = Http::bind(args.url).await?.with_subpaths();
    let server = serve_with(listener, move |peer| services.at(peer.path()));
    println!("listening on {}", server.endpoint());
    server.with_graceful_shutdown(ctrl_c()).await;
    Ok(())
}
