//! One pairing: a server, a client, and what the client said.

use std::future::Future;
use std::time::Duration;

use futures_util::{StreamExt, stream};

use crate::cases::Cases;
use crate::program::Program;
use crate::row::{Row, Verdict};

/// How long a client may take for all its cases.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(120);

/// How many pairings run at once: each has two processes, and most of its time goes by in timeouts that it waits for.
const AT_ONCE: usize = 4;

/// Runs pairings, several at once, and returns their rows in the same order.
pub async fn all(pairings: impl IntoIterator<Item = impl Future<Output = Row>>) -> Vec<Row> {
    stream::iter(pairings).buffered(AT_ONCE).collect().await
}

/// Starts `server`, runs `client` with the server's address as its last argument, and gives `row` the verdict.
pub async fn run(row: Row, server: Program, client: Program) -> Row {
    match cases(server, client).await {
        Ok(cases) => {
            let note = if row.note.is_empty() { cases.note(&row.protocol) } else { row.note.clone() };
            row.with_verdict(Verdict::of(&cases)).with_note(note)
        }
        Err(error) => row.with_verdict(error.into()),
    }
}

async fn cases(server: Program, client: Program) -> anyhow::Result<Cases> {
    let server = server.serve().await?;
    let output = client.args([&server.address]).run(CLIENT_TIMEOUT).await?;
    let mut cases = Cases::read(&output.text);
    if !output.success && cases.failed.is_empty() {
        cases.failed.push(format!("the client ended with an error{}", output.log));
    }
    Ok(cases)
}
