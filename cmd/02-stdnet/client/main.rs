//! Calls over standard-library TCP.

use clap::Parser;
use volplane_cmd::{Clients, Failure, init_logging};
use volplane_generated::api::Request;
use volplane_transport::StdNet;

#[derive(Parser)]
struct Args {
    /// Where the server listens.
    #[arg(long, default_value = "127.0.0.1:8889")]
    addr: String,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    init_logging("warn");
    let args = Args::parse();
    let clients = Clients::over(StdNet::to(args.addr));
    let answer = clients.echo.echo(Request { message: Some("Say hello by std net".into()) }).await?;
    println!("{}", answer.message.unwrap_or_default());
    Ok(())
}
