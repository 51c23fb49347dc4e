//! One pairing: a server, a client, and what the client said.

use std::time::Duration;

use crate::cases::Cases;
use crate::program::Program;
use crate::row::{Row, Verdict};

/// How long a client may take for all its cases.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(120);

/// Starts `server`, runs `client` with the server's address as its last argument, and gives `row` the verdict.
pub async fn run(row: Row, server: Program, client: Program) -> Row {
    match cases(server, client).await {
        Ok(cases) => {
            let note = if row.note.is_empty() { cases.note(&row.protocol) } else { row.note.clone() };
            row.with_verdict(Verdict::of(&cases)).with_note(note)
        }
        Err(error) => row.with_verdict(Verdict::Failed(format!("{error:#}"))),
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
