//! What an update did or would do, as lines of a report.

use volplane_edit::handlers::{self, EventKind};

use crate::project_path::ProjectPath;
use crate::record;

/// Something that an update did, or that needs an action of the user.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A file is new.
    Created { path: ProjectPath },
    /// A file that the user had not changed was updated.
    Updated { path: ProjectPath },
    /// The user's changes and volplane's were merged.
    Merged { path: ProjectPath },
    /// Both changed the same lines.
    Conflict { path: ProjectPath, line: usize, more: usize },
    /// Conflicts of an earlier update are still in the file.
    Unresolved { path: ProjectPath, line: usize },
    /// A file of the user's has another path now, with the service in it.
    Moved { path: ProjectPath, from: ProjectPath },
    /// It is no longer generated, and the user had not edited it.
    Removed { path: ProjectPath },
    /// A file is not changed.
    Kept { path: ProjectPath, reason: KeepReason },
    /// A handler.
    Handler { path: ProjectPath, event: handlers::Event },
    /// The user implements a service that the IDL no longer has; `likely` is what it may be called now.
    GoneHandler { path: ProjectPath, line: usize, name: String, likely: Option<String> },
    /// A path of the generated crate no longer exists.
    StalePath { path: ProjectPath, stale: handlers::StalePath },
    /// A file that may hold a handler does not parse.
    ParseFailed { path: ProjectPath, error: handlers::ParseError },
    /// A service is new.
    NewService { name: String },
    /// A service is gone.
    ServiceGone { name: String },
    /// volplane.lock is not as the last update wrote it.
    Lock { loss: LockLoss, matters: bool },
    /// Nothing implements a service's trait; `lost` is where volplane has written its handler, if that file is not there.
    NoHandler { name: String, ident: String, lost: Option<ProjectPath> },
    /// A macro implements a service's trait, and not as the trait is now.
    InMacro { path: ProjectPath, name: String, found: handlers::InMacro },
}

/// What has become of volplane.lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockLoss {
    /// It is not there.
    Missing,
    /// It is empty.
    Empty,
    /// Lines are missing.
    Cut,
    /// Git's conflict markers are in it.
    Markers,
}

/// Why a file is not changed.
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
    /// It differs, and volplane.lock does not say from what.
    NoMemory,
    /// It has no permission to be written.
    ReadOnly,
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
    /// Something needs a manual fix.
    ActionRequired,
}

/// Whether a report is about what was done, or about what an update would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tense {
    /// It was done.
    Done,
    /// Nothing was done.
    Would,
}

impl Tense {
    /// The words for the one or the other.
    fn of<T>(self, done: T, would: T) -> T {
        match self {
            Self::Done => done,
            Self::Would => would,
        }
    }
}

