//! Cargo manifests: those of the vendored crates, and the versions that a project's workspace has to name.
//!
//! A vendored crate is no member of the project's workspace: of a member cargo locks every optional dependency, of any other
//! package those that its features turn on. So its manifest inherits nothing.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;
use toml_edit::{Array, DocumentMut, InlineTable, Item, TableLike, Value, value};

use crate::settings::Runtime;
use crate::version::Version;

/// A manifest that is part of the command, or was made by it, is not as expected: a defect of this build, or of a user's
/// own templates.
#[derive(Debug, Error)]
pub(crate) enum ManifestError {
    /// No TOML.
    #[error("{manifest} is not valid TOML")]
    Toml {
        /// Which.
        manifest: String,
        #[source]
        source: toml_edit::TomlError,
    },
    /// A value is inherited that the workspace doesn't have.
    #[error("{manifest} inherits {key}, which the workspace does not define")]
    Inherits {
        /// Which.
        manifest: String,
        /// What.
        key: String,
    },
}

/// A crate of volplane's that a project runs on: its package's name, and its folder in volplane's repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RuntimeCrate {
    /// The package.
    pub(crate) package: &'static str,
    /// The folder.
    pub(crate) folder: &'static str,
}

/// The connections: every project needs them.
pub(crate) const TRANSPORT: RuntimeCrate = RuntimeCrate { package: "volplane-transport", folder: "transport" };
/// The compiler: only a project with a build.rs needs it.
pub(crate) const CODEGEN: RuntimeCrate = RuntimeCrate { package: "volplane-build", folder: "codegen" };

/// Reads a manifest.
pub(crate) fn parse(manifest: &str, text: &str) -> Result<DocumentMut, ManifestError> {
    text.parse().map_err(|source| ManifestError::Toml { manifest: manifest.to_owned(), source })
}

/// The name of the package that a manifest is of, if it is of one.
pub(crate) fn package_name(text: &str) -> Option<String> {
    let manifest: DocumentMut = text.parse().ok()?;
    Some(manifest.get("package")?.get("name")?.as_str()?.to_owned())
}

/// The tables with what is needed to build, tests aside.
const DEPENDENCIES: [&str; 2] = ["dependencies", "build-dependencies"];

/// The dependencies that are needed to build, tests aside, with their names in the manifest.
pub(crate) fn dependencies(manifest: &DocumentMut) -> impl Iterator<Item = (&str, &Item)> {
    let tables = DEPENDENCIES.iter().filter_map(|kind| manifest.get(kind)?.as_table_like());
    tables.flat_map(|table| table.iter())
}

/// Whether the workspace names the version of a dependency.
pub(crate) fn is_inherited(dependency: &Item) -> bool {
    dependency.get("workspace").and_then(Item::as_bool) == Some(true)
}

/// The manifest of a vendored crate: as in the repository, but for what needs the repository around it.
pub(crate) fn vendored(name: &str, text: &str, workspace: &DocumentMut) -> Result<String, ManifestError> {
    let mut manifest = parse(name, text)?;
    for key in ["dev-dependencies", "lints", "bench", "test", "example"] {
        manifest.remove(key);
    }
    if let Some(package) = manifest.get_mut("package").and_then(Item::as_table_like_mut) {
        resolve(package, section(workspace, "package"))
            .map_err(|key| ManifestError::Inherits { manifest: name.to_owned(), key })?;
    }
    inherit(&mut manifest, workspace).map_err(|key| ManifestError::Inherits { manifest: name.to_owned(), key })?;
    // Its tests stay where it is developed; the documentation's examples need crates that are not here.
    let lib = manifest.entry("lib").or_insert_with(toml_edit::table);
    if let Some(lib) = lib.as_table_like_mut() {
        for key in ["test", "doctest", "bench"] {
            lib.insert(key, value(false));
        }
    }
    Ok(manifest.to_string())
}

/// The features of volplane-transport that a manifest turns on; none if the text is no manifest, which cargo explains.
pub(crate) fn turned_on(text: &str) -> BTreeSet<String> {
    let Ok(manifest) = text.parse::<DocumentMut>() else { return BTreeSet::new() };
    let tables = DEPENDENCIES.into_iter().chain(["dev-dependencies"]).filter_map(|kind| manifest.get(kind));
    let entries = tables.filter_map(|table| table.get(TRANSPORT.package)?.get("features")?.as_array());
    entries.flat_map(|features| features.iter()).filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The highest version of Rust that packages ask for. A manifest that is not TOML asks for none.
pub(crate) fn highest_rust_version<'a>(manifests: impl Iterator<Item = &'a str>) -> String {
    let version = |text: &str| {
        let manifest = text.parse::<DocumentMut>().ok()?;
        let workspace = manifest.get("workspace").and_then(|workspace| workspace.get("package"));
        let packages = [manifest.get("package"), workspace];
        let versions = packages.into_iter().flatten().filter_map(|package| package.get("rust-version")?.as_str());
        versions.map(Version::new).max()
    };
    manifests.filter_map(version).max().map_or_else(String::new, |version| version.to_string())
}

