//! From what was read to the changes of an update. Pure, but for [`Planned::apply`], which hands them to `apply`.

use std::collections::BTreeMap;

use volplane_edit::newlines::Newlines;

use super::UpdateError;
use super::cargo_lock;
use super::details::{self, Detail};
use super::load::Inputs;
use crate::apply::{Change, ProjectLock};
use crate::exit::Exit;
use crate::plan::NewFile;
use crate::project_path::ProjectPath;
use crate::record;
use crate::summary::summary_with;
use crate::update::tree::Tree;
use crate::update::{self, Event, EventLevel, Outcome, UpdateInput};
use crate::version::Version;

/// An update, planned.
#[derive(Debug)]
pub(crate) struct Planned {
    /// What is done, and what is left to the user.
    pub(crate) events: Vec<Event>,
    /// What the IDL holds, for a status line.
    pub(crate) summary: String,
    /// The services that the project has, as the IDL names them.
    pub(crate) services: Vec<String>,
    /// What would be made if the project were new.
    pub(crate) rendered: Vec<NewFile>,
    /// The version of volplane that made the last update, as far as volplane.lock says it.
    pub(crate) written_by: Option<Version>,
    /// The commands that an upgrade leaves to the user.
    pub(crate) cargo_commands: Vec<String>,
    /// The changes, by path.
    pub(crate) changes: BTreeMap<ProjectPath, Option<String>>,
    /// What was read, and which files are left, for `--verbose`.
    pub(super) details: Vec<Detail>,
    /// The files as they were read.
    pub(crate) tree: Tree,
}

/// Plans an update.
pub(super) fn plan(inputs: Inputs<'_>) -> Planned {
    let Inputs { request, model, lock, record, services, exports, rendered, guesses, compiled, tree } = inputs;
    let exports = Some(&exports);
    let mut details = details::read(model, record.as_ref());
    let input = UpdateInput {
        record,
        rendered: &rendered,
        guesses: &guesses,
        services: &services,
        exports,
        tree: &tree,
        prune: request.prune,
        renames: request.renames,
    };
    let mut outcome = update::plan(input);
    let cargo_commands =
        if request.is_upgrade { cargo_lock::upgrade(&rendered, &tree, &mut outcome) } else { Vec::new() };
    let Outcome { mut changes, mut record, mut events, news } = outcome;
    details.extend(details::left(&rendered, &tree, &changes));
    record.inputs.extend(compiled);
    let text = lock.as_deref().map_or(Newlines::default(), Newlines::of).restore(record.text());
    if changes.is_empty() && request.brings.is_empty() && lock.as_ref() != Some(&text) {
        let path = ProjectPath::known(record::FILE);
        events.push(if lock.is_some() { Event::Updated { path } } else { Event::Created { path } });
    }
    // What the command itself writes comes first.
    let brought = |path: &ProjectPath| match tree.get(path) {
        Some(_) => Event::Updated { path: path.clone() },
        None => Event::Created { path: path.clone() },
    };
    events.splice(0..0, request.brings.keys().map(brought));
    for (path, text) in request.brings.iter().chain([(&ProjectPath::known(record::FILE), &text)]) {
        if tree.text(path) != Some(text) {
            changes.insert(path.clone(), Some(text.clone()));
        }
    }
    let names: Vec<&str> = request.project.settings.idls.iter().map(|idl| idl.path.as_str()).collect();
    let summary = format!("{}: {}", names.join(", "), summary_with(model, news));
    let services = services.into_iter().map(|service| service.idl_name).collect();
    let written_by = lock.as_deref().and_then(record::written_by);
    Planned { events, summary, services, rendered, written_by, cargo_commands, changes, details, tree }
}

impl Planned {
    /// Whether nothing would change.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many files change, volplane's memory aside.
    pub(crate) fn files(&self) -> usize {
        self.changes.keys().filter(|path| *path != record::FILE).count()
    }

    /// Writes the changes: all of them, or none.
    ///
    /// # Errors
    /// When a file is read-only or has changed since it was read, or the system refuses a step.
    pub(crate) fn apply(&self, guard: &ProjectLock) -> Result<(), UpdateError> {
        if let Some(path) = self.changes.keys().find(|path| self.tree.is_read_only(path)) {
            return Err(UpdateError::ReadOnly { path: path.to_string() });
        }
        let change = |(path, after): (&ProjectPath, &Option<String>)| Change {
            path: path.clone(),
            before: self.tree.bytes(path).map(<[u8]>::to_vec),
            after: after.clone(),
        };
        let changes: Vec<Change> = self.changes.iter().map(change).collect();
        Ok(guard.apply(&changes)?)
    }

    /// How a run ends that has done this.
    pub(crate) fn exit(&self) -> Exit {
        let waits = self.events.iter().any(|event| event.level() == EventLevel::ActionRequired);
        if waits { Exit::ActionRequired } else { Exit::Success }
    }
}
