//! What `--verbose` says of an update: what was read, and why a file that differs from the templates is left.

use std::collections::BTreeMap;

use volplane_build::internal::model::Model;

use crate::plan::{NewFile, Policy};
use crate::project_path::ProjectPath;
use crate::record::{self, Record};
use crate::summary::count;
use crate::update::tree::{OnDisk, Tree};

/// A line: a verb, and the rest.
pub(super) type Detail = (&'static str, String);

/// What was read.
pub(super) fn read(model: &Model, record: Option<&Record>) -> Vec<Detail> {
    let mut details: Vec<Detail> = model.files.iter().map(|file| ("Read", file.path.to_string())).collect();
    details.push(match record {
        Some(record) => ("Read", format!("{}: {}", record::FILE, count(record.files.len(), "file"))),
        None => ("Missing", format!("{}: files that differ count as your edits", record::FILE)),
    });
    details
}

/// The files that are not what they would be in a new project, and stay so.
pub(super) fn left(rendered: &[NewFile], tree: &Tree, changes: &BTreeMap<ProjectPath, Option<String>>) -> Vec<Detail> {
    let unchanged = rendered.iter().filter(|file| !changes.contains_key(&file.path));
    let detail = |file: &NewFile| {
        let why = match (tree.get(&file.path), file.policy) {
            (None, _) => "you deleted it",
            (Some(OnDisk::Text(text)), _) if *text == file.text => return None,
            (Some(_), Policy::Skip) if file.path.ends_with(".rs") => "yours: only handlers in it are updated",
            (Some(_), Policy::Skip) => "yours",
            (Some(_), Policy::Merge) => "edited by you; there are no template changes to merge",
            (Some(_), Policy::Overwrite) => "it differs from what volplane would write",
        };
        Some(("Left", format!("{}: {why}", file.path)))
    };
    unchanged.filter_map(detail).collect()
}
