//! The fourth demo: the call, the server's call back, and a client whose id another client has.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::programs::{Demo, Language, Printed, Programs};
use crate::cases::Cases;

/// The demo's number in the article.
pub const NUMBER: &str = "04";

/// How long a server may take to notice that a client has gone.
const LEAVE_TIMEOUT: Duration = Duration::from_secs(5);

/// Runs the demo's cases against a server that listens.
pub async fn cases(programs: &Programs<'_>, demo: &Demo, client: Language, server: Language) -> anyhow::Result<Cases> {
    let mut cases = Cases::default();
    let once = programs.call(demo, client, server, &["0"]).await?;
    add(&mut cases, "call", once.success && once.has(demo.line(client)), &once);
    add(&mut cases, "callback", once.has(called_back(client)), &once);

    // A client that stays connected, with the id for which the next one asks.
    let log = programs.log(&format!("article {NUMBER} {client} {server} stays"));
    let stays = programs.program(demo, Language::Go, "client", log).args(["1", "stay"]);
    let stays = stays.serve_until(|line| line.contains("client call server response")).await?;
    let second = programs.call(demo, client, server, &["1"]).await?;
    let refused = !second.success && second.has("400") && second.has(in_use(server));
    add(&mut cases, "duplicate id", refused, &second);

    drop(stays);
    let deadline = Instant::now() + LEAVE_TIMEOUT;
    let mut third = programs.call(demo, client, server, &["1"]).await?;
    while !third.success && Instant::now() < deadline {
        sleep(Duration::from_millis(100)).await;
        third = programs.call(demo, client, server, &["1"]).await?;
    }
    add(&mut cases, "the id again", third.success && third.has(demo.line(client)), &third);
    Ok(cases)
}

/// What a client prints when the server calls it.
fn called_back(client: Language) -> &'static str {
    match client {
        Language::Go => "client receive message:",
        Language::Rust => "the hub calls echo",
    }
}

/// What a server says to a client whose id another client has.
fn in_use(server: Language) -> &'static str {
    match server {
        Language::Go => "client 1 already has an s2c connection",
        Language::Rust => "a client with this id is connected",
    }
}

fn add(cases: &mut Cases, name: &str, passed: bool, printed: &Printed) {
    if passed {
        cases.passed += 1;
    } else {
        cases.failed.push(format!("{name}: the client printed: {}", printed.end()));
    }
}
