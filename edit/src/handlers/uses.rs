//! Puts `use` lines where rustfmt would.

use std::collections::BTreeMap;
use std::ops::Range;

use super::collect::segment;
use super::scope::{Key, Scope, Use, segments};
use super::source::Source;
use super::splice::Splices;
use crate::rust::{WIDTH, sort_key, use_line};

/// Whether a module has room for a `use` line: one that is written on a single line has not.
pub(super) fn has_place(source: &Source<'_>, scope: &Scope) -> bool {
    if scope.uses.is_empty() {
        !scope.is_braced || source.ends_line(scope.begin)
    } else {
        !groups(source, scope).is_empty()
    }
}

/// Inserts imports: modules and their names.
pub(super) fn insert(
    source: &Source<'_>,
    scope: &Scope,
    modules: &BTreeMap<String, Vec<String>>,
    splices: &mut Splices,
) {
    let mut lines: Vec<(Vec<Key>, String)> = modules.iter().map(|(module, names)| line(module, names)).collect();
    lines.sort();
    let groups = groups(source, scope);
    if groups.is_empty() {
        return first(source, scope, &lines, splices);
    }
    for (key, line) in lines {
        let Some((at, indent, is_behind)) = place(source, &groups, &key) else { continue };
        let line = indented(&line, indent, source.newline);
        let newline = source.newline;
        splices.insert(at, if is_behind { format!("{newline}{line}") } else { format!("{line}{newline}") });
    }
}

fn line(module: &str, names: &[String]) -> (Vec<Key>, String) {
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_by_key(|name| sort_key(name));
    let mut key: Vec<Key> = segments(module).iter().map(|name| segment(name)).collect();
    match names.as_slice() {
        [name] => key.push(segment(name)),
        _ => key.push(Key::List(names.first().map(|name| sort_key(name)).unwrap_or_default())),
    }
    (key, use_line(module, &names, WIDTH))
}

/// `use`s that stand on lines of their own without a blank line between.
fn groups<'a>(source: &Source<'_>, scope: &'a Scope) -> Vec<Vec<&'a Use>> {
    let mut groups: Vec<Vec<&Use>> = Vec::new();
    let mut end = None;
    for one in &scope.uses {
        if !source.begins_line(one.range.start) || !source.ends_line(one.range.end) {
            end = None;
            continue;
        }
        let continues = end.is_some_and(|end| is_together(source, end..one.range.start));
        match groups.last_mut().filter(|_| continues) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
        end = Some(one.range.end);
    }
    groups
}

/// Whether only comments stand between two `use`s, and no blank line.
fn is_together(source: &Source<'_>, between: Range<usize>) -> bool {
    let mut lines = source.slice(between).split('\n');
    let first = lines.next().unwrap_or_default().trim();
    let mut rest: Vec<&str> = lines.map(str::trim).collect();
    rest.pop();
    (first.is_empty() || first.starts_with("//")) && rest.iter().all(|line| line.starts_with("//"))
}

/// Where a `use` belongs: a place, its indentation, and whether it is the end of the line before.
fn place<'s>(source: &Source<'s>, groups: &[Vec<&Use>], key: &[Key]) -> Option<(usize, &'s str, bool)> {
    let related = |group: &&Vec<&Use>| group.iter().any(|one| one.key.first() == key.first());
    let foreign = |group: &&Vec<&Use>| group.iter().any(|one| is_foreign(&one.key));
    let group = groups.iter().rev().find(related).or_else(|| groups.iter().rev().find(foreign)).or(groups.last())?;
    let next = group.iter().position(|one| one.key.as_slice() > key).unwrap_or(group.len());
    match next.checked_sub(1).and_then(|before| group.get(before)) {
        Some(before) => Some((source.line_end(before.range.end), source.indent(before.range.start), true)),
        None => {
            let first = group.first()?.range.start;
            Some((source.line_start(first), source.indent(first), false))
        }
    }
}

/// Whether a `use` is of another crate, and not of the standard library.
fn is_foreign(key: &[Key]) -> bool {
    key.first().is_some_and(|first| {
        matches!(first, Key::Name(_)) && !["std", "core", "alloc"].iter().any(|root| *first == segment(root))
    })
}

/// The first `use`s of a module: behind what documents it.
fn first(source: &Source<'_>, scope: &Scope, lines: &[(Vec<Key>, String)], splices: &mut Splices) {
    let newline = source.newline;
    let outer = source.indent(scope.begin);
    let indent = if scope.is_braced { format!("{outer}{}", source.step) } else { String::new() };
    let lines: String = lines.iter().map(|(_, line)| indented(line, &indent, newline) + newline).collect();
    let is_top = source.slice(0..scope.begin).trim_start_matches('\u{feff}').is_empty();
    let mut at = if is_top { scope.begin } else { source.next_line(scope.begin) };
    if !scope.is_braced {
        at = behind_header(source, at);
    }
    let before = source.slice(0..at);
    let needs_break = !is_top && !before.ends_with('\n');
    let is_documented = !scope.is_braced && !before.trim_start_matches('\u{feff}').is_empty();
    let is_separate = before.ends_with("\n\n") || before.ends_with("\r\n\r\n");
    let gap = if needs_break { newline } else { "" };
    let space = if is_documented && !is_separate { newline } else { "" };
    let rest = source.slice(at..source.text.len());
    let blank = rest.lines().next().is_some_and(|line| line.trim().is_empty());
    let after = if blank || rest.is_empty() { "" } else { newline };
    splices.insert(at, format!("{gap}{space}{lines}{after}"));
}

/// Behind blank lines, and behind comments that a blank line follows: who holds the rights, for example.
fn behind_header(source: &Source<'_>, from: usize) -> usize {
    let mut at = from;
    let mut line = from;
    let mut in_comment = false;
    while line < source.text.len() {
        let next = source.next_line(line);
        let text = source.slice(line..next).trim();
        if text.is_empty() {
            at = next;
            in_comment = false;
        } else if text.starts_with("//") && !is_doc(text) {
            in_comment = true;
        } else {
            break;
        }
        line = next;
    }
    // A blank line of ours stands where the user's does, not behind it.
    if in_comment || at != from { at } else { from }
}

fn is_doc(line: &str) -> bool {
    line.starts_with("//!") || (line.starts_with("///") && !line.starts_with("////"))
}

fn indented(line: &str, indent: &str, newline: &str) -> String {
    line.split('\n').map(|line| format!("{indent}{line}")).collect::<Vec<_>>().join(newline)
}
