//! Autobahn|Testsuite against the WebSocket codec: it judges an echo of ours as server and as client.

mod python2;
mod report;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use crate::row::{self, Row, Verdict};
use crate::tool::Tool;
use crate::work::Work;

/// As in `peers/autobahn/requirements.txt`.
const VERSION: &str = "25.10.1";

/// Framing, pings and pongs, reserved bits, opcodes, fragmentation, Close, and what is none of these. Not: 6, UTF-8, as
/// calls are no text; 9, speed; 12 and 13, compression.
const SECTIONS: [&str; 7] = ["1.*", "2.*", "3.*", "4.*", "5.*", "7.*", "10.*"];

/// The name of our echo in the reports.
const AGENT: &str = "volplane";

/// How long building the echo may take, and all cases of one direction, which take 5 s.
const BUILD_TIMEOUT: Duration = Duration::from_secs(900);
const CASES_TIMEOUT: Duration = Duration::from_secs(60);

/// Runs the testsuite in both directions at once.
pub async fn run(work: &Work) -> Vec<Row> {
    let row = |direction| Row::new("Autobahn|Testsuite", VERSION, direction, "websocket", "messages");
    let (server, client) = (row("Autobahn -> Rust"), row("Rust -> Autobahn"));
    let both = |verdict: Verdict| row::all([server.clone(), client.clone()], &verdict);
    let tools = async { Ok((Tool::find("cargo")?, Tool::find("python3")?, python2::find().await?)) };
    let (cargo, python3, python2) = match tools.await {
        Ok(tools) => tools,
        Err(needs) => return both(Verdict::Skipped(needs)),
    };
    let prepared = async {
        let wstest = python2::install(work, &python3, &python2).await?;
        anyhow::Ok(Suite { work, wstest, echo: build_echo(work, &cargo).await? })
    };
    let suite = match prepared.await {
        Ok(suite) => suite,
        Err(error) => return both(error.into()),
    };
    let (of_server, of_client) = tokio::join!(suite.tests_server(), suite.tests_client());
    let judged = |row: Row, outcome: anyhow::Result<report::Outcome>| match outcome {
        Ok(outcome) => row.with_verdict(outcome.verdict).with_note(outcome.note),
        Err(error) => row.with_verdict(error.into()),
    };
    vec![judged(server, of_server), judged(client, of_client)]
}

/// Builds the echo: an example of the transport crate, with a cargo feature that only this test uses.
async fn build_echo(work: &Work, cargo: &Tool) -> anyhow::Result<PathBuf> {
    let build = ["build", "--quiet", "--locked", "--package", "volplane-transport", "--example", "autobahn"];
    let build = build.into_iter().chain(["--features", "unstable-messages"]);
    let cargo = work.program(cargo.path(), "autobahn build").args(build).dir(work.repository());
    cargo.check(BUILD_TIMEOUT).await.context("building the echo")?;
    Ok(work.binaries().join("examples/autobahn"))
}

struct Suite<'a> {
    work: &'a Work,
    wstest: PathBuf,
    echo: PathBuf,
}

impl Suite<'_> {
    /// The testsuite is the client.
    async fn tests_server(&self) -> anyhow::Result<report::Outcome> {
        let echo = self.work.program(&self.echo, "autobahn echo server").args(["server"]).serve().await?;
        let servers = json!([{ "agent": AGENT, "url": echo.address, "options": { "version": 18 } }]);
        let dir = self.dir("of-server")?;
        let spec = write_spec(&dir, json!({ "servers": servers }))?;
        let wstest = self.work.program(&self.wstest, "autobahn client").dir(&dir);
        wstest.args(["--mode", "fuzzingclient", "--spec"]).args([&spec]).check(CASES_TIMEOUT).await?;
        report::read(&dir, AGENT)
    }

    /// The testsuite is the server.
    async fn tests_client(&self) -> anyhow::Result<report::Outcome> {
        let address = free_address().await?;
        let url = format!("ws://{address}");
        let dir = self.dir("of-client")?;
        let spec = write_spec(&dir, json!({ "url": url, "webport": 0 }))?;
        let wstest = self.work.program(&self.wstest, "autobahn server").dir(&dir).env("PYTHONUNBUFFERED", "1");
        let wstest = wstest.args(["--mode", "fuzzingserver", "--webport", "0", "--spec"]).args([&spec]);
        let _wstest = wstest.serve_until(|line| line.starts_with("Cases =")).await?;
        wait_for(address).await?;
        let echo = self.work.program(&self.echo, "autobahn echo client").args(["client", &url]);
        echo.check(CASES_TIMEOUT).await?;
        report::read(&dir, AGENT)
    }

    /// An empty folder for the specification and the report of a direction.
    fn dir(&self, name: &str) -> anyhow::Result<PathBuf> {
        let dir = self.work.dir(&format!("autobahn/{name}"))?;
        std::fs::remove_dir_all(&dir)?;
        self.work.dir(&format!("autobahn/{name}"))
    }
}

/// Writes what the testsuite is to do: `direction`, and what both have in common.
fn write_spec(dir: &Path, direction: serde_json::Value) -> anyhow::Result<PathBuf> {
    let mut spec = json!({
        "outdir": dir.join(report::DIR),
        "cases": SECTIONS,
        "exclude-cases": [],
        "exclude-agent-cases": {},
    });
    if let (Some(spec), serde_json::Value::Object(direction)) = (spec.as_object_mut(), direction) {
        spec.extend(direction);
    }
    let path = dir.join("spec.json");
    std::fs::write(&path, spec.to_string()).with_context(|| format!("writing {}", path.display()))?;
    Ok(path)
}

/// A port of this machine that nobody listens on: the testsuite can't be asked which one it has chosen.
async fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()?)
}

/// Waits until a server listens: the testsuite prints its last line just before.
async fn wait_for(address: SocketAddr) -> anyhow::Result<()> {
    let connecting = async {
        while TcpStream::connect(address).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(10), connecting).await.with_context(|| format!("nobody listens on {address}"))
}
