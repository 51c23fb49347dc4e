//! What a project builds with: the vendored crates, the versions in its workspace, and its lock file.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table};

use super::features::{self, Package};
use super::lock::{self, CargoLockError};
use super::manifests::{self, CODEGEN, RuntimeCrate, TRANSPORT};
use super::unused::Unused;
use super::{NewFile, PlanError, PlanRequest, Policy};
use crate::embedded;
use crate::project_path::ProjectPath;
use crate::settings::{Runtime, Settings};

/// Stands in the template of Cargo.toml where the versions go: they are known when all other manifests are.
const VERSIONS: &str = "# <versions>\n";

/// The licences, of which users choose one.
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// The folder of the vendored crates.
pub(crate) const VENDORED: &str = "runtime";

/// The crates of volplane's that a project needs, which has services (`serves`) or types alone.
pub(super) fn crates(settings: &Settings, serves: bool) -> Vec<RuntimeCrate> {
    let needed = [(CODEGEN, super::compiles_itself(settings)), (TRANSPORT, serves)];
    needed.into_iter().filter(|(_, is_needed)| *is_needed).map(|(known, _)| known).collect()
}

/// Adds the vendored crates and Cargo.lock to a project's files, and the versions to its Cargo.toml. A user's own
/// templates may name versions themselves, and crates that volplane has not been tested with.
pub(super) fn complete(files: &mut Vec<NewFile>, request: &PlanRequest<'_>) -> Result<(), PlanError> {
    let PlanRequest { settings, services, templates, .. } = request;
    let workspace = manifests::parse("Cargo.toml", embedded::file("Cargo.toml")?)?;
    let mut members = Vec::new();
    let mut versions = BTreeMap::new();
    for file in files.iter().filter(|file| file.path.is_manifest()) {
        let manifest = manifests::parse(&file.path, &file.text)?;
        let inherited = manifests::dependencies(&manifest).filter(|(_, item)| manifests::is_inherited(item));
        versions.extend(inherited.map(|(name, _)| (name.to_owned(), file.path.to_string())));
        members.push(manifest);
    }

    let crates = crates(settings, !services.is_empty());
    let root = match files.iter_mut().find(|file| file.path == "Cargo.toml") {
        Some(root) => name_versions(root, versions, settings, &workspace)?,
        None => DocumentMut::new(),
    };
    let mut packages = Vec::new();
    for mut manifest in members {
        // What a user's own templates inherit from nowhere is for cargo to tell.
        manifests::inherit(&mut manifest, &root).ok();
        packages.extend(package(&manifest));
    }
    let mut runtime = Vec::new();
    for known in crates {
        let path = format!("{}/Cargo.toml", known.folder);
        let manifest = manifests::parse(&path, &manifests::vendored(&path, embedded::file(&path)?, &workspace)?)?;
        if let Some(mut package) = package(&manifest) {
            package.listed = !matches!(settings.runtime, Runtime::Git(_) | Runtime::Version(_));
            let is_excluded = settings.workspace.is_some() || manifests::excludes(&root, VENDORED);
            package.member = settings.runtime == Runtime::Vendored && !is_excluded;
            packages.push(package);
        }
        runtime.push((known, manifest));
    }
    packages.extend(by_hand(&settings.features_by_hand));
    if settings.runtime == Runtime::Vendored && !runtime.is_empty() {
        for (known, manifest) in runtime {
            let copies = vendored(known, manifest, &features::of(known.package, &packages))?;
            super::add(files, copies.into_iter());
        }
        super::add(files, licences()?.into_iter());
    }
    if settings.workspace.is_some() {
        files.retain(|file| file.path != "Cargo.toml");
        let is_own = |file: &&mut NewFile| file.path.ends_with("/Cargo.toml") && !is_vendored(&file.path);
        for file in files.iter_mut().filter(is_own) {
            file.text = manifests::alone(&file.path, &file.text, &root)?;
        }
    }
    if !files.iter().any(|file| file.path == "Cargo.toml") {
        return Ok(());
    }

    let locals = features::locals(&packages);
    let unused = Unused::parse(embedded::file("templates/lock.toml")?).map_err(CargoLockError::from)?;
    match lock::lock(embedded::file("Cargo.lock")?, &locals, &unused, |name| required(&workspace, name)) {
        // cargo keeps it from here on.
        Ok(text) => {
            let file = NewFile { path: ProjectPath::known("Cargo.lock"), text, policy: Policy::Skip };
            super::add(files, std::iter::once(file));
        }
        // cargo makes one that has the other crates, too.
        Err(CargoLockError::Missing(_)) if templates.are_own() => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// A crate of volplane's as a project has it in a folder of its own, with these features: its manifest, and its sources.
fn vendored(
    known: RuntimeCrate,
    mut manifest: DocumentMut,
    features: &BTreeSet<String>,
) -> Result<Vec<NewFile>, PlanError> {
    manifests::keep_features(&mut manifest, features);
    let manifest = (format!("{}/Cargo.toml", known.folder), manifest.to_string());
    let sources = embedded::sources(known.folder, features).map(|(path, text)| (path.to_owned(), text));
    std::iter::once(manifest).chain(sources).map(|(path, text)| copy(&path, text)).collect()
}

/// Whether a file is one of a vendored crate.
pub(crate) fn is_vendored(path: &str) -> bool {
    path.strip_prefix(VENDORED).is_some_and(|rest| rest.starts_with('/'))
}

/// The licences of the vendored crates.
fn licences() -> Result<Vec<NewFile>, PlanError> {
    let licence = |path: &&str| copy(path, embedded::file(path)?.to_owned());
    LICENCES.iter().map(licence).collect()
}

/// A file of volplane's repository as a project has it.
fn copy(path: &str, text: String) -> Result<NewFile, PlanError> {
    let path = ProjectPath::new(format!("{VENDORED}/{path}"))?;
    Ok(NewFile { path, text, policy: Policy::Overwrite })
}

/// Puts the versions into the project's Cargo.toml, and reads it.
fn name_versions(
    root: &mut NewFile,
    mut versions: BTreeMap<String, String>,
    settings: &Settings,
    workspace: &DocumentMut,
) -> Result<DocumentMut, PlanError> {
    let named = manifests::parse("Cargo.toml", &root.text)?;
    if !root.text.contains(VERSIONS) {
        return Ok(named);
    }
    // What the template of Cargo.toml says itself, such as where the project's own packages are.
    let named = manifests::section(&named, "dependencies").and_then(Item::as_table_like);
    versions.retain(|name, _| !named.is_some_and(|named| named.contains_key(name)));
    let lines = manifests::workspace_dependencies(&versions, &settings.runtime, workspace)?;
    root.text = root.text.replace(VERSIONS, &lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    Ok(manifests::parse("Cargo.toml", &root.text)?)
}

/// A stand-in for the user's own code: a package that enables these features of the transport crate.
fn by_hand(features: &BTreeSet<String>) -> Option<Package> {
    if features.is_empty() {
        return None;
    }
    let features: Array = features.iter().map(String::as_str).collect();
    let mut dependency = InlineTable::new();
    dependency.insert("features", features.into());
    dependency.insert("default-features", false.into());
    let dependencies: Table = [(TRANSPORT.package, Item::Value(dependency.into()))].into_iter().collect();
    let mut manifest = DocumentMut::new();
    manifest.insert("dependencies", Item::Table(dependencies));
    let mut package = Package::new(String::new(), String::new(), &manifest);
    package.listed = false;
    Some(package)
}

/// The package that a manifest is of, if it is of one.
fn package(manifest: &DocumentMut) -> Option<Package> {
    let package = manifest.get("package")?;
    // A project's own packages inherit their version; the template of Cargo.toml has it.
    let text = |key: &str, inherited: &str| package.get(key).and_then(Item::as_str).unwrap_or(inherited).to_owned();
    Some(Package::new(text("name", ""), text("version", "0.1.0"), manifest))
}

/// The version that volplane's workspace asks for.
fn required(workspace: &DocumentMut, name: &str) -> Option<String> {
    let entry = manifests::section(workspace, "dependencies")?.get(name)?;
    entry.as_str().or_else(|| entry.get("version")?.as_str()).map(str::to_owned)
}
