//! One measurement: a server and a client in processes of their own, ours or another framework's, which say the same lines.

use std::fmt::Display;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::bars::Verdict;
use crate::child::{Child, ChildError};
use crate::client::CALL_TIMEOUT;
use crate::message::{FromClient, FromServer, Outcome};
use crate::plan::Plan;
use crate::results::{Measurement, Point, Row};

/// How long a child may take to start or to answer, on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// How long a client calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// Before calls count.
    pub(crate) warm_up: Duration,
    /// While calls count.
    pub(crate) seconds: Duration,
}

impl Times {
    pub(crate) fn of<T>(plan: &Plan<T>) -> Self {
        let (warm_up, seconds) = (Duration::from_secs_f64(plan.warm_up), Duration::from_secs_f64(plan.seconds));
        Self { warm_up, seconds }
    }
}

/// What both processes of a measurement say.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    client: Outcome,
    server_cpu_us: Option<f64>,
    connections: u64,
}

impl Seen {
    pub(crate) fn measurement<T>(self, round: u16, point: Point<T>) -> Measurement<T> {
        let Self { client, server_cpu_us, connections } = self;
        Measurement { round, point, client, server_cpu_us, connections }
    }
}

/// Waits for `server`, has a client started for its address, and listens to both until the client has said what it saw.
pub(crate) fn observe(
    mut server: Child,
    Times { warm_up, seconds }: Times,
    client: impl FnOnce(SocketAddr) -> Result<Child, ChildError>,
) -> Result<Seen, ChildError> {
    let client = client(listening(&server)?)?;
    expect(&client, &FromClient::Began, warm_up + PATIENCE)?;
    let (before, _) = sample(&mut server)?;
    expect(&client, &FromClient::Ended, seconds + PATIENCE)?;
    let (after, connections) = sample(&mut server)?;
    // The last calls may run into their timeout.
    let client = match client.hear(CALL_TIMEOUT + PATIENCE)? {
        FromClient::Outcome(outcome) => outcome,
        other => return Err(client.unexpected(format!("{other:?}"))),
    };
    let server_cpu_us = before.zip(after).map(|(before, after)| after - before);
    Ok(Seen { client, server_cpu_us, connections })
}

/// Where a server that has just been started listens.
pub(crate) fn listening(server: &Child) -> Result<SocketAddr, ChildError> {
    match server.hear(PATIENCE)? {
        FromServer::Listening { address } => Ok(address),
        other => Err(server.unexpected(format!("{other:?}"))),
    }
}

fn expect(client: &Child, wanted: &FromClient, patience: Duration) -> Result<(), ChildError> {
    let said: FromClient = client.hear(patience)?;
    if said == *wanted { Ok(()) } else { Err(client.unexpected(format!("{said:?}"))) }
}

/// The server's CPU time so far, and its connections.
fn sample(server: &mut Child) -> Result<(Option<f64>, u64), ChildError> {
    server.tell("sample")?;
    match server.hear(PATIENCE)? {
        FromServer::Sample { cpu_us, connections, .. } => Ok((cpu_us, connections)),
        other => Err(server.unexpected(format!("{other:?}"))),
    }
}

/// Tells on the standard error how far a run is.
pub(crate) fn progress<T: Display>(number: usize, total: usize, measurement: &Measurement<T>) -> io::Result<()> {
    let Measurement { round, point, client, .. } = measurement;
    let Point { size, callers, transport } = point;
    let rate = client.calls as f64 / client.seconds;
    writeln!(
        io::stderr(),
        "{number:>3}/{total} round {round}: {transport:<15} {callers:>3} callers {size:>6} B {rate:>8.0} req/s {:>8.1} us",
        client.p50_us,
    )
}

/// The results as other programs read them.
#[derive(Serialize)]
pub(crate) struct Written<'a, T> {
    pub(crate) machine: Machine,
    pub(crate) plan: &'a Plan<T>,
    pub(crate) bars: &'a [Verdict],
    pub(crate) rows: Vec<Row<T>>,
    pub(crate) measurements: Vec<Measurement<T>>,
}

#[derive(Serialize)]
pub(crate) struct Machine {
    os: &'static str,
    arch: &'static str,
    cores: Option<usize>,
}

impl Machine {
    pub(crate) fn this() -> Self {
        let cores = std::thread::available_parallelism().ok().map(usize::from);
        Self { os: std::env::consts::OS, arch: std::env::consts::ARCH, cores }
    }
}

pub(crate) fn write_json(path: &Path, written: &impl Serialize) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut text = serde_json::to_vec_pretty(written)?;
    text.push(b'\n');
    std::fs::write(path, text)
}
