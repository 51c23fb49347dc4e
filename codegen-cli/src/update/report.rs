//! What an update does, for people.

use volplane_edit::handlers::{self, EventKind};

/// Something that an update did, or left to the user.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A file is new.
    Created { path: String },
    /// A file that the user had not changed was written anew.
    Updated { path: String },
    /// The user's changes and volplane's are both in.
    Merged { path: String },
    /// Both changed the same lines.
    Conflict { path: String, line: usize, more: usize },
    /// Conflicts of an earlier update are still in the file.
    Unresolved { path: String, line: usize },
    /// A file of the user's has another path now, with the service in it.
    Moved { path: String, from: String },
    /// Nothing makes it any more, and nobody had changed it.
    Removed { path: String },
    /// A file is left as it is.
    Kept { path: String, reason: KeepReason },
    /// A handler.
    Handler { path: String, event: handlers::Event },
    /// The user implements a service that the IDL no longer has; `likely` is what it may be called now.
    GoneHandler { path: String, line: usize, name: String, likely: Option<String> },
    /// A path into the generated crate leads nowhere.
    StalePath { path: String, stale: handlers::StalePath },
    /// A file that may hold a handler is no Rust.
    ParseFailed { path: String, error: handlers::ParseError },
    /// A service is new.
    NewService { name: String },
    /// A service is gone.
    ServiceGone { name: String },
    /// Nothing implements a service's trait; `lost` is where volplane has written its handler, if that file is not there.
    NoHandler { name: String, ident: String, lost: Option<String> },
    /// A macro implements a service's trait, and not as the trait is now.
    InMacro { path: String, name: String, found: handlers::InMacro },
}

/// Why a file is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeepReason {
    /// volplane's own file, which the user has changed.
    EditedOwn,
    /// Not UTF-8.
    NoText,
    /// A text for people, of which the user has left hardly anything.
    WrittenAnew,
    /// It was there before volplane made one of that name.
    WasThere,
    /// It differs, and volplane.lock is missing.
    NoMemory,
    /// Nothing makes it any more, and the user has changed it.
    Unused,
}

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EventLevel {
    /// A step was done.
    Done,
    /// Good to know.
    Note,
    /// Something waits for the user's hand.
    ActionRequired,
}

impl Event {
    /// What it is called in a status line.
    pub(crate) fn verb(&self) -> &'static str {
        match self {
            Self::Created { .. } => "Created",
            Self::Updated { .. } => "Updated",
            Self::Merged { .. } => "Merged",
            Self::Moved { .. } => "Moved",
            Self::Conflict { .. } | Self::Unresolved { .. } => "Conflict",
            Self::Removed { .. } => "Removed",
            Self::Kept { .. } => "Kept",
            Self::Handler { event, .. } => handler_verb(&event.what),
            Self::StalePath { .. } => "By hand",
            Self::GoneHandler { likely: Some(_), .. } => "Renamed?",
            Self::GoneHandler { likely: None, .. } => "By hand",
            Self::ParseFailed { .. } => "Skipped",
            Self::NewService { .. } => "New",
            Self::ServiceGone { .. } => "Gone",
            Self::NoHandler { .. } => "Missing",
            Self::InMacro { .. } => "By hand",
        }
    }

    /// The rest of the line.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Created { path } | Self::Updated { path } | Self::Removed { path } => path.clone(),
            Self::Merged { path } => format!("{path}: your changes are kept"),
            Self::Moved { path, from } => format!("{from} to {path}, under the new name of its service"),
            Self::Conflict { path, line, more: 0 } => {
                format!("{path}:{line}: you and volplane changed the same lines; choose between the markers")
            }
            Self::Conflict { path, line, more } => format!(
                "{path}:{line} and {more} more place{}: you and volplane changed the same lines; choose between the markers",
                if *more == 1 { "" } else { "s" }
            ),
            Self::Unresolved { path, line } => {
                format!("{path}:{line}: the markers of an earlier conflict are still there; the file was left as it is")
            }
            Self::Kept { path, reason } => format!("{path}: {}", reason.text()),
            Self::Handler { path, event } => handler_text(path, event),
            Self::ParseFailed { path, error } => {
                format!("{path}:{}:{}: {}; its handlers were left as they are", error.line, error.column, error.message)
            }
            Self::GoneHandler { path, line, name, likely: Some(likely) } => format!(
                "{path}:{line}: implements the service {name}, which is no longer in the IDL, and {likely} has the same methods: run `volplane update --rename {name}={likely}`, or remove the impl"
            ),
            Self::GoneHandler { path, line, name, likely: None } => {
                format!("{path}:{line}: implements the service {name}, which is no longer in the IDL: remove the impl")
            }
            Self::StalePath { path, stale: handlers::StalePath { line, path: stale, now } } => match now {
                Some(now) => format!("{path}:{line}: {stale} is not in the generated code any more: use {now}"),
                None => format!("{path}:{line}: {stale} is not in the generated code any more: remove its uses"),
            },
            Self::NewService { name } => format!("service {name}"),
            Self::ServiceGone { name } => format!("service {name}"),
            Self::NoHandler { name, ident, lost } => {
                let lost = lost.as_ref().map(|path| format!("restore {path}, ")).unwrap_or_default();
                format!(
                    "nothing implements {ident}, the trait of the service {name}: {lost}write `impl {ident} for …`, or leave {name} out of `services` in [generated] of volplane.toml"
                )
            }
            Self::InMacro { path, name, found } => {
                let list =
                    |verb: &str, names: &[String]| (!names.is_empty()).then(|| format!("{verb} {}", names.join(", ")));
                let todo: Vec<String> =
                    [list("add", &found.missing), list("remove", &found.gone)].into_iter().flatten().collect();
                format!(
                    "{path}:{}: a macro implements {name}, which volplane does not edit: {}",
                    found.line,
                    todo.join(" and ")
                )
            }
        }
    }

    /// How much it matters.
    pub(crate) fn level(&self) -> EventLevel {
        match self {
            Self::Conflict { .. } | Self::Unresolved { .. } | Self::ParseFailed { .. } | Self::StalePath { .. } => {
                EventLevel::ActionRequired
            }
            Self::Kept { reason: KeepReason::EditedOwn | KeepReason::NoText, .. } => EventLevel::ActionRequired,
            Self::NoHandler { .. } | Self::InMacro { .. } | Self::GoneHandler { .. } => EventLevel::ActionRequired,
            Self::Kept { .. } | Self::ServiceGone { .. } => EventLevel::Note,
            Self::Handler { event, .. } => match event.what {
                EventKind::NotRewritten { .. }
                | EventKind::TraitMoved { .. }
                | EventKind::Undefined { .. }
                | EventKind::Gone => EventLevel::ActionRequired,
                EventKind::LikelyRename { .. } => EventLevel::Note,
                _ if event.needs_attention() => EventLevel::Note,
                _ => EventLevel::Done,
            },
            Self::Created { .. }
            | Self::Updated { .. }
            | Self::Merged { .. }
            | Self::Moved { .. }
            | Self::Removed { .. }
            | Self::NewService { .. } => EventLevel::Done,
        }
    }

    /// The file and line that it is told at; services come before files.
    pub(super) fn place(&self) -> (&str, usize) {
        match self {
            Self::Created { path } | Self::Updated { path } | Self::Merged { path } | Self::Removed { path } => {
                (path, 0)
            }
            Self::Moved { path, .. } | Self::Kept { path, .. } | Self::ParseFailed { path, .. } => (path, 0),
            Self::Conflict { path, line, .. }
            | Self::Unresolved { path, line }
            | Self::GoneHandler { path, line, .. } => (path, *line),
            Self::Handler { path, event } => (path, event.line),
            Self::StalePath { path, stale } => (path, stale.line),
            Self::InMacro { path, found, .. } => (path, found.line),
            Self::NewService { .. } | Self::ServiceGone { .. } | Self::NoHandler { .. } => ("", 0),
        }
    }
}

