//! Serves over WebSocket with TLS, with a certificate made on the spot.

use std::path::PathBuf;

use clap::Parser;
use volplane_cmd::{Failure, ServiceArgs, Services, init_logging};
use volplane_transport::{Tls, TlsIdentity, WebSocket, ctrl_c, serve};

#[derive(Parser)]
struct Args {
    /// Where to listen.
    #[arg(long, default_value = "wss://127.0.0.1:8892/kitex-ws")]
    url: String,
    /// Where to write the certificate, for the client.
    #[arg(long, default_value = "05-tls.pem")]
    ca: PathBuf,
    #[command(flatten)]
    services: ServiceArgs,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    init_logging("info");
    let args = Args::parse();
    let services = Services::new(args.services).await?;
    // A certificate from a file: `TlsIdentity::from_pem_files("server.pem", "server.key")?`.
    let made = rcgen::generate_simple_self_signed(["localhost", "127.0.0.1", "::1"].map(String::from))?;
    let identity = TlsIdentity::from_pem(made.cert.pem(), made.signing_key.serialize_pem())?;
    std::fs::write(&args.ca, made.cert.pem())?;
    let listener = WebSocket::bind_tls(args.url, Tls::server(identity)).await?;
    let server = serve(listener, services.router());
    println!("listening on {}", server.endpoint());
    server.with_graceful_shutdown(ctrl_c()).await;
    Ok(())
}
