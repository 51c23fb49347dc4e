//! What `--message-format json` prints beside diagnostics: one object a line. docs/commands.md describes each key, and a
//! test holds it to what is written.

use std::error::Error;

use serde::Serialize;
use volplane_edit::handlers;

use crate::command_error::causes;
use crate::doctor::Finding;
use crate::exit::Exit;
use crate::record;
use crate::update::{Event, EventLevel, Tense};

/// A line.
#[derive(Debug, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub(crate) enum JsonMessage<'a> {
    /// Something that was done, or would be, or that the user has to know.
    Event(EventMessage<'a>),
    /// What there is to know beside.
    Note {
        /// For people.
        message: String,
    },
    /// Why the command can't do what it was asked for.
    Error {
        /// What happened.
        message: String,
        /// What led to it, the nearest first.
        causes: Vec<String>,
        /// What to do.
        help: Option<&'a str>,
    },
    /// What is new in a version, for `upgrade`.
    Release {
        /// The version.
        version: &'a str,
        /// The section of the changelog, as Markdown.
        text: &'a str,
    },
    /// Something that `doctor` checked.
    Finding {
        /// What it is about.
        subject: &'static str,
        /// How much it matters.
        level: &'static str,
        /// What was found.
        message: &'a str,
        /// What to do.
        help: Option<&'a str>,
    },
    /// What would change in a file.
    Diff {
        /// The file.
        path: &'a str,
        /// As a unified diff.
        diff: String,
    },
    /// How the command ended; `watch` writes one after each update, too.
    Summary {
        /// Its name.
        command: &'a str,
        /// As in the table of exit codes.
        exit_code: u8,
        /// The meaning of the code.
        message: &'static str,
    },
}

/// An event.
#[derive(Debug, Serialize)]
pub(crate) struct EventMessage<'a> {
    kind: &'static str,
    level: &'static str,
    done: bool,
    path: Option<&'a str>,
    line: Option<usize>,
    service: Option<&'a str>,
    method: Option<&'a str>,
    message: String,
}

impl<'a> JsonMessage<'a> {
    /// An event of an update.
    pub(crate) fn event(event: &'a Event, tense: Tense) -> Self {
        let (path, line) = place(event);
        let (service, method) = subject(event);
        Self::Event(EventMessage {
            kind: event.kind(),
            level: level(event.level()),
            done: tense == Tense::Done,
            path,
            line,
            service,
            method,
            message: format!("{} {}", event.verb(tense), event.text(tense)),
        })
    }

    /// A finding of `doctor`.
    pub(crate) fn finding(finding: &'a Finding) -> Self {
        let Finding { subject, level, message, help } = finding;
        Self::Finding { subject: subject.name(), level: level.name(), message, help: help.as_deref() }
    }

    /// An error with its causes.
    pub(crate) fn error(error: &dyn Error, help: Option<&'a str>) -> Self {
        let causes = causes(error).map(ToString::to_string).collect();
        Self::Error { message: error.to_string(), causes, help }
    }

    /// The end of a command.
    pub(crate) fn summary(command: &'a str, exit: Exit) -> Self {
        Self::Summary { command, exit_code: exit.code(), message: exit.meaning() }
    }
}

fn level(level: EventLevel) -> &'static str {
    match level {
        EventLevel::Done => "info",
        EventLevel::Note => "note",
        EventLevel::ActionRequired => "action_required",
    }
}

/// The file and line that an event is about.
fn place(event: &Event) -> (Option<&str>, Option<usize>) {
    match event {
        Event::Created { path }
        | Event::Moved { path, .. }
        | Event::Updated { path }
        | Event::Merged { path }
        | Event::Removed { path }
        | Event::Kept { path, .. } => (Some(path), None),
        Event::Conflict { path, line, .. } | Event::Unresolved { path, line } => (Some(path), Some(*line)),
        Event::Handler { path, event } => (Some(path), Some(event.line)),
        Event::ParseFailed { path, error } => (Some(path), Some(error.line)),
        Event::StalePath { path, stale } => (Some(path), Some(stale.line)),
        Event::GoneHandler { path, line, .. } => (Some(path), Some(*line)),
        Event::InMacro { path, found, .. } => (Some(path), Some(found.line)),
        Event::Lock { .. } => (Some(record::FILE), None),
        Event::NewService { .. } | Event::ServiceGone { .. } | Event::NoHandler { .. } => (None, None),
    }
}

/// The service and method that an event is about.
fn subject(event: &Event) -> (Option<&str>, Option<&str>) {
    match event {
        Event::Handler { event: handlers::Event { service, method, .. }, .. } => {
            (Some(service), Some(method.as_str()).filter(|method| !method.is_empty()))
        }
        Event::NewService { name }
        | Event::ServiceGone { name }
        | Event::NoHandler { name, .. }
        | Event::GoneHandler { name, .. }
        | Event::InMacro { name, .. } => (Some(name), None),
        Event::Created { .. }
        | Event::Moved { .. }
        | Event::Updated { .. }
        | Event::Merged { .. }
        | Event::Conflict { .. }
        | Event::Unresolved { .. }
        | Event::Removed { .. }
        | Event::Kept { .. }
        | Event::Lock { .. }
        | Event::StalePath { .. }
        | Event::ParseFailed { .. } => (None, None),
    }
}
