//! The article's programs against those of cmd/, each at its default address.

mod programs;
mod yamux;

use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::time::{Duration, Instant};

use anyhow::ensure;
use futures_util::future::join_all;
use tokio::time::sleep;

use self::programs::{Demo, Language, Programs};
use crate::cases::Cases;
use crate::row::{self, Row, Verdict};
use crate::tool::Tool;
use crate::work::Work;

/// Which end calls which. Go on both ends is the control.
const DIRECTIONS: [(Language, Language); 3] =
    [(Language::Go, Language::Rust), (Language::Rust, Language::Go), (Language::Go, Language::Go)];

/// How long the port of the pairing before may take to become free.
const PORT_TIMEOUT: Duration = Duration::from_secs(5);

/// Runs all pairings of this group. Those of one demo use one port, and so run one after the other.
pub async fn run(work: &Work) -> Vec<Row> {
    let programs = match Tool::find("go") {
        Err(missing) => return all(&Verdict::Skipped(missing)),
        Ok(_) => match Programs::build(work).await {
            Err(error) => return all(&error.into()),
            Ok(programs) => programs,
        },
    };
    let programs = &programs;
    let demos = Demo::ALL.iter().map(|demo| async move {
        let mut rows = Vec::new();
        for (client, server) in DIRECTIONS {
            let cases = pairing(programs, demo, client, server).await;
            rows.push(row(demo, client, server).with_verdict(cases.into()));
        }
        rows
    });
    join_all(demos).await.into_iter().flatten().collect()
}

async fn pairing(programs: &Programs<'_>, demo: &Demo, client: Language, server: Language) -> anyhow::Result<Cases> {
    is_free(demo.port).await?;
    let _server = programs.serve(demo, server, client).await?;
    if demo.number == yamux::NUMBER {
        return yamux::cases(programs, demo, client, server).await;
    }
    let printed = programs.call(demo, client, server, &[]).await?;
    let expected = demo.line(client);
    ensure!(printed.success, "the client ended with an error: {}", printed.end());
    ensure!(printed.has(expected), "expected the line \"{expected}\", found: {}", printed.end());
    Ok(Cases { passed: 1, ..Cases::default() })
}

/// Fails if another program listens on the port: its answers would be taken for the server's.
async fn is_free(port: u16) -> anyhow::Result<()> {
    let deadline = Instant::now() + PORT_TIMEOUT;
    while is_taken(port) {
        ensure!(Instant::now() < deadline, "port {port} is taken by another program");
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

fn is_taken(port: u16) -> bool {
    // Go's servers listen on all addresses, ours on 127.0.0.1. A machine may have no IPv6.
    let all = TcpListener::bind((Ipv6Addr::UNSPECIFIED, port));
    let all = all.is_err_and(|error| error.kind() == ErrorKind::AddrInUse);
    all || TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err()
}

fn all(verdict: &Verdict) -> Vec<Row> {
    let rows = Demo::ALL.iter().flat_map(|demo| DIRECTIONS.map(|(client, server)| row(demo, client, server)));
    row::all(rows, verdict)
}

fn row(demo: &Demo, client: Language, server: Language) -> Row {
    let protocol = if client == Language::Rust { "ttheader" } else { "buffered" };
    let direction = format!("{client} -> {server}");
    let row = Row::new("Kitex", programs::KITEX, &direction, demo.transport, protocol);
    let ours = client == Language::Rust || server == Language::Rust;
    if ours && demo.number == yamux::NUMBER { row.with_note("`--compat kitex`") } else { row }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The version of the table is the one that is built.
    #[test]
    fn the_version_is_that_of_go_mod() {
        let module = include_str!("../../peers/article/go.mod");
        assert!(module.contains(&format!("github.com/cloudwego/kitex v{}\n", programs::KITEX)), "{module}");
    }

    #[test]
    fn a_taken_port_is_found() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(is_taken(port));
    }
}
