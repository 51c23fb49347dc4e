//! The lines of a report.

use crate::generate;
use crate::plan::VENDORED;
use crate::summary::count;
use crate::update::{Event, EventLevel, Tense};

/// A line of a report.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// How much it matters.
    pub(super) level: EventLevel,
    /// What it is called.
    pub(super) verb: &'static str,
    /// The rest.
    pub(super) text: String,
    /// Whether it is printed only with `--verbose`, because a line for the directory replaces it.
    pub(super) is_detail: bool,
}

/// A line for each event, and one for all files that volplane alone writes and to which the same was done: there are
/// hundreds.
pub(super) fn lines(events: &[Event], tense: Tense) -> Vec<Line> {
    let mut groups: Vec<(&'static str, &'static str, usize)> = Vec::new();
    for event in events {
        let Some(folder) = folder(event) else { continue };
        let verb = event.verb(tense);
        match groups.iter_mut().find(|group| (group.0, group.1) == (folder, verb)) {
            Some((.., files)) => *files += 1,
            None => groups.push((folder, verb, 1)),
        }
    }
    // A single generated file is named.
    groups.retain(|(folder, _, files)| *files > 1 || *folder == VENDORED);
    let is_in_a_group = |event: &Event, verb| {
        folder(event).is_some_and(|name| groups.iter().any(|group| (group.0, group.1) == (name, verb)))
    };
    let line = |event: &Event| {
        let verb = event.verb(tense);
        Line { level: event.level(), verb, text: event.text(tense), is_detail: is_in_a_group(event, verb) }
    };
    let mut lines: Vec<Line> = events.iter().map(line).collect();
    lines.extend(groups.iter().map(|(folder, verb, files)| Line {
        level: EventLevel::Done,
        verb,
        text: format!("{folder}: {}", count(*files, "file")),
        is_detail: false,
    }));
    lines
}

/// The directory of volplane's own files that a file was written to or removed from.
fn folder(event: &Event) -> Option<&'static str> {
    let (Event::Created { path } | Event::Updated { path } | Event::Removed { path }) = event else { return None };
    if path.strip_prefix(VENDORED).is_some_and(|rest| rest.starts_with('/')) {
        Some(VENDORED)
    } else {
        generate::is_generated(path).then_some(generate::DIR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_our_own_crates_are_counted() {
        let path = |path: &str| path.into();
        let events = [
            Event::Updated { path: path("README.md") },
            Event::Created { path: path("runtime/a/src/lib.rs") },
            Event::Updated { path: path("runtime/a/Cargo.toml") },
            Event::Created { path: path("runtime/b.rs") },
            Event::Created { path: path("runtimes/c.rs") },
            Event::Merged { path: path("runtime/d.rs") },
        ];
        let told = |is_told: fn(&Line) -> bool| -> Vec<String> {
            lines(&events, Tense::Done)
                .iter()
                .filter(|line| is_told(line))
                .map(|line| format!("{} {}", line.verb, line.text))
                .collect()
        };
        let expected = [
            "Updated README.md",
            "Created runtimes/c.rs",
            "Merged runtime/d.rs: your edits are kept",
            "Created runtime: 2 files",
            "Updated runtime: 1 file",
        ];
        assert_eq!(told(|line| !line.is_detail), expected);
        let details = ["Created runtime/a/src/lib.rs", "Updated runtime/a/Cargo.toml", "Created runtime/b.rs"];
        assert_eq!(told(|line| line.is_detail), details);
    }
}
