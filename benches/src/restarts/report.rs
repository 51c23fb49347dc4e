//! What was seen, for people to read.

use std::fmt::{self, Write};
use std::time::Duration;

use super::traffic::Seen;
use crate::transport::Transport;

/// The restarts of one transport.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) transport: Transport,
    pub(super) restarts: u16,
    pub(super) seen: Seen,
    /// Connections whose calls did not end within the drain timeout.
    pub(super) cut_off: usize,
    /// From the word `stop` until all calls had ended.
    pub(super) longest_stop: Duration,
}

impl Row {
    pub(super) fn lost(&self) -> u64 {
        self.seen.lost.total()
    }
}

/// A table, and the failed calls by kind.
pub(super) fn render(rows: &[Row]) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _written = write_all(&mut out, rows);
    out
}

fn write_all(out: &mut String, rows: &[Row]) -> fmt::Result {
    writeln!(out, "| transport | restarts | calls | lost (bar: 0) | longest call ms | longest stop ms | cut off |")?;
    writeln!(out, "|:--|--:|--:|--:|--:|--:|--:|")?;
    for row in rows {
        let Row { transport, restarts, seen, cut_off, longest_stop } = row;
        let (call, stop) = (seen.longest.as_secs_f64() * 1e3, longest_stop.as_secs_f64() * 1e3);
        let lost = if row.lost() == 0 { "0".to_owned() } else { format!("**{}**", row.lost()) };
        writeln!(out, "| {transport} | {restarts} | {} | {lost} | {call:.1} | {stop:.1} | {cut_off} |", seen.calls)?;
    }
    for row in rows {
        if row.lost() > 0 {
            writeln!(out, "\nLost over {}:\n", row.transport)?;
        }
        for (kind, count) in &row.seen.lost.0 {
            writeln!(out, "- {count} times: {kind}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::restarts::traffic::Lost;

    #[test]
    fn table_and_kinds() {
        let row = |transport, lost: &[(&str, u64)]| Row {
            transport,
            restarts: 10,
            seen: Seen {
                calls: 43_440,
                longest: Duration::from_micros(12_345),
                lost: Lost(lost.iter().map(|&(kind, count)| (kind.to_owned(), count)).collect()),
            },
            cut_off: 0,
            longest_stop: Duration::from_micros(2_100),
        };
        let lost = [("transport exception: Connection reset by peer", 74), ("end of file", 2)];
        insta::assert_snapshot!(render(&[row(Transport::WebSocket, &[]), row(Transport::StdNet, &lost)]));
    }
}
