//! What is told of a list of events.

use crate::plan::VENDORED;
use crate::summary::count;
use crate::update::{Event, EventLevel};

/// A line of a report.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// How much it matters.
    pub(super) level: EventLevel,
    /// What it is called.
    pub(super) verb: &'static str,
    /// The rest.
    pub(super) text: String,
    /// Whether another line stands for it, unless every file was asked for.
    pub(super) is_detail: bool,
}

/// A line for each event, and one for all files of volplane's own crates to which the same was done: there are hundreds.
pub(super) fn lines(events: &[Event]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for event in events {
        let is_detail = is_vendored(event);
        lines.push(Line { level: event.level(), verb: event.verb(), text: event.text(), is_detail });
    }
    for verb in ["Created", "Updated", "Removed"] {
        let files = lines.iter().filter(|line| line.is_detail && line.verb == verb).count();
        if files > 0 {
            let text = format!("{VENDORED}: {}", count(files, "file"));
            lines.push(Line { level: EventLevel::Done, verb, text, is_detail: false });
        }
    }
    lines
}

fn is_vendored(event: &Event) -> bool {
    match event {
        Event::Created { path } | Event::Updated { path } | Event::Removed { path } => {
            path.strip_prefix(VENDORED).is_some_and(|rest| rest.starts_with('/'))
        }
        _ => false,
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
            lines(&events)
                .iter()
                .filter(|line| is_told(line))
                .map(|line| format!("{} {}", line.verb, line.text))
                .collect()
        };
        let expected = [
            "Updated README.md",
            "Created runtimes/c.rs",
            "Merged runtime/d.rs: your changes are kept",
            "Created runtime: 2 files",
            "Updated runtime: 1 file",
        ];
        assert_eq!(told(|line| !line.is_detail), expected);
        let details = ["Created runtime/a/src/lib.rs", "Updated runtime/a/Cargo.toml", "Created runtime/b.rs"];
        assert_eq!(told(|line| line.is_detail), details);
    }
}
