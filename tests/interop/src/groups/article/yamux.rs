//! The fourth demo: the call, the server's call back, and a client whose id another client has.

use super::programs::{Demo, Language, Printed, Programs};
use crate::cases::Cases;

/// The demo's number in the article.
pub const NUMBER: &str = "04";

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
    let refused = !second.success && second.has("400") && second.has("1 already");
    add(&mut cases, "duplicate id", refused, &second);
    drop(stays);
    Ok(cases)
}

/// What a client prints when the server calls it.
fn called_back(client: Language) -> &'static str {
    match client {
        Language::Go => "client receive message:",
        Language::Rust => "the hub calls echo:",
    }
}

fn add(cases: &mut Cases, name: &str, passed: bool, printed: &Printed) {
    if passed {
        cases.passed += 1;
    } else {
        cases.failed.push(format!("{name}: the client printed: {}", printed.end()));
    }
}
