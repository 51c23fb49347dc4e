//! Updates a project to match its IDL. Pure: the record, the rendered files and the files on the disk go in; the
//! changes, a new memory and a report come out.

mod dependencies;
mod files;
mod handlers;
#[cfg(test)]
mod lifecycle;
mod missing;
pub(crate) mod rename;
pub(crate) mod report;
mod services;
#[cfg(test)]
mod tests;
pub(crate) mod tree;

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{NewFile, Policy};
use crate::project_path::ProjectPath;
use crate::record::{self, Damage, Record};
pub(crate) use rename::{Rename, RenameError};
use report::LockLoss;
pub(crate) use report::{Event, EventLevel, Tense};
pub(crate) use services::NewItems;
use services::ServicePairs;
use tree::Tree;
use volplane_build::internal::rust::ServiceApi;
use volplane_edit::handlers::GeneratedNames;

/// What an update is planned from.
#[derive(Debug)]
pub(crate) struct UpdateInput<'a> {
    /// What volplane.lock says; `None` if it is not there.
    pub(crate) record: Option<Record>,
    /// What would be made if the project were new.
    pub(crate) rendered: &'a [NewFile],
    /// The services that there are now.
    pub(crate) services: &'a [ServiceApi],
    /// What would have been made of fewer services: what merges may start from where the record has no text for that.
    pub(crate) guesses: &'a [Vec<NewFile>],
    /// What the generated crate exports, if that is known.
    pub(crate) exports: Option<&'a GeneratedNames>,
    /// What is on the disk: every file that is in `record` or `rendered`, and all Rust files of the user's.
    pub(crate) tree: &'a Tree,
    /// Whether methods that are gone from the IDL are commented out.
    pub(crate) prune: bool,
    /// Services that the IDL has under another name.
    pub(crate) renames: &'a [Rename],
}

/// What an update comes to.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The files that change, by path: their new texts, or `None` for those that are removed.
    pub(crate) changes: BTreeMap<ProjectPath, Option<String>>,
    /// The new record, without the inputs of generated code.
    pub(crate) record: Record,
    /// What happens, in the order of the paths.
    pub(crate) events: Vec<Event>,
    /// What the IDL has that is not recorded.
    pub(crate) news: NewItems,
}

/// Plans an update.
pub(crate) fn plan(situation: UpdateInput<'_>) -> Outcome {
    let (Some(record), Some(exports), false) = (&situation.record, situation.exports, situation.renames.is_empty())
    else {
        return planned(situation);
    };
    let UpdateInput { rendered, services, tree, renames, .. } = situation;
    let as_if = rename::renamed(record.clone(), tree, rendered, (services, exports), renames);
    let renamed = UpdateInput { record: Some(as_if.record), tree: &as_if.tree, renames: &[], ..situation };
    let mut outcome = planned(renamed);
    // What differs from what is on the disk is a change, too.
    for (path, text) in as_if.tree.texts().filter(|(path, text)| tree.text(path) != Some(*text)) {
        if !outcome.changes.contains_key(path) {
            outcome.changes.insert(path.clone(), Some(text.to_owned()));
            if !as_if.moved.values().any(|new| new == path) {
                outcome.events.push(Event::Updated { path: path.clone() });
            }
        }
    }
    for (old, new) in as_if.moved {
        outcome.changes.insert(old.clone(), None);
        outcome.events.push(Event::Moved { path: new, from: old });
    }
    outcome.events.sort_by(|a, b| a.place().cmp(&b.place()));
    outcome
}

/// The same without services under other names.
fn planned(situation: UpdateInput<'_>) -> Outcome {
    let UpdateInput { record, rendered, guesses, services, exports, tree, prune, .. } = situation;
    let lost = match &record {
        None if tree.get(record::FILE).is_some() => Some(LockLoss::Empty),
        None => Some(LockLoss::Missing),
        Some(record) => record.damage.map(|damage| match damage {
            Damage::Cut => LockLoss::Cut,
            Damage::Markers => LockLoss::Markers,
        }),
    };
    let before = record.unwrap_or_default();
    let guesses = matches!(lost, Some(LockLoss::Empty | LockLoss::Missing | LockLoss::Cut)).then_some(guesses);
    let mut files = files::Files::new(&before, tree, guesses);
    // Manifests come last, and the workspace's behind those of its packages: what they list depends on what the others use.
    let (mut manifests, others): (Vec<&NewFile>, Vec<&NewFile>) =
        rendered.iter().partition(|file| file.policy == Policy::Merge && file.path.is_manifest());
    manifests.sort_by_key(|file| file.path.as_str() == "Cargo.toml");
    for file in others {
        files.bring_up(file);
    }
    files.clear_up(rendered);
    for file in manifests {
        let with_used = dependencies::with_used(&files, file);
        files.bring_up(with_used.as_ref().unwrap_or(file));
    }
    if let Some(loss) = lost {
        files.report_lock(loss);
    }

    let services = ServicePairs::new(&before, services);
    let waiting = handlers::bring_up(&mut files, rendered, &services, exports, prune);
    files.finish(&services, &waiting)
}

/// The record of a project with these files.
pub(crate) fn first_record(rendered: &[NewFile], services: &[ServiceApi]) -> Record {
    let (before, tree) = (Record::default(), Tree::default());
    let mut files = files::Files::new(&before, &tree, None);
    for file in rendered {
        files.bring_up(file);
    }
    // Handlers that were just created need no update.
    files.finish(&ServicePairs::new(&before, services), &BTreeSet::new()).record
}
