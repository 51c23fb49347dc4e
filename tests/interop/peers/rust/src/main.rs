//! This project's client and server in tests/interop.
//!
//!     rust-peer server TRANSPORT PROTOCOL            prints its address, serves until its standard input is closed
//!     rust-peer client TRANSPORT PROTOCOL ADDRESS    runs all cases, a line each; exit code 0 if none failed
#![allow(clippy::print_stdout)] // other programs read what this one prints

mod cases;
mod client;
mod generated;
mod handler;
mod samples;
mod server;
mod transport;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use volplane_transport::Protocol;

use transport::Transport;

#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    role: Role,
}

#[derive(Subcommand)]
enum Role {
    /// Serve on a free port of 127.0.0.1.
    Server {
        transport: Transport,
        /// Detected from each message: every protocol is served.
        protocol: Protocol,
        /// Where to listen, instead of a free port of 127.0.0.1.
        #[arg(long)]
        listen: Option<String>,
        /// Pages of this origin may connect, beside the server's own; more than once for several.
        #[arg(long)]
        origin: Vec<String>,
        /// Require the PROXY protocol, below a WebSocket as well.
        #[arg(long)]
        proxy_protocol: bool,
    },
    /// Run the cases against a server.
    Client {
        transport: Transport,
        protocol: Protocol,
        /// HOST:PORT or a URL.
        address: String,
        /// Make a call, wait for so many seconds, make another one, and print how many connections they took; nothing
        /// else. The client itself keeps the first connection for that long.
        #[arg(long, value_name = "SECONDS")]
        idle: Option<u64>,
        /// The cases to run; all if none is named.
        #[arg(long, value_delimiter = ',')]
        cases: Vec<String>,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
    match Args::parse().role {
        Role::Server { transport, listen, origin, proxy_protocol, .. } => {
            server::run(transport, listen, origin, proxy_protocol).await?;
            Ok(ExitCode::SUCCESS)
        }
        Role::Client { transport, protocol, address, idle, cases } => {
            let connected = client::connect(transport, protocol, &address, idle).await?;
            let failed = match idle {
                Some(seconds) => cases::idle(&connected, seconds).await,
                None => cases::run(&connected, protocol, &cases).await,
            };
            connected.close().await;
            Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}
