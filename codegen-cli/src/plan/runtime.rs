//! What a project builds with: the vendored crates, the versions in its workspace, and its lock file.

use std::collections::BTreeMap;

use toml_edit::{DocumentMut, Item};

use super::lock::{self, Local, LockError};
use super::manifests::{self, CODEGEN, RuntimeCrate, TRANSPORT};
use super::unused::Unused;
use super::{NewFile, PlanError, Policy};
use crate::embedded;
use crate::settings::{Runtime, Settings};

/// Stands in the template of Cargo.toml where the versions go: they are known when all other manifests are.
const VERSIONS: &str = "# <versions>\n";

/// The crates of volplane's that a project needs.
pub(super) fn crates(settings: &Settings) -> Vec<RuntimeCrate> {
    if super::compiles_itself(settings) { vec![CODEGEN, TRANSPORT] } else { vec![TRANSPORT] }
}

/// Adds the vendored crates and Cargo.lock to a project's files, and the versions to its Cargo.toml. A user's `own`
/// templates may name versions themselves, and crates that volplane has not been tested with.
pub(super) fn complete(files: &mut Vec<NewFile>, settings: &Settings, own: bool) -> Result<(), PlanError> {
    let workspace = manifests::parse("Cargo.toml", embedded::file("Cargo.toml")?)?;
    let vendored = settings.runtime == Runtime::Vendored;
    let mut locals = Vec::new();
    let mut versions = BTreeMap::new();

    for file in files.iter().filter(|file| file.path == "Cargo.toml" || file.path.ends_with("/Cargo.toml")) {
        locals.extend(local(&file.path, &file.text, true, &mut versions)?);
    }
    let mut crates_files = Vec::new();
    for known in crates(settings) {
        let path = format!("{}/Cargo.toml", known.folder);
        let text = manifests::vendored(&path, embedded::file(&path)?, &workspace)?;
        // Without the copy the project's workspace doesn't name what the crate needs, but locks it all the same.
        let listed = !matches!(settings.runtime, Runtime::Git(_) | Runtime::Version(_));
        let needs = if vendored { &mut versions } else { &mut BTreeMap::new() };
        locals.extend(local(&path, &text, listed, needs)?);
        if vendored {
            crates_files.push(NewFile { path: format!("runtime/{path}"), text, policy: Policy::Overwrite });
            crates_files.extend(embedded::folder(&format!("{}/src", known.folder)).map(|(name, text)| NewFile {
                path: format!("runtime/{}/src/{name}", known.folder),
                text: text.to_owned(),
                policy: Policy::Overwrite,
            }));
        }
    }
    super::add(files, crates_files.into_iter());

    let Some(root) = files.iter_mut().find(|file| file.path == "Cargo.toml") else { return Ok(()) };
    if root.text.contains(VERSIONS) {
        // What the template of Cargo.toml says itself, such as where the project's own packages are.
        let named = manifests::parse("Cargo.toml", &root.text)?;
        let named = manifests::section(&named, "dependencies").and_then(Item::as_table_like);
        versions.retain(|name, _| !named.is_some_and(|named| named.contains_key(name)));
        let lines = manifests::workspace_dependencies(&versions, &settings.runtime, &workspace)?;
        root.text = root.text.replace(VERSIONS, &lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    }
    let unused =
        Unused::parse(embedded::file("templates/lock.toml")?, settings.codegen.name()).map_err(LockError::from)?;
    match lock::lock(embedded::file("Cargo.lock")?, &locals, &unused, |name| required(&workspace, name)) {
        // cargo keeps it from here on.
        Ok(text) => {
            let file = NewFile { path: "Cargo.lock".to_owned(), text, policy: Policy::Skip };
            super::add(files, std::iter::once(file));
        }
        // cargo makes one that has the other crates, too.
        Err(LockError::Missing(_)) if own => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// A package for the lock file, if the manifest is one; adds what it inherits from the workspace to `versions`.
fn local(
    path: &str,
    text: &str,
    listed: bool,
    versions: &mut BTreeMap<String, String>,
) -> Result<Option<Local>, PlanError> {
    let manifest = manifests::parse(path, text)?;
    if manifest.get("package").is_none() {
        return Ok(None);
    }
    let dependencies = manifests::dependencies(&manifest);
    let inherited = dependencies.iter().filter(|(_, inherits)| **inherits);
    versions.extend(inherited.map(|(name, _)| (name.clone(), path.to_owned())));
    let package = |key: &str| {
        // A project's own packages inherit their version; the template of Cargo.toml has it.
        let inherited = if key == "version" { "0.1.0" } else { "" };
        let value = manifest.get("package").and_then(|package| package.get(key));
        value.and_then(Item::as_str).unwrap_or(inherited).to_owned()
    };
    Ok(Some(Local {
        name: package("name"),
        version: package("version"),
        dependencies: dependencies.into_keys().collect(),
        listed,
    }))
}

/// The version that volplane's workspace asks for.
fn required(workspace: &DocumentMut, name: &str) -> Option<String> {
    let entry = manifests::section(workspace, "dependencies")?.get(name)?;
    entry.as_str().or_else(|| entry.get("version")?.as_str()).map(str::to_owned)
}
