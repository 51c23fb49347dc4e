//! The echo that Autobahn|Testsuite tests: `autobahn server` prints its URL and serves until its input ends, `autobahn
//! client URL` runs all cases of a `fuzzingserver`.
//!
//! It goes by messages, as the testsuite does, over the handshake, codec and rules that calls use.
#![allow(clippy::print_stdout)] // the URL is its output

use std::error::Error;
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use motore::service::UnaryService;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use volo::net::Address;
use volplane_transport::websocket_messages::echo;
use volplane_transport::{Layered, Listener, MaybeTlsStream, StdNetListener, WebSocket, WebSocketStream};

/// The name under which the reports have it.
const AGENT: &str = "volplane";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["server"] => serve(WebSocket::bind("ws://127.0.0.1:0/").await?).await,
        ["client", url] => run_cases(url.trim_end_matches('/')).await,
        _ => Err("expected `server` or `client URL`".into()),
    }
}

async fn serve(mut listener: Layered<StdNetListener, WebSocket>) -> Result<(), Box<dyn Error>> {
    println!("{}", listener.endpoint());
    // Not a blocking task of the runtime, which would wait for it.
    let (ended, mut input) = oneshot::channel();
    std::thread::spawn(move || ended.send(std::io::stdin().read_to_end(&mut Vec::new())));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (mut stream, _) = accepted.ok_or("the listener has ended")?;
                // How it ends is what is tested, and what the reports say.
                connections.spawn(async move { echo(&mut stream).await.ok() });
            }
            Some(_) = connections.join_next() => {}
            _ = &mut input => return Ok(()),
        }
    }
}

/// As its protocol wants it: asks how many cases there are, opens a connection for each, then one for the reports.
async fn run_cases(server: &str) -> Result<(), Box<dyn Error>> {
    let mut count = String::new();
    connect(&format!("{server}/getCaseCount")).await?.read_to_string(&mut count).await?;
    let count = u32::from_str(&count)?;
    for case in 1..=count {
        let mut stream = connect(&format!("{server}/runCase?case={case}&agent={AGENT}")).await?;
        echo(&mut stream).await.ok();
    }
    echo(&mut connect(&format!("{server}/updateReports?agent={AGENT}")).await?).await.ok();
    println!("{count} cases");
    Ok(())
}

async fn connect(url: &str) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, Box<dyn Error>> {
    // The address of the service, which is that of the URL.
    let unused = Address::Ip(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0));
    Ok(WebSocket::to(url).call(unused).await?)
}
