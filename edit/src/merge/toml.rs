//! Merges of TOML: line by line where that comes to what a merge of the tables does, else table by table in the user's text.

mod arrays;
mod plain;
mod tables;

use toml_edit::DocumentMut;

use super::choose::{between, refused};
use super::{Merged, merge_lines};
use plain::{Plain, is_doubly_sourced};
use tables::Side;

/// Merges plain texts. What comes out is TOML if both sides were, or has conflicts.
pub(super) fn merge(base: &str, yours: &str, ours: &str) -> Merged {
    let lines = merge_lines(base, yours, ours);
    let parse = |text: &str| text.parse::<DocumentMut>().ok();
    let (Some(your_tables), Some(our_tables)) = (parse(yours), parse(ours)) else { return lines };
    let is_toml = |text: &str| parse(text).is_some();
    let Some(base_tables) = parse(base) else {
        let is_fine = !lines.conflicts.is_empty() || is_toml(&lines.text);
        return if is_fine { lines } else { refused(yours, &lines.text, is_toml) };
    };

    let merged = |side| {
        let mut tables = your_tables.clone();
        let conflicts = tables::merge(tables.as_item_mut(), base_tables.as_item(), our_tables.as_item(), side);
        (tables, conflicts)
    };
    let (mine, conflicts) = merged(Side::Yours);
    let of = |tables: &DocumentMut| Plain::of(tables.as_item());
    let is_same = |text: &str| parse(text).is_some_and(|tables| of(&tables) == of(&mine));
    let is_odd = is_doubly_sourced(&of(&mine)) && ![&your_tables, &our_tables].map(of).iter().any(is_doubly_sourced);
    if conflicts == 0 && !is_odd && lines.conflicts.is_empty() && is_same(&lines.text) {
        return lines;
    }
    let text = mine.to_string();
    let is_fine = !is_odd && is_same(&text) && keeps_comments(base, yours, &text);
    let chosen = match (conflicts, is_fine) {
        (0, true) => return Merged { text, conflicts: Vec::new() },
        (_, true) => between(&text, &merged(Side::Ours).0.to_string()),
        _ if lines.conflicts.is_empty() => between(yours, &text),
        _ => lines,
    };
    if chosen.conflicts.is_empty() { between(yours, ours) } else { chosen }
}

/// Whether every comment of the user's is still there.
fn keeps_comments(base: &str, yours: &str, merged: &str) -> bool {
    let comment = |line: &str| line.find('#').and_then(|at| line.get(at..)).map(|text| text.trim_end().to_owned());
    let all = |text: &str| text.lines().filter_map(comment).collect::<Vec<_>>();
    let (known, kept) = (all(base), all(merged));
    all(yours).iter().all(|comment| known.contains(comment) || kept.contains(comment))
}

#[cfg(test)]
mod tests;
