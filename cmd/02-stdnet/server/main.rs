//! Serves over standard-library TCP.

use clap::Parser;
use volplane_cmd::{Failure, ServiceArgs, Services, init_logging};
use volplane_transport::{StdNet, ctrl_c, serve};

#[derive(Parser)]
struct Args {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8889")]
    addr: String,
    #[command(flatten)]
    services: ServiceArgs,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    init_logging("info");
    let args = Args::parse();
    let services = Services::new(args.services).await?;
    let listener = StdNet::bind(args.addr).await?;
    let server = serve(listener, services.router());
    println!("listening on {}", server.endpoint());
    server.with_graceful_shutdown(ctrl_c()).await;
    Ok(())
}
