//! The table of what happened.

use super::attack::Attack;
use super::others::Seen;
use crate::transport::Transport;

/// What one attack did.
#[derive(Clone, Debug)]
pub struct Row {
    /// Against what.
    pub transport: Transport,
    /// By whom.
    pub attack: Attack,
    /// Connections that the strangers held open.
    pub held: usize,
    /// What the others saw before the attack.
    pub before: Seen,
    /// What they saw during it.
    pub during: Seen,
    /// The server's memory before, during and after the attack, in bytes.
    pub rss: [u64; 3],
    /// How often something in the server has panicked.
    pub panics: u64,
    /// Whether a new client got an answer after the attack.
    pub served_after: bool,
}

/// All rows, in Markdown.
pub fn render(rows: &[Row]) -> String {
    let heads = [
        "transport",
        "strangers",
        "held",
        "p99 us before",
        "p99 us during",
        "ratio",
        "new: p99 us before",
        "new: p99 us during",
        "ratio",
        "failed",
        "new failed",
        "MiB before",
        "during",
        "after",
        "panics",
        "served after",
    ];
    let mut out = format!("| {} |\n|:--|:--|{}\n", heads.join(" | "), "--:|".repeat(heads.len() - 2));
    for row in rows {
        let Row { transport, attack, held, before, during, rss, panics, served_after } = row;
        // Without a descriptor the server can't find out.
        let mib =
            |bytes: u64| if bytes == 0 { "-".to_owned() } else { format!("{:.1}", bytes as f64 / (1 << 20) as f64) };
        let ratio = |before: f64, during: f64| match during / before {
            ratio if ratio.is_finite() => format!("{ratio:.2}"),
            _ => "-".to_owned(),
        };
        let cells = [
            transport.to_string(),
            attack.name().to_owned(),
            held.to_string(),
            format!("{:.0}", before.p99_us),
            format!("{:.0}", during.p99_us),
            ratio(before.p99_us, during.p99_us),
            format!("{:.0}", before.new_p99_us),
            format!("{:.0}", during.new_p99_us),
            ratio(before.new_p99_us, during.new_p99_us),
            during.failed.to_string(),
            during.new_failed.to_string(),
            mib(rss[0]),
            mib(rss[1]),
            mib(rss[2]),
            panics.to_string(),
            if *served_after { "yes" } else { "**no**" }.to_owned(),
        ];
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}

/// One row, for those who watch.
pub fn line(row: &Row) -> String {
    let Row { transport, attack, held, before, during, rss, panics, served_after } = row;
    format!(
        "{transport:<15} {:<33} {held:>5} held, p99 {:.0} -> {:.0} us, new {:.0} -> {:.0} us, failed {}, new failed {}, \
         {} -> {} -> {} KiB, {panics} panics{}",
        attack.name(),
        before.p99_us,
        during.p99_us,
        before.new_p99_us,
        during.new_p99_us,
        during.failed,
        during.new_failed,
        rss[0] / 1024,
        rss[1] / 1024,
        rss[2] / 1024,
        if *served_after { "" } else { ", not served afterwards" },
    )
}
