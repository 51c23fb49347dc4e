//! Reads what an update has to know of a project's files.

mod packages;
mod sources;

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use thiserror::Error;

use crate::project_path::ProjectPath;
use crate::update::tree::Tree;
use packages::Packages;
use sources::rust_files;

/// A file or folder of the project can't be read.
#[derive(Debug, Error)]
#[error("cannot read {path}")]
pub(crate) struct DiskError {
    /// Which.
    path: String,
    #[source]
    source: io::Error,
}

/// Reads the files at `paths`, relative to `root`, as far as they are there, and every Rust file and manifest of the
/// user's.
///
/// # Errors
/// When something that is there can't be read.
pub(crate) fn read<'a>(root: &Path, paths: impl Iterator<Item = &'a ProjectPath>) -> Result<Tree, DiskError> {
    let mut wanted: BTreeSet<ProjectPath> = paths.cloned().collect();
    let packages = Packages::of(root);
    let links = linked_folders(root, &wanted);
    let mut found = BTreeSet::new();
    rust_files(root, "", &packages, &mut found)?;
    for (target, _) in &links {
        rust_files(root, target.trim_end_matches('/'), &packages, &mut found)?;
    }
    // One file has one path: that which volplane knows it by.
    let known = |path: String| {
        let through = |(target, link): &(String, String)| Some(format!("{link}{}", path.strip_prefix(target)?));
        links.iter().find_map(through).unwrap_or(path)
    };
    // A name that is not a path on every system is not a module either.
    wanted.extend(found.into_iter().filter_map(|path| ProjectPath::new(known(path)).ok()));
    let mut tree = Tree::default();
    for path in &wanted {
        let place = root.join(path);
        match fs::read(&place) {
            Ok(content) => {
                tree.insert(path.clone(), content);
                let metadata = fs::symlink_metadata(&place).ok();
                let is_link = metadata.as_ref().is_some_and(|metadata| metadata.is_symlink());
                if is_link && target(root, &place).is_some_and(|target| wanted.contains(target.as_str())) {
                    tree.link(path.clone());
                }
                let metadata = if is_link { fs::metadata(&place).ok() } else { metadata };
                if metadata.is_some_and(|metadata| metadata.permissions().readonly()) {
                    tree.read_only(path.clone());
                }
            }
            // Also a path through something that is no folder any more, and a folder, which is no file to know of.
            Err(error) if is_no_file(&error) => {}
            Err(source) => return Err(DiskError { path: place.display().to_string(), source }),
        }
    }
    Ok(tree)
}

/// The folders above `paths` that are links to others in the project: where each leads to, and its own path, both with a
/// `/` at the end.
fn linked_folders(root: &Path, paths: &BTreeSet<ProjectPath>) -> Vec<(String, String)> {
    let ends = |path: &str| path.match_indices('/').map(|(end, _)| end).collect::<Vec<_>>();
    let folders: BTreeSet<&str> =
        paths.iter().flat_map(|path| ends(path).into_iter().filter_map(|end| path.get(..end))).collect();
    let linked = |folder: &&str| {
        let place = root.join(folder);
        let is_link = fs::symlink_metadata(&place).is_ok_and(|metadata| metadata.is_symlink());
        let target = is_link.then(|| target(root, &place)).flatten().filter(|target| !target.is_empty())?;
        Some((format!("{target}/"), format!("{folder}/")))
    };
    folders.iter().filter_map(linked).collect()
}

fn is_no_file(error: &io::Error) -> bool {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
    matches!(error.kind(), IsADirectory | NotADirectory | NotFound)
}

/// Where a link in the project leads to, if it is in the project.
fn target(root: &Path, link: &Path) -> Option<ProjectPath> {
    ProjectPath::between(&fs::canonicalize(root).ok()?, &fs::canonicalize(link).ok()?).ok()
}
