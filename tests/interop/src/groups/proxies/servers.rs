//! Our servers behind the proxies.

use anyhow::Context;

use crate::program::Server;
use crate::work::Work;

/// The servers: the name of each one's port in the configurations, the transport of our peer and its further arguments.
const SERVERS: [(&str, &str, &[&str]); 5] = [
    ("WEBSOCKET", "websocket", &[]),
    ("YAMUX", "yamux-websocket", &[]),
    ("HTTP", "http", &[]),
    ("PROXIED_TCP", "tcp", &["--proxy-protocol"]),
    ("PROXIED_WEBSOCKET", "websocket", &["--proxy-protocol"]),
];

/// Servers that run until this is dropped.
#[derive(Debug)]
pub struct Servers {
    running: Vec<(&'static str, u16, Server)>,
}

/// Starts all servers.
///
/// # Errors
///
/// If a server does not start.
pub async fn start(work: &Work) -> anyhow::Result<Servers> {
    let mut running = Vec::new();
    for (name, transport, args) in SERVERS {
        let server = work.rust_peer("server", transport, "buffered").args(args).serve().await?;
        let port = port(&server.address).with_context(|| format!("no port in \"{}\"", server.address))?;
        running.push((name, port, server));
    }
    Ok(Servers { running })
}

impl Servers {
    /// The port of each server, by its name.
    pub fn ports(&self) -> impl Iterator<Item = (&'static str, u16)> {
        self.running.iter().map(|(name, port, _)| (*name, *port))
    }
}

/// The port of `HOST:PORT` or a URL.
fn port(address: &str) -> Option<u16> {
    let authority = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = authority.split(['/', '?']).next()?;
    authority.rsplit_once(':')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_of_addresses_and_urls() {
        assert_eq!(port("127.0.0.1:8888"), Some(8888));
        assert_eq!(port("tcp://[::1]:8888"), Some(8888));
        assert_eq!(port("yamux+ws://127.0.0.1:8891/kitex-ws?a=b:1"), Some(8891));
        assert_eq!(port("127.0.0.1"), None);
    }
}
