//! Features of volplane-transport that the user enabled in manifests: the vendored crate has to have them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use toml_edit::{DocumentMut, Value};

use crate::plan;
use crate::record::{Made, Record};

/// The features that the project's manifests turn on, without those that volplane wrote there at the last update: these
/// come and go with the settings.
pub(super) fn features(root: &Path, record: Option<&Record>) -> BTreeSet<String> {
    let files = record.into_iter().flat_map(|record| &record.files);
    let made = files.filter(|(path, _)| path.is_manifest() && !plan::is_vendored(path));
    let mut paths: BTreeSet<String> = members(root);
    let mut ours = BTreeSet::new();
    for (path, made) in made {
        paths.insert(path.to_string());
        // The folder of the programs may have another name by now.
        if let Made::Merge(bases) = made {
            ours.extend(bases.iter().flat_map(|base| plan::turned_on(base)));
        }
    }
    let texts = paths.iter().filter_map(|path| fs::read_to_string(root.join(path)).ok());
    let mut features: BTreeSet<String> = texts.flat_map(|text| plan::turned_on(&text)).collect();
    features.retain(|feature| !ours.contains(feature));
    features
}

/// The manifests of the members that the project's Cargo.toml names.
fn members(root: &Path) -> BTreeSet<String> {
    let workspace = fs::read_to_string(root.join("Cargo.toml")).ok().and_then(|text| text.parse::<DocumentMut>().ok());
    let members = workspace.as_ref().and_then(|workspace| workspace.get("workspace")?.get("members")?.as_array());
    let members = members.into_iter().flat_map(|members| members.iter()).filter_map(Value::as_str);
    members.map(|member| format!("{member}/Cargo.toml")).collect()
}