impl Event {
    /// What it is called in a status line.
    pub(crate) fn verb(&self, tense: Tense) -> &'static str {
        match self {
            Self::Created { .. } => tense.of("Created", "Would create"),
            Self::Updated { .. } => tense.of("Updated", "Would update"),
            Self::Merged { .. } => tense.of("Merged", "Would merge"),
            Self::Moved { .. } => tense.of("Moved", "Would move"),
            Self::Conflict { .. } | Self::Unresolved { .. } => "Conflict",
            Self::Removed { .. } => tense.of("Removed", "Would remove"),
            Self::Kept { .. } => tense.of("Kept", "Would keep"),
            Self::Handler { event, .. } => handler_verb(&event.what, tense),
            Self::StalePath { .. } => "Action",
            Self::GoneHandler { likely: Some(_), .. } => "Renamed?",
            Self::GoneHandler { likely: None, .. } => "Action",
            Self::ParseFailed { .. } => tense.of("Skipped", "Would skip"),
            Self::NewService { .. } => "New",
            Self::ServiceGone { .. } => "Gone",
            Self::NoHandler { .. } => "Missing",
            Self::Lock { loss: LockLoss::Missing, .. } => "Missing",
            Self::Lock { loss: LockLoss::Empty | LockLoss::Cut, .. } => "Damaged",
            Self::Lock { loss: LockLoss::Markers, .. } => "Joined",
            Self::InMacro { .. } => "Action",
        }
    }

    /// What programs call it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Created { .. } => "created",
            Self::Updated { .. } => "updated",
            Self::Merged { .. } => "merged",
            Self::Moved { .. } => "moved",
            Self::Conflict { .. } => "conflict",
            Self::Unresolved { .. } => "unresolved",
            Self::Removed { .. } => "removed",
            Self::Kept { reason, .. } => reason.kind(),
            Self::Handler { event, .. } => handler_kind(&event.what),
            Self::StalePath { .. } => "path_gone",
            Self::ParseFailed { .. } => "parse_failed",
            Self::NewService { .. } => "service_added",
            Self::ServiceGone { .. } => "service_gone",
            Self::NoHandler { .. } => "handler_missing",
            Self::Lock { loss: LockLoss::Missing, .. } => "lock_missing",
            Self::Lock { loss: LockLoss::Empty | LockLoss::Cut, .. } => "lock_damaged",
            Self::Lock { loss: LockLoss::Markers, .. } => "lock_joined",
            Self::InMacro { .. } => "in_macro",
            Self::GoneHandler { .. } => "handler_of_gone_service",
        }
    }

    /// The rest of the line.
    pub(crate) fn text(&self, tense: Tense) -> String {
        match self {
            Self::Created { path } | Self::Updated { path } | Self::Removed { path } => path.to_string(),
            Self::Merged { path } => format!("{path}: your edits {} kept", tense.of("are", "would be")),
            Self::Moved { path, from } => format!("{from} to {path}: its service was renamed"),
            Self::Conflict { path, line, more } => {
                let more = match more {
                    0 => String::new(),
                    1 => " and 1 more place".to_owned(),
                    more => format!(" and {more} more places"),
                };
                let what = tense.of("choose between the markers", "conflict markers would be written");
                format!("{path}:{line}{more}: you and volplane changed the same lines; {what}")
            }
            Self::Unresolved { path, line } => {
                let left = tense.of("was left", "would be left");
                format!("{path}:{line}: the file still has conflict markers; it {left} unchanged")
            }
            Self::Kept { path, reason } => format!("{path}: {}", reason.text(tense)),
            Self::Handler { path, event } => handler_text(path, event, tense),
            Self::ParseFailed { path, error } => {
                let left = tense.of("were left", "would be left");
                format!("{path}:{}:{}: {}; its handlers {left} unchanged", error.line, error.column, error.message)
            }
            Self::Lock { loss, .. } => format!("{}: {}", record::FILE, loss.text()),
            Self::GoneHandler { path, line, name, likely: Some(likely) } => format!(
                "{path}:{line}: implements the service {name}, which is no longer in the IDL, and {likely} has the same methods: run `volplane update --rename {name}={likely}`, or remove the impl"
            ),
            Self::GoneHandler { path, line, name, likely: None } => {
                format!("{path}:{line}: implements the service {name}, which is no longer in the IDL: remove the impl")
            }
            Self::StalePath { path, stale: handlers::StalePath { line, path: stale, now } } => match now {
                Some(now) => format!("{path}:{line}: {stale} is no longer in the generated code; use {now}"),
                None => format!("{path}:{line}: {stale} is no longer in the generated code; remove its uses"),
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
            Self::Kept { reason: KeepReason::EditedOwn | KeepReason::NoText | KeepReason::ReadOnly, .. } => {
                EventLevel::ActionRequired
            }
            Self::NoHandler { .. }
            | Self::InMacro { .. }
            | Self::GoneHandler { .. }
            | Self::Lock { matters: true, .. } => EventLevel::ActionRequired,
            Self::Lock { .. } | Self::Kept { .. } | Self::ServiceGone { .. } => EventLevel::Note,
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

    /// The file and line that the report is sorted by; services come before files.
    pub(crate) fn place(&self) -> (&str, usize) {
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
            Self::NewService { .. } | Self::ServiceGone { .. } | Self::NoHandler { .. } | Self::Lock { .. } => ("", 0),
        }
    }
}

fn handler_verb(what: &EventKind, tense: Tense) -> &'static str {
    match what {
        EventKind::Added => tense.of("Added", "Would add"),
        EventKind::Rewritten { .. } | EventKind::ParameterRenamed { .. } => tense.of("Changed", "Would change"),
        EventKind::ParameterKept { .. } => tense.of("Kept", "Would keep"),
        EventKind::Removed => tense.of("Removed", "Would remove"),
        EventKind::NotRewritten { .. } | EventKind::TraitMoved { .. } | EventKind::Undefined { .. } => "Action",
        EventKind::Gone => "Gone",
        EventKind::Pruned => tense.of("Pruned", "Would prune"),
        EventKind::LikelyRename { .. } => "Renamed?",
    }
}

