//! Calls over WebSocket with TLS, and trusts the certificate that the server has made.

use std::path::PathBuf;

use clap::Parser;
use volplane_cmd::{Clients, Failure, init_logging};
use volplane_generated::api::Request;
use volplane_transport::{Tls, TlsRoots, WebSocket};

#[derive(Parser)]
struct Args {
    /// Where the server listens.
    #[arg(long, default_value = "wss://127.0.0.1:8892/kitex-ws")]
    url: String,
    /// The certificate that the server has written.
    #[arg(long, default_value = "05-tls.pem")]
    ca: PathBuf,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    init_logging("warn");
    let args = Args::parse();
    // `WebSocket::to(args.url)` trusts what the operating system trusts.
    let tls = Tls::client().with_roots(TlsRoots::from_pem_file(args.ca)?);
    let clients = Clients::over(WebSocket::to_tls(args.url, tls));
    let answer = clients.echo.echo(Request { message: Some("Say hello by tls".into()) }).await?;
    println!("{}", answer.message.unwrap_or_default());
    Ok(())
}
