//! What a project builds with: the vendored crates, the versions in its workspace, and its lock file.

use std::collections::BTreeMap;

use toml_edit::{DocumentMut, Item};

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
    for file in files.iter().filter(|file| file.path == "Cargo.toml" || file.path.ends_with("/Cargo.toml")) {
        let manifest = manifests::parse(&file.path, &file.text)?;
        let inherited = manifests::dependencies(&manifest).filter(|(_, item)| manifests::is_inherited(item));
        versions.extend(inherited.map(|(name, _)| (name.to_owned(), file.path.to_string())));
        members.push(manifest);
    }

    let crates = crates(settings, !services.is_empty());
    let runtime = crates.into_iter().map(|known| vendored(known, &workspace)).collect::<Result<Vec<_>, _>>()?;
    let copies = runtime.iter().filter(|_| settings.runtime == Runtime::Vendored);
    super::add(files, copies.flat_map(|(_, files)| files.iter().cloned()).collect::<Vec<_>>().into_iter());

    let Some(root) = files.iter_mut().find(|file| file.path == "Cargo.toml") else { return Ok(()) };
    let root = name_versions(root, versions, settings, &workspace)?;
    let mut packages = Vec::new();
    for mut manifest in members {
        // What a user's own templates inherit from nowhere is for cargo to tell.
        manifests::inherit(&mut manifest, &root).ok();
        packages.extend(package(&manifest));
    }
    for mut package in runtime.into_iter().filter_map(|(manifest, _)| package(&manifest)) {
        package.listed = !matches!(settings.runtime, Runtime::Git(_) | Runtime::Version(_));
        package.member = settings.runtime == Runtime::Vendored && !manifests::excludes(&root, VENDORED);
        packages.push(package);
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

/// A crate of volplane's as a project has it in a folder of its own: its manifest, and all its files.
fn vendored(known: RuntimeCrate, workspace: &DocumentMut) -> Result<(DocumentMut, Vec<NewFile>), PlanError> {
    let path = format!("{}/Cargo.toml", known.folder);
    let text = manifests::vendored(&path, embedded::file(&path)?, workspace)?;
    let manifest = manifests::parse(&path, &text)?;
    let folder = format!("{}/src", known.folder);
    let sources = embedded::folder(&folder).map(|(name, text)| (format!("{folder}/{name}"), text.to_owned()));
    let file = |(path, text)| {
        let path = ProjectPath::new(format!("{VENDORED}/{path}"))?;
        Ok::<_, PlanError>(NewFile { path, text, policy: Policy::Overwrite })
    };
    let files = std::iter::once((path, text)).chain(sources).map(file);
    Ok((manifest, files.collect::<Result<_, _>>()?))
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
