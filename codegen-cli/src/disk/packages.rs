//! Which cargo packages below a project belong to it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use toml_edit::{DocumentMut, Item, Value};

use crate::layout;
use crate::plan::manifests::section;

/// The packages of a project.
#[derive(Debug, Default)]
pub(super) struct Packages {
    /// What its workspace says; `None` if it has none, or one that can't be read.
    workspace: Option<WorkspaceMembers>,
}

#[derive(Debug)]
struct WorkspaceMembers {
    /// Folders, in which `*` stands for any name.
    members: Vec<String>,
    excluded: Vec<String>,
    /// The folders that members depend on by their paths.
    dependencies: BTreeSet<String>,
}

impl Packages {
    /// Reads the project's manifest.
    pub(super) fn of(root: &Path) -> Self {
        Self { workspace: WorkspaceMembers::of(root) }
    }

    /// Whether a folder is a package of somebody else: it has a workspace of its own, or is no member of the project's.
    pub(super) fn is_foreign(&self, root: &Path, folder: &str) -> bool {
        let Ok(manifest) = fs::read_to_string(root.join(folder).join("Cargo.toml")) else { return false };
        let has_workspace =
            manifest.lines().any(|line| line.starts_with("[workspace]") || line.starts_with("[workspace."));
        has_workspace || self.workspace.as_ref().is_some_and(|workspace| !workspace.has(folder))
    }
}

impl WorkspaceMembers {
    fn of(root: &Path) -> Option<Self> {
        let manifest: DocumentMut = fs::read_to_string(root.join("Cargo.toml")).ok()?.parse().ok()?;
        manifest.get("workspace")?;
        let list = |key: &str| -> Vec<String> {
            let array = section(&manifest, key).and_then(Item::as_array);
            array.into_iter().flatten().filter_map(Value::as_str).map(|path| folder("", path)).collect()
        };
        let mut workspace = Self { members: list("members"), excluded: list("exclude"), dependencies: BTreeSet::new() };
        let mut found = paths(&manifest, "");
        // What members depend on is a member, too.
        while let Some(next) = found.pop() {
            if !workspace.dependencies.insert(next.clone()) {
                continue;
            }
            let text = fs::read_to_string(root.join(&next).join("Cargo.toml"));
            if let Some(manifest) = text.ok().and_then(|text| text.parse::<DocumentMut>().ok()) {
                found.extend(paths(&manifest, &next));
            }
        }
        Some(workspace)
    }

    fn has(&self, folder: &str) -> bool {
        let is_below =
            |other: &String| folder == other || folder.strip_prefix(other).is_some_and(|rest| rest.starts_with('/'));
        let is_named = self.members.iter().any(|member| matches(member, folder));
        is_named || (self.dependencies.contains(folder) && !self.excluded.iter().any(is_below))
    }
}

/// The folders of the project that a manifest in `package` names as `path` of a dependency.
fn paths(manifest: &DocumentMut, package: &str) -> Vec<String> {
    let workspace = manifest.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    let own = ["dependencies", "dev-dependencies", "build-dependencies"].map(|key| manifest.get(key));
    let tables = own.into_iter().chain([workspace]).flatten().filter_map(Item::as_table_like);
    let path = |(_, item): (&str, &Item)| Some(folder(package, item.as_table_like()?.get("path")?.as_str()?));
    tables.flat_map(|table| table.iter().filter_map(path).collect::<Vec<_>>()).collect()
}

/// A folder, seen from the project.
fn folder(package: &str, path: &str) -> String {
    layout::normal(&Path::new(package).join(path)).to_string_lossy().replace('\\', "/")
}

/// Whether a folder is one that a member's pattern means.
fn matches(pattern: &str, folder: &str) -> bool {
    let (patterns, names): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), folder.split('/').collect());
    let is_one = |(pattern, name): (&&str, &&str)| match pattern.split_once('*') {
        Some((before, behind)) => {
            let rest = name.strip_prefix(before);
            rest.is_some_and(|rest| rest.ends_with(behind.trim_start_matches('*')))
        }
        None => pattern == name,
    };
    patterns.len() == names.len() && patterns.iter().zip(&names).all(is_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_named_or_match_a_pattern() {
        assert!(matches("cmd", "cmd"));
        assert!(matches("crates/*", "crates/a"));
        assert!(matches("crates/my-*", "crates/my-a"));
        assert!(!matches("crates/*", "crates/a/b"));
        assert!(!matches("cmd", "cmd2"));
    }

    #[test]
    fn packages_that_are_no_members_are_foreign() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let root = "[workspace]\nmembers = [\"./a\", \"c/*\"]\nexclude = [\"r\"]\n[workspace.dependencies]\nd = { path = \"d\" }\nr = { path = \"r/x\" }\n";
        write("Cargo.toml", root);
        write("a/Cargo.toml", "[package]\n");
        write("c/one/Cargo.toml", "[package]\n");
        write("d/Cargo.toml", "[package]\n[dependencies]\ne = { path = \"../e\" }\n");
        write("e/Cargo.toml", "[package]\n");
        write("r/x/Cargo.toml", "[package]\n");
        write("other/Cargo.toml", "[package]\n");
        write("c/two/Cargo.toml", "[package]\n[workspace]\n");
        let foreign = |folder: &str| Packages::of(dir.path()).is_foreign(dir.path(), folder);
        assert_eq!(["a", "c/one", "d", "e", "src"].map(foreign), [false; 5]);
        assert_eq!(["other", "c/two", "r/x"].map(foreign), [true; 3]);
        // Of a manifest that can't be read nothing is known.
        write("Cargo.toml", "<<<<<<< yours\n");
        assert_eq!(["other", "c/two"].map(foreign), [false, true]);
    }
}