/// Features of volplane's crates that members may enable, whatever the settings say.
const BY_HAND: [&str; 2] = ["default", "metrics"];

/// Leaves in a vendored crate's manifest the features that are on, those to turn on by hand, and the optional dependencies
/// that they bring. A feature that is not there is an error that cargo explains; one without its files is not.
pub(crate) fn keep_features(manifest: &mut DocumentMut, on: &BTreeSet<String>) {
    let mut used = BTreeSet::new();
    if let Some(features) = manifest.get_mut("features").and_then(Item::as_table_like_mut) {
        let known: Vec<String> = features.iter().map(|(name, _)| name.to_owned()).collect();
        let is_kept = |name: &str| on.contains(name) || BY_HAND.contains(&name);
        for name in known.iter().filter(|name| !is_kept(name)) {
            features.remove(name);
        }
        for (_, item) in features.iter_mut() {
            let Some(values) = item.as_array_mut() else { continue };
            values.retain(|value| value.as_str().is_none_or(|name| !known.iter().any(|k| k == name) || is_kept(name)));
            let deps = values.iter().filter_map(Value::as_str);
            used.extend(deps.filter_map(|value| value.strip_prefix("dep:")).map(str::to_owned));
        }
    }
    for kind in DEPENDENCIES {
        let Some(table) = manifest.get_mut(kind).and_then(Item::as_table_like_mut) else { continue };
        let is_optional = |item: &Item| item.get("optional").and_then(Item::as_bool) == Some(true);
        let unused = table.iter().filter(|(name, item)| is_optional(item) && !used.contains(*name));
        for name in unused.map(|(name, _)| name.to_owned()).collect::<Vec<_>>() {
            table.remove(&name);
        }
    }
}

/// The manifest `name` of a package that belongs to no workspace of the project's: it inherits nothing of `root`.
pub(crate) fn alone(name: &str, text: &str, root: &DocumentMut) -> Result<String, ManifestError> {
    let mut root = root.clone();
    let up = "../".repeat(name.matches('/').count());
    let table = root.get_mut("workspace").and_then(|workspace| workspace.get_mut("dependencies"));
    for (_, entry) in table.and_then(Item::as_table_like_mut).into_iter().flat_map(|table| table.iter_mut()) {
        let path = entry.get("path").and_then(Item::as_str).filter(|path| !path.starts_with('/'));
        if let (Some(path), Some(entry)) = (path.map(|path| format!("{up}{path}")), entry.as_table_like_mut()) {
            entry.insert("path", value(path));
        }
    }
    let mut manifest = parse(name, text)?;
    // What a user's own templates inherit from nowhere, the workspace around may have.
    inherit(&mut manifest, &root).ok();
    Ok(manifest.to_string())
}

/// Replaces every dependency's `workspace = true` by what the workspace says of it.
///
/// # Errors
/// With the name of a dependency that the workspace lacks; those that it has are replaced all the same.
pub(crate) fn inherit(manifest: &mut DocumentMut, workspace: &DocumentMut) -> Result<(), String> {
    let mut missing = None;
    for kind in DEPENDENCIES.into_iter().chain(["dev-dependencies"]) {
        let Some(table) = manifest.get_mut(kind).and_then(Item::as_table_like_mut) else { continue };
        for (mut key, item) in table.iter_mut().filter(|(_, item)| is_inherited(item)) {
            match section(workspace, "dependencies").and_then(|table| table.get(key.get())) {
                Some(entry) => *item = Item::Value(with_additions(entry, item)),
                None => missing = missing.or_else(|| Some(key.get().to_owned())),
            }
            key.fmt();
        }
    }
    missing.map_or(Ok(()), Err)
}

/// A workspace's entry for a dependency with what a member adds: features, and whether it is optional.
fn with_additions(entry: &Item, member: &Item) -> Value {
    let mut table = match entry.as_table_like() {
        Some(entry) => entry.iter().filter_map(|(key, item)| Some((key, item.as_value()?.clone()))).collect(),
        None => entry.as_value().map(|version| ("version", version.clone())).into_iter().collect::<InlineTable>(),
    };
    let own = member.get("features").and_then(Item::as_array);
    let inherited = table.get("features").and_then(Value::as_array);
    let mut features: Array = inherited.into_iter().chain(own).flat_map(|array| array.iter()).cloned().collect();
    if !features.is_empty() {
        features.fmt();
        table.insert("features", features.into());
    }
    if let Some(optional) = member.get("optional").and_then(Item::as_bool) {
        table.insert("optional", optional.into());
    }
    table.fmt();
    match (table.len(), table.get("version")) {
        (1, Some(version)) => version.clone().decorated(" ", ""),
        _ => Value::from(table).decorated(" ", ""),
    }
}

/// Replaces `key.workspace = true` by the workspace's value.
fn resolve(package: &mut dyn TableLike, inherited: Option<&Item>) -> Result<(), String> {
    let keys: Vec<String> = package
        .iter()
        .filter(|(_, item)| item.as_table_like().is_some_and(|table| table.contains_key("workspace")))
        .map(|(key, _)| key.to_owned())
        .collect();
    for key in keys {
        let found =
            inherited.and_then(|table| table.get(&key)).and_then(Item::as_value).cloned().ok_or_else(|| key.clone())?;
        package.insert(&key, Item::Value(found.decorated(" ", "")));
        if let Some(mut written) = package.key_mut(&key) {
            written.fmt();
        }
    }
    Ok(())
}

