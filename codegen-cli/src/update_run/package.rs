//! The directory of the programs may be moved by the user: volplane.lock follows it once volplane.toml names it, and until
//! then an update is refused, because it would make the programs a second time.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use thiserror::Error;

use crate::command_error::{CommandError, Help};
use crate::config;
use crate::exit::Exit;
use crate::plan::NewFile;
use crate::plan::manifests::package_name;
use crate::project_path::ProjectPath;
use crate::record::{Made, Record};

/// The programs are not where volplane.toml says.
#[derive(Debug, Error)]
pub(crate) enum PackageError {
    /// They were moved.
    #[error("the programs were moved from {from} to {to}")]
    Moved {
        /// Where they were.
        from: String,
        /// Where they are.
        to: String,
    },
    /// They are to be moved.
    #[error("expected the programs in {to}, the `package` of {}, found them in {from}", config::FILE)]
    NotMoved {
        /// Where they are.
        from: String,
        /// Where they should be.
        to: String,
    },
}

impl CommandError for PackageError {
    fn help(&self) -> Help {
        Some(match self {
            Self::Moved { from, to } if to.contains('/') => {
                format!("move them to a directory in the root of the project, such as {from}").into()
            }
            Self::Moved { to, .. } => format!("set `package = \"{to}\"` in {}, above any [table]", config::FILE).into(),
            Self::NotMoved { from, to } => {
                format!("move them (git mv {from} {to}), or set `package = \"{from}\"` in {}", config::FILE).into()
            }
        })
    }

    fn exit(&self) -> Exit {
        Exit::Usage
    }
}

/// The record of a project whose programs are in the directory `package` now.
///
/// # Errors
/// When they are somewhere else.
pub(super) fn follow(record: Record, package: &str, rendered: &[NewFile], root: &Path) -> Result<Record, PackageError> {
    let is_rendered = |dir: &str| rendered.iter().any(|file| *file.path == *manifest(dir));
    if !is_rendered(package) {
        return Ok(record);
    }
    let mut recorded = record.files.keys().filter_map(|path| path.strip_suffix("/Cargo.toml"));
    let is_old = |dir: &&str| !dir.contains('/') && !is_rendered(dir);
    let from =
        if record.files.contains_key(manifest(package).as_str()) { Some(package) } else { recorded.find(is_old) };
    let Some(from) = from else { return Ok(record) };
    let files: Vec<&str> = record.files.keys().filter_map(|path| path.strip_prefix(from)?.strip_prefix('/')).collect();
    let count = |dir: &Path| files.iter().filter(|file| dir.join(file).is_file()).count();
    match (count(&root.join(from)) > 0, from == package) {
        (true, true) => Ok(record),
        (true, false) => Err(PackageError::NotMoved { from: from.to_owned(), to: package.to_owned() }),
        (false, false) if root.join(manifest(package)).is_file() => {
            let from = from.to_owned();
            Ok(moved(record, &from, package))
        }
        (false, _) => {
            let names: Vec<String> = [from, package].iter().filter_map(|dir| name(&record, rendered, dir)).collect();
            let is_it = |dir: &Path| {
                let text = fs::read_to_string(dir.join("Cargo.toml")).unwrap_or_default();
                package_name(&text).is_some_and(|name| names.contains(&name) || count(dir) * 2 >= files.len())
            };
            match find(root, "", &is_it) {
                Some(to) => Err(PackageError::Moved { from: from.to_owned(), to }),
                None => Ok(record),
            }
        }
    }
}

fn manifest(dir: &str) -> String {
    format!("{dir}/Cargo.toml")
}

/// What the package in a directory is called, as it was made or would be.
fn name(record: &Record, rendered: &[NewFile], dir: &str) -> Option<String> {
    let path = manifest(dir);
    match record.files.get(path.as_str()) {
        Some(Made::Merge(bases)) => bases.iter().find_map(|base| package_name(base)),
        _ => rendered.iter().find(|file| *file.path == *path).and_then(|file| package_name(&file.text)),
    }
}

/// A directory in the project that is the one, at most two levels deep.
fn find(root: &Path, below: &str, is_it: &impl Fn(&Path) -> bool) -> Option<String> {
    let mut names: Vec<String> = fs::read_dir(root.join(below))
        .ok()?
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.') && !matches!(name.as_str(), "target" | "runtime" | "node_modules"))
        .collect();
    names.sort();
    let path = |name: &String| if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
    let paths: Vec<String> = names.iter().map(path).collect();
    let here = paths.iter().find(|path| is_it(&root.join(path))).cloned();
    here.or_else(|| paths.iter().filter(|_| below.is_empty()).find_map(|path| find(root, path, is_it)))
}

/// The same record, with the files of one directory in another one.
fn moved(record: Record, from: &str, to: &str) -> Record {
    let path = |path: ProjectPath| match path.strip_prefix(from) {
        // A file of a directory with another name: still a path in the project.
        Some(rest) if rest.starts_with('/') => ProjectPath::new(format!("{to}{rest}")).unwrap_or(path),
        _ => path,
    };
    let files: BTreeMap<ProjectPath, Made> = record.files.into_iter().map(|(name, made)| (path(name), made)).collect();
    let unused = record.unused.into_iter().map(path).collect();
    Record { files, unused, ..record }
}
