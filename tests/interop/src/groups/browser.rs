//! The browser build of npm's thrift, in a page in Chromium that calls our WebSocket server.

use std::path::PathBuf;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;

use crate::cases::Cases;
use crate::groups::scripts::{NPM_THRIFT, Node};
use crate::row::{self, Row, Verdict};
use crate::tool::Tool;
use crate::work::Work;

/// Where the page is from, how it calls, and in which protocols.
const PAGES: [(&str, &str, &[&str]); 6] = [
    ("same-origin", "websocket", &["buffered", "framed-compact"]),
    ("other-origin", "websocket", &["buffered"]),
    ("allowed-origin", "websocket", &["buffered"]),
    ("same-origin", "http", &["buffered"]),
    ("other-origin", "http", &["buffered"]),
    ("allowed-origin", "http", &["buffered"]),
];

/// How long a page may take, with the start of the browser.
const PAGE_TIMEOUT: Duration = Duration::from_secs(120);

/// A browser has many processes of its own.
const BROWSERS_AT_ONCE: usize = 2;

/// Runs all pairings of this group.
pub async fn run(work: &Work) -> Vec<Row> {
    let rows = PAGES.iter().flat_map(|(page, transport, protocols)| {
        protocols.iter().map(move |protocol| {
            (*page, Row::new("npm thrift in Chromium", NPM_THRIFT, "browser -> Rust", transport, protocol))
        })
    });
    let rust = work.binaries().join("rust-peer");
    let (node, chromium) = match tools(work).await {
        Ok(tools) => tools,
        Err(verdict) => return row::all(rows.map(|(_, row)| row), &verdict),
    };
    let running = rows.map(|(page, row)| {
        let program = node.peer(work, "browser/peer.js");
        let program = program.args([page, &row.transport, &row.protocol]).args([&rust]).env("CHROMIUM", &chromium);
        async move {
            match program.run(PAGE_TIMEOUT).await {
                Ok(output) => {
                    let cases = Cases::read(&output.text);
                    let note = [origin(page), cases.note(&row.protocol)];
                    let note = note.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
                    row.with_verdict(Verdict::of(&cases)).with_note(note)
                }
                Err(error) => row.with_verdict(error.into()),
            }
        }
    });
    stream::iter(running).buffered(BROWSERS_AT_ONCE).collect().await
}

/// Where the page is from, and what is then to be seen.
fn origin(page: &str) -> String {
    let refused = if page == "other-origin" { ", refused" } else { "" };
    page.replace('-', " ") + refused
}

async fn tools(work: &Work) -> Result<(Node, PathBuf), Verdict> {
    // As Debian names it, and others.
    let others = || ["chromium-browser", "google-chrome"].into_iter().find_map(|name| Tool::find(name).ok());
    let chromium = Tool::find("chromium").or_else(|missing| others().ok_or(missing)).map_err(Verdict::Skipped)?;
    Ok((Node::prepare(work).await?, chromium.path().to_owned()))
}