/// The lines of a project's `[workspace.dependencies]`: the runtime's crates, then `names` as volplane's own workspace
/// has them. Behind each name stands the manifest that asks for it.
pub(crate) fn workspace_dependencies(
    names: &BTreeMap<String, String>,
    runtime: &Runtime,
    workspace: &DocumentMut,
) -> Result<Vec<String>, ManifestError> {
    let table = section(workspace, "dependencies");
    let mut lines = Vec::new();
    for (name, manifest) in names {
        let missing = || ManifestError::Inherits { manifest: manifest.clone(), key: name.clone() };
        let entry = match [TRANSPORT, CODEGEN].iter().find(|known| known.package == name) {
            Some(known) => from_runtime(*known, runtime, table.and_then(|table| table.get(name))),
            None => {
                let entry = table.and_then(|table| table.get(name)).and_then(Item::as_value).ok_or_else(missing)?;
                entry.clone().decorated("", "").to_string()
            }
        };
        lines.push(format!("{name} = {entry}"));
    }
    Ok(lines)
}

/// A table of `[workspace]`.
pub(crate) fn section<'a>(manifest: &'a DocumentMut, name: &str) -> Option<&'a Item> {
    manifest.get("workspace")?.get(name)
}

/// Whether a workspace leaves a folder out.
pub(crate) fn excludes(manifest: &DocumentMut, folder: &str) -> bool {
    let excluded = section(manifest, "exclude").and_then(Item::as_array).into_iter().flat_map(|array| array.iter());
    excluded.filter_map(Value::as_str).any(|path| path == folder)
}

/// The entry for one of volplane's crates: from elsewhere, and with default features only if volplane's own workspace has
/// them.
fn from_runtime(known: RuntimeCrate, runtime: &Runtime, entry: Option<&Item>) -> String {
    let (key, source) = match runtime {
        Runtime::Vendored => ("path", format!("runtime/{}", known.folder)),
        Runtime::Path(root) => ("path", format!("{root}/{}", known.folder)),
        Runtime::Git(url) => ("git", url.clone()),
        Runtime::Version(req) => ("version", req.clone()),
    };
    let mut table: InlineTable = [(key, source)].into_iter().collect();
    if let Some(default) = entry.and_then(|entry| entry.get("default-features")).and_then(Item::as_bool) {
        table.insert("default-features", default.into());
    }
    Value::from(table).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKSPACE: &str = r#"
[workspace.package]
version = "0.1.0"
edition = "2024"

[workspace.dependencies]
bytes = "1.2"
tokio = { version = "1.54", default-features = false, features = ["net"] }
volplane-transport = { version = "0.1.0", path = "transport", default-features = false }
yamux = "0.14"
"#;

    const CRATE: &str = r#"[package]
name = "volplane-transport"
version.workspace = true
edition.workspace = true

[dependencies]
bytes.workspace = true
tokio = { workspace = true, features = ["time"] }
yamux = { workspace = true, optional = true }

[dev-dependencies]
insta.workspace = true

[[bench]]
name = "calls"

[lints]
workspace = true
"#;

    #[test]
    fn a_vendored_manifest_needs_no_repository_around_it() -> Result<(), ManifestError> {
        let workspace = parse("root", WORKSPACE)?;
        insta::assert_snapshot!(vendored("transport", CRATE, &workspace)?, @r#"
        [package]
        name = "volplane-transport"
        version = "0.1.0"
        edition = "2024"

        [dependencies]
        bytes = "1.2"
        tokio = { version = "1.54", default-features = false, features = ["net", "time"] }
        yamux = { version = "0.14", optional = true }

        [lib]
        test = false
        doctest = false
        bench = false
        "#);
        Ok(())
    }

    #[test]
    fn the_workspace_names_every_version_once() -> Result<(), ManifestError> {
        let workspace = parse("root", WORKSPACE)?;
        let asked = |name: &str| (name.to_owned(), "cmd/Cargo.toml".to_owned());
        let names = BTreeMap::from(["bytes", "tokio", "volplane-transport"].map(asked));
        let lines = workspace_dependencies(&names, &Runtime::Path("../volplane".into()), &workspace)?;
        insta::assert_snapshot!(lines.join("\n"), @r#"
        bytes = "1.2"
        tokio = { version = "1.54", default-features = false, features = ["net"] }
        volplane-transport = { path = "../volplane/transport", default-features = false }
        "#);
        let unknown = BTreeMap::from([asked("nope")]);
        let error = workspace_dependencies(&unknown, &Runtime::Vendored, &workspace).err();
        let text = error.map(|error| error.to_string()).unwrap_or_default();
        assert_eq!(text, "cmd/Cargo.toml inherits nope, which the workspace does not define");
        Ok(())
    }
}
