//! Reads what an update has to know of a project's files.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use thiserror::Error;

use crate::config;
use crate::project_path::ProjectPath;
use crate::update::tree::Tree;

/// A file or folder of the project can't be read.
#[derive(Debug, Error)]
#[error("cannot read {path}")]
pub(crate) struct DiskError {
    /// Which.
    path: String,
    #[source]
    source: io::Error,
}

/// Reads the files at `paths`, relative to `root`, as far as they are there, and every Rust file of the user's.
///
/// # Errors
/// When something that is there can't be read.
pub(crate) fn read<'a>(root: &Path, paths: impl Iterator<Item = &'a ProjectPath>) -> Result<Tree, DiskError> {
    let mut wanted: BTreeSet<ProjectPath> = paths.cloned().collect();
    rust_files(root, "", &mut wanted)?;
    let mut tree = Tree::default();
    for path in &wanted {
        let place = root.join(path);
        match fs::read(&place) {
            Ok(content) => {
                tree.insert(path.clone(), content);
                if fs::symlink_metadata(&place).is_ok_and(|metadata| metadata.is_symlink())
                    && target(root, &place).is_some_and(|target| wanted.contains(&target))
                {
                    tree.link(path.clone());
                }
            }
            // Also a path through something that is no folder any more, and a folder, which is no file to know of.
            Err(error) if is_no_file(&error) => {}
            Err(source) => return Err(DiskError { path: place.display().to_string(), source }),
        }
    }
    Ok(tree)
}

fn is_no_file(error: &io::Error) -> bool {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
    matches!(error.kind(), IsADirectory | NotADirectory | NotFound)
}

/// Where a link in the project leads to, if it is in the project.
fn target(root: &Path, link: &Path) -> Option<ProjectPath> {
    ProjectPath::between(&fs::canonicalize(root).ok()?, &fs::canonicalize(link).ok()?).ok()
}

/// Adds the Rust files in a folder, leaving out what is no source of this project.
fn rust_files(root: &Path, folder: &str, found: &mut BTreeSet<ProjectPath>) -> Result<(), DiskError> {
    let place = root.join(folder);
    let failed = |source| DiskError { path: place.display().to_string(), source };
    for entry in fs::read_dir(&place).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            if !is_foreign(&name, &entry.path()) {
                rust_files(root, &path, found)?;
            }
        } else if kind.is_file() && name.ends_with(".rs") {
            // A name that is not a path on every system is not a module either.
            found.extend(ProjectPath::new(path));
        }
    }
    Ok(())
}

/// Whether a folder holds no source of this project: hidden, made by a tool, or a project of its own.
fn is_foreign(name: &str, path: &Path) -> bool {
    name.starts_with('.')
        || matches!(name, "target" | "node_modules")
        || path.join("CACHEDIR.TAG").is_file()
        || path.join(config::FILE).is_file()
}
