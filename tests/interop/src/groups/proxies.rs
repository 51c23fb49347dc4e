//! nginx and haproxy with their default timeouts, between our client and our servers.

mod proxy;
mod servers;

use std::time::Duration;

use anyhow::{Context, bail};
use futures_util::future::join_all;

use self::proxy::Proxy;
use self::servers::Servers;
use crate::cases::Cases;
use crate::row::{self, Row, Verdict};
use crate::tool::Tool;
use crate::work::Work;

/// How long a connection carries nothing: longer than nginx's 60 s and the 50 s of Debian's haproxy.cfg.
const IDLE_SECONDS: u64 = 70;
/// How long a client may take.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(IDLE_SECONDS + 60);

/// The proxies, each with the ends that its configuration has.
const PROXIES: [(&str, &[End]); 2] =
    [("nginx", &[End::WebSocket, End::Yamux, End::Http, End::Tls]), ("haproxy", &End::ALL)];

/// What a proxy does for one server, on a port of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    WebSocket,
    Yamux,
    Http,
    /// The client's connection has TLS, the server's has none.
    Tls,
    /// TCP with the PROXY protocol 1.
    ProxyV1,
    /// WebSocket with the PROXY protocol 2.
    ProxyV2,
}

impl End {
    const ALL: [End; 6] = [End::WebSocket, End::Yamux, End::Http, End::Tls, End::ProxyV1, End::ProxyV2];

    /// Its port's name in the configurations.
    fn port(self) -> &'static str {
        match self {
            End::WebSocket => "AT_WEBSOCKET",
            End::Yamux => "AT_YAMUX",
            End::Http => "AT_HTTP",
            End::Tls => "AT_TLS",
            End::ProxyV1 => "AT_PROXY_V1",
            End::ProxyV2 => "AT_PROXY_V2",
        }
    }

    /// What the table calls it.
    fn title(self) -> &'static str {
        match self {
            End::WebSocket => "websocket",
            End::Yamux => "yamux on websocket",
            End::Http => "http",
            End::Tls => "websocket, TLS up to the proxy",
            End::ProxyV1 => "tcp, PROXY protocol 1",
            End::ProxyV2 => "websocket, PROXY protocol 2",
        }
    }

    /// The transport and the protocol of our peer.
    fn transport(self) -> (&'static str, &'static str) {
        match self {
            End::WebSocket | End::Tls | End::ProxyV2 => ("websocket", "ttheader"),
            End::Yamux => ("yamux-websocket", "ttheader"),
            End::Http => ("http", "buffered"),
            End::ProxyV1 => ("tcp", "ttheader"),
        }
    }

    /// What our client connects to.
    fn address(self, port: u16) -> String {
        match self {
            End::Tls => format!("wss://localhost:{port}/everything"),
            End::Http => format!("http://127.0.0.1:{port}/everything"),
            End::ProxyV1 => format!("127.0.0.1:{port}"),
            End::WebSocket | End::Yamux | End::ProxyV2 => format!("ws://127.0.0.1:{port}/everything"),
        }
    }

    /// How many connections a client has opened after the second call.
    fn connections(self, proxy: &str) -> usize {
        match (self, proxy) {
            // A proxy closes what it takes for an unused connection, and the client opens another one.
            (End::Http, "haproxy") | (End::ProxyV1, _) => 2,
            _ => 1,
        }
    }

    fn note(self, proxy: &str) -> String {
        match self.connections(proxy) {
            1 => format!("and a call after {IDLE_SECONDS} s on the same connection"),
            _ => format!("and a call after {IDLE_SECONDS} s, for which the client opens another connection"),
        }
    }
}

/// Runs all pairings of this group, at once.
pub async fn run(work: &Work) -> Vec<Row> {
    let servers = match servers::start(work).await {
        Ok(servers) => servers,
        Err(error) => return failed(&error.into()),
    };
    let servers = &servers;
    join_all(PROXIES.map(|(name, ends)| through(work, servers, name, ends))).await.concat()
}

fn failed(verdict: &Verdict) -> Vec<Row> {
    row::all(PROXIES.iter().flat_map(|(name, ends)| ends.iter().map(|end| row(name, "", *end))), verdict)
}

fn row(name: &str, version: &str, end: End) -> Row {
    Row::new(name, version, "Rust -> Rust", end.title(), end.transport().1)
}

async fn through(work: &Work, servers: &Servers, name: &str, ends: &[End]) -> Vec<Row> {
    let all = |verdict: Verdict| row::all(ends.iter().map(|end| row(name, "", *end)), &verdict);
    let tools = Tool::find(name).and_then(|tool| Tool::find("openssl").map(|openssl| (tool, openssl)));
    let (tool, openssl) = match tools {
        Ok(tools) => tools,
        Err(missing) => return all(Verdict::Skipped(missing)),
    };
    match Proxy::start(work, &tool, &openssl, name, servers).await {
        Ok(proxy) => join_all(ends.iter().map(|end| pairing(work, &proxy, name, *end))).await,
        Err(error) => all(error.into()),
    }
}

async fn pairing(work: &Work, proxy: &Proxy, name: &str, end: End) -> Row {
    let row = row(name, proxy.version(), end).with_note(end.note(name));
    row.with_verdict(cases(work, proxy, name, end).await.into())
}

/// All cases at once, and two calls with a pause between them.
async fn cases(work: &Work, proxy: &Proxy, name: &str, end: End) -> anyhow::Result<Cases> {
    let address = end.address(proxy.port(end).context("the configuration has no such port")?);
    let idle_seconds = IDLE_SECONDS.to_string();
    let all = async {
        // One after the other, or the handshakes of 64 callers each wait for all the others. It is never closed.
        let _permit = proxy.cases().acquire().await?;
        client(work, proxy, end, &[&address]).await
    };
    let (all, idle) =
        futures_util::future::try_join(all, client(work, proxy, end, &[&address, "--idle", &idle_seconds])).await?;
    let mut cases = Cases::read(&all);
    let idle_cases = Cases::read(&idle);
    cases.passed += idle_cases.passed;
    cases.failed.extend(idle_cases.failed);
    let expected = format!("connections {}", end.connections(name));
    if !idle.lines().any(|line| line == expected) {
        cases.failed.push(format!("idle: expected \"{expected}\", found {:?}", idle.trim_end()));
    }
    Ok(cases)
}

async fn client(work: &Work, proxy: &Proxy, end: End, args: &[&str]) -> anyhow::Result<String> {
    let (transport, protocol) = end.transport();
    let program = work.rust_peer("client", transport, protocol).env("SSL_CERT_FILE", proxy.certificate()).args(args);
    let output = program.run(CLIENT_TIMEOUT).await?;
    if !output.success && Cases::read(&output.text).failed.is_empty() {
        bail!("the client ended with an error{}", output.log);
    }
    Ok(output.text)
}