fn handler_verb(what: &EventKind) -> &'static str {
    match what {
        EventKind::Added => "Added",
        EventKind::Rewritten { .. } | EventKind::ParameterRenamed { .. } => "Changed",
        EventKind::ParameterKept { .. } => "Kept",
        EventKind::Removed => "Removed",
        EventKind::NotRewritten { .. } | EventKind::TraitMoved { .. } | EventKind::Undefined { .. } => "By hand",
        EventKind::Gone => "Gone",
        EventKind::Pruned => "Pruned",
        EventKind::LikelyRename { .. } => "Renamed?",
    }
}

fn handler_text(path: &str, event: &handlers::Event) -> String {
    let handlers::Event { line, service, method, what, .. } = event;
    match what {
        EventKind::Added => format!("{method} to {path}:{line}"),
        EventKind::Pruned => format!("{method} in {path}:{line}: gone from the IDL, commented out"),
        EventKind::Gone => format!(
            "{service}.{method}: {path}:{line} has the method, and the trait no longer has it: remove it, or run `volplane update --prune`"
        ),
        EventKind::Removed => {
            format!("{service}.{method} from {path}: no longer in the IDL, and nobody had written it")
        }
        EventKind::LikelyRename { new } => {
            format!(
                "{service}.{method} at {path}:{line} is gone and {new} is new, with the same types: move the body over?"
            )
        }
        EventKind::TraitMoved { to, .. } => format!("{path}:{line}: the trait is {to} now; mend the `use`"),
        EventKind::Rewritten { .. }
        | EventKind::ParameterRenamed { .. }
        | EventKind::ParameterKept { .. }
        | EventKind::Undefined { .. }
        | EventKind::NotRewritten { .. } => {
            let said = event.to_string();
            let said = said.split_once(": ").map_or(said.as_str(), |(_, said)| said);
            format!("{method} in {path}:{line}: {said}")
        }
    }
}

impl KeepReason {
    fn text(self) -> &'static str {
        match self {
            Self::EditedOwn => {
                "you have changed this file of volplane's; yours was kept, and volplane's has changed since"
            }
            Self::NoText => "it is no UTF-8 text; it was left as it is",
            Self::WrittenAnew => "you have written it anew; what volplane would change in its own is not in it",
            Self::WasThere => "it was there before; volplane's own differs",
            Self::NoMemory => "it differs from what volplane would write, and volplane.lock is missing: taken as yours",
            Self::Unused => "volplane doesn't make it any more; it has changes of yours",
        }
    }
}
