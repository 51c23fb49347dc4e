//! What a project builds with: the vendored crates, the versions in its workspace, and its lock file.

use std::collections::BTreeSet;

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

/// Adds the vendored crates and Cargo.lock to a project's files, and the versions to its Cargo.toml.
pub(super) fn complete(files: &mut Vec<NewFile>, settings: &Settings) -> Result<(), PlanError> {
    let workspace = manifests::parse("Cargo.toml", embedded::file("Cargo.toml")?)?;
    let vendored = settings.runtime == Runtime::Vendored;
    let mut locals = Vec::new();
    let mut versions = BTreeSet::new();

    for file in files.iter().filter(|file| file.path.ends_with("/Cargo.toml")) {
        locals.push(local(&file.path, &file.text, true, &mut versions)?);
    }
    // The template of Cargo.toml says itself where the project's own packages are.
    versions.retain(|name| locals.iter().all(|local: &Local| local.name != *name));
    for known in crates(settings) {
        let path = format!("{}/Cargo.toml", known.folder);
        let text = manifests::vendored(&path, embedded::file(&path)?, &workspace)?;
        // Without the copy the project's workspace doesn't name what the crate needs, but locks it all the same.
        let listed = !matches!(settings.runtime, Runtime::Git(_) | Runtime::Version(_));
        let needs = if vendored { &mut versions } else { &mut BTreeSet::new() };
        locals.push(local(&path, &text, listed, needs)?);
        if vendored {
            files.push(NewFile { path: format!("runtime/{path}"), text, policy: Policy::Overwrite });
            files.extend(embedded::folder(&format!("{}/src", known.folder)).map(|(name, text)| NewFile {
                path: format!("runtime/{}/src/{name}", known.folder),
                text: text.to_owned(),
                policy: Policy::Overwrite,
            }));
        }
    }

    let lines = manifests::workspace_dependencies(&versions, &settings.runtime, &workspace)?;
    if let Some(root) = files.iter_mut().find(|file| file.path == "Cargo.toml") {
        root.text = root.text.replace(VERSIONS, &lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    }
    let unused =
        Unused::parse(embedded::file("templates/lock.toml")?, settings.codegen.name()).map_err(LockError::from)?;
    let text = lock::lock(embedded::file("Cargo.lock")?, &locals, &unused, |name| required(&workspace, name))?;
    // cargo keeps it from here on.
    files.push(NewFile { path: "Cargo.lock".to_owned(), text, policy: Policy::Skip });
    Ok(())
}

/// A package for the lock file; adds what it inherits from the workspace to `versions`.
fn local(path: &str, text: &str, listed: bool, versions: &mut BTreeSet<String>) -> Result<Local, PlanError> {
    let manifest = manifests::parse(path, text)?;
    let dependencies = manifests::dependencies(&manifest);
    versions.extend(dependencies.iter().filter(|(_, inherits)| **inherits).map(|(name, _)| name.clone()));
    let package = |key: &str| {
        // A project's own packages inherit their version; the template of Cargo.toml has it.
        let inherited = if key == "version" { "0.1.0" } else { "" };
        let value = manifest.get("package").and_then(|package| package.get(key));
        value.and_then(Item::as_str).unwrap_or(inherited).to_owned()
    };
    Ok(Local {
        name: package("name"),
        version: package("version"),
        dependencies: dependencies.into_keys().collect(),
        listed,
    })
}

/// The version that volplane's workspace asks for.
fn required(workspace: &DocumentMut, name: &str) -> Option<String> {
    let entry = manifests::section(workspace, "dependencies")?.get(name)?;
    entry.as_str().or_else(|| entry.get("version")?.as_str()).map(str::to_owned)
}
