//! The features of volplane-transport that a user has turned on by hand: the copy of the crate has to have them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use toml_edit::{DocumentMut, Value};

use crate::plan;
use crate::record::{Made, Record};

/// The features that the project's manifests turn on, without those that volplane wrote there at the last update: these
/// come and go with the settings.
pub(super) fn features(root: &Path, record: Option<&Record>) -> BTreeSet<String> {
    let mut features = BTreeSet::new();
    for path in manifests(root, record) {
        let Ok(text) = fs::read_to_string(root.join(&path)) else { continue };
        let mut own = plan::turned_on(&text);
        if let Some(Made::Merge(bases)) = record.and_then(|record| record.files.get(path.as_str())) {
            let ours: BTreeSet<String> = bases.iter().flat_map(|base| plan::turned_on(base)).collect();
            own.retain(|feature| !ours.contains(feature));
        }
        features.append(&mut own);
    }
    features
}

/// The manifests that volplane made, and those of the user's own members.
fn manifests(root: &Path, record: Option<&Record>) -> BTreeSet<String> {
    let made = record.into_iter().flat_map(|record| record.files.keys());
    let made = made.filter(|path| path.ends_with("Cargo.toml") && !plan::is_vendored(path)).map(ToString::to_string);
    let workspace = fs::read_to_string(root.join("Cargo.toml")).ok().and_then(|text| text.parse::<DocumentMut>().ok());
    let members = workspace.as_ref().and_then(|workspace| workspace.get("workspace")?.get("members")?.as_array());
    let members = members.into_iter().flat_map(|members| members.iter()).filter_map(Value::as_str);
    made.chain(members.map(|member| format!("{member}/Cargo.toml"))).collect()
}