fn handler_kind(what: &EventKind) -> &'static str {
    match what {
        EventKind::Added => "method_added",
        EventKind::Rewritten { .. } => "signature_changed",
        EventKind::ParameterRenamed { .. } => "parameter_renamed",
        EventKind::ParameterKept { .. } => "parameter_kept",
        EventKind::Removed => "method_removed",
        EventKind::Undefined { .. } => "name_undefined",
        EventKind::NotRewritten { .. } => "signature_kept",
        EventKind::TraitMoved { .. } => "trait_moved",
        EventKind::Gone => "method_gone",
        EventKind::Pruned => "method_pruned",
        EventKind::LikelyRename { .. } => "method_renamed",
    }
}

fn handler_text(path: &str, event: &handlers::Event, tense: Tense) -> String {
    let handlers::Event { line, service, method, what, .. } = event;
    match what {
        EventKind::Added => format!("{method} to {path}:{line}"),
        EventKind::Pruned => {
            let commented_out = tense.of("commented out", "would be commented out");
            format!("{method} in {path}:{line}: no longer in the IDL; {commented_out}")
        }
        EventKind::Gone => format!(
            "{service}.{method} in {path}:{line}: the trait no longer has this method; remove it, or run `volplane update --prune`"
        ),
        EventKind::Removed => {
            format!("{service}.{method} from {path}: no longer in the IDL, and its stub was not edited")
        }
        EventKind::LikelyRename { new } => {
            format!(
                "{service}.{method} at {path}:{line} is gone and {new} is new, with the same types; if it was renamed, move the body"
            )
        }
        EventKind::TraitMoved { to, .. } => format!("{path}:{line}: the trait moved to {to}; update the `use`"),
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

impl LockLoss {
    fn text(self) -> &'static str {
        match self {
            Self::Missing => {
                "the file is missing; restore it with `git checkout volplane.lock`, then run `volplane update`. Without it, files that differ from what volplane would write count as edited by you"
            }
            Self::Empty => {
                "the file is empty; restore it with `git checkout volplane.lock`, then run `volplane update`. Without it, files that differ from what volplane would write count as edited by you"
            }
            Self::Cut => {
                "lines are missing; restore the file with `git checkout volplane.lock`, then run `volplane update`. Without them, files that differ from what volplane would write count as edited by you"
            }
            Self::Markers => {
                "it had conflict markers; both sides were read and the file is written without them. To use one side only, run `git checkout --ours volplane.lock` (or `--theirs`), then `volplane update`"
            }
        }
    }
}

impl KeepReason {
    fn text(self, tense: Tense) -> &'static str {
        match self {
            Self::EditedOwn => tense.of(
                "you edited this volplane-owned file; the new version was not written",
                "you edited this volplane-owned file; the new version would not be written",
            ),
            Self::NoText => tense.of("not valid UTF-8; it was not changed", "not valid UTF-8; it would not be changed"),
            Self::WrittenAnew => tense.of(
                "rewritten by you; template changes were not merged",
                "rewritten by you; template changes would not be merged",
            ),
            Self::WasThere => "it existed before; volplane's version differs",
            Self::NoMemory => "volplane.lock has no base for it; its differences count as your edits",
            Self::ReadOnly => "it is read-only and was not changed: make it writable, then run `volplane update`",
            Self::Unused => "no longer generated; kept because you edited it",
        }
    }

    /// What programs call it.
    fn kind(self) -> &'static str {
        match self {
            Self::EditedOwn => "kept_edited",
            Self::NoText => "kept_not_utf8",
            Self::WrittenAnew => "kept_rewritten",
            Self::WasThere => "kept_existing",
            Self::NoMemory => "kept_unknown",
            Self::ReadOnly => "kept_read_only",
            Self::Unused => "kept_unused",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn the_documented_kinds_are_those_that_are_written() {
        let (source, _) = include_str!("report.rs").split_once("#[cfg(test)]").expect("it ends with this module");
        let is_kind = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte == b'8');
        let written: BTreeSet<&str> =
            source.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next()).filter(is_kind).collect();
        let page = include_str!("../../../docs/commands.md");
        let (_, table) = page.split_once("| kind of event |").expect("docs/commands.md has this table");
        let rows = table.lines().skip(2).map_while(|line| line.strip_prefix("| `")?.split('`').next());
        assert_eq!(written, rows.collect());
    }
}
