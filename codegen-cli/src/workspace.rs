//! The cargo workspace that a new project's folder lies in: its packages become members of it.
//!
//! The project's own folder is excluded, so that a pattern among the members does not take it for a package, nor cargo the
//! vendored crates for members. What is listed as a member belongs to the workspace all the same (The Cargo Book, "The members
//! and exclude fields"). The packages name their versions themselves: an update changes nothing outside the project.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::{fs, io};

use thiserror::Error;
use toml_edit::{Array, DocumentMut, Item, Value};

use crate::apply::{self, Rewrite, RewriteError};
use crate::command_error::{CommandError, Help};
use crate::exit::Exit;
use crate::layout;
use crate::plan::manifests::package_name;
use crate::plan::{self, NewFile};

/// The manifest's name.
const MANIFEST: &str = "Cargo.toml";

/// A project can't be made in this workspace.
#[derive(Debug, Error)]
pub(crate) enum WorkspaceError {
    /// The system refuses.
    #[error("cannot read {path}")]
    Read {
        /// The manifest.
        path: String,
        #[source]
        source: io::Error,
    },
    /// The manifest is not one.
    #[error("{path} is not valid TOML")]
    Toml {
        /// The manifest.
        path: String,
        #[source]
        source: toml_edit::TomlError,
    },
    /// A list is something else.
    #[error("`{key}` of the workspace in {path} is not a list")]
    NotAList {
        /// The key.
        key: &'static str,
        /// The manifest.
        path: String,
    },
    /// Two packages of one name can't be in one workspace.
    #[error("the workspace in {path} has a package {name} already")]
    SameName {
        /// The manifest.
        path: String,
        /// The name.
        name: String,
    },
    /// The project is there, but the workspace does not know of it.
    #[error("the project was created, but {path} can't be edited")]
    Write {
        /// The manifest.
        path: String,
        #[source]
        source: RewriteError,
    },
}

impl CommandError for WorkspaceError {
    fn help(&self) -> Help {
        let help = match self {
            Self::SameName { .. } => "choose another name for the project's packages: --module NAME",
            Self::Write { .. } => "add the project's packages to `members` and its directory to `exclude`",
            Self::Read { .. } | Self::Toml { .. } | Self::NotAList { .. } => {
                "correct the manifest, or create the project outside this workspace"
            }
        };
        Some(help.into())
    }

    fn exit(&self) -> Exit {
        Exit::Usage
    }
}

/// A package of a new project: its folder there, and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProjectPackage {
    folder: String,
    name: String,
}

/// The packages of a project that has these files.
pub(crate) fn packages(files: &[NewFile]) -> Vec<ProjectPackage> {
    let package = |file: &NewFile| {
        let folder = file.path.strip_suffix(MANIFEST)?.strip_suffix('/')?.to_owned();
        Some(ProjectPackage { folder, name: package_name(&file.text)? })
    };
    files.iter().filter(|file| !plan::is_vendored(&file.path)).filter_map(package).collect()
}

/// A cargo workspace that a folder lies in.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// Its folder, absolute.
    root: PathBuf,
    text: String,
    /// The way from the folder to that of the workspace.
    pub(crate) way: String,
    /// The way back.
    folder: String,
}

impl Workspace {
    /// The workspace that a package in `dir` would belong to: that of the nearest folder above with one, unless it excludes
    /// `dir`. `dir` is absolute.
    ///
    /// # Errors
    /// When a manifest above can't be read.
    pub(crate) fn around(dir: &Path) -> Result<Option<Self>, WorkspaceError> {
        for root in dir.ancestors().skip(1) {
            let manifest = root.join(MANIFEST);
            let path = || shown(root);
            let text = match fs::read_to_string(&manifest) {
                Ok(text) => text,
                Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                    continue;
                }
                Err(source) => return Err(WorkspaceError::Read { path: path(), source }),
            };
            let parsed: DocumentMut = text.parse().map_err(|source| WorkspaceError::Toml { path: path(), source })?;
            let Some(workspace) = parsed.get("workspace") else { continue };
            let folder = layout::relative(root, dir);
            if texts(workspace, "exclude").any(|excluded| Path::new(&folder).starts_with(excluded)) {
                return Ok(None);
            }
            return Ok(Some(Self { root: root.to_owned(), text, way: layout::relative(dir, root), folder }));
        }
        Ok(None)
    }

    /// The manifest with these packages of the project as members.
    ///
    /// # Errors
    /// When a list of the workspace is none, or it has a package of one of these names.
    pub(crate) fn with(&self, packages: &[ProjectPackage]) -> Result<String, WorkspaceError> {
        let path = self.path();
        let mut manifest: DocumentMut =
            self.text.parse().map_err(|source| WorkspaceError::Toml { path: path.clone(), source })?;
        if let Some(name) = self.names(&manifest).into_iter().find(|name| packages.iter().any(|own| own.name == *name))
        {
            return Err(WorkspaceError::SameName { path, name });
        }
        let Some(workspace) = manifest.get_mut("workspace") else { return Ok(self.text.clone()) };
        let members = packages.iter().map(|package| format!("{}/{}", self.folder, package.folder));
        for (key, paths) in [("members", members.collect()), ("exclude", vec![self.folder.clone()])] {
            push(workspace, key, paths).ok_or(WorkspaceError::NotAList { key, path: path.clone() })?;
        }
        Ok(manifest.to_string())
    }

    /// The names of the packages that are there already, as far as they are easily found.
    fn names(&self, manifest: &DocumentMut) -> Vec<String> {
        let mut folders = vec![self.root.clone()];
        for member in manifest.get("workspace").into_iter().flat_map(|workspace| texts(workspace, "members")) {
            match member.strip_suffix("/*") {
                Some(folder) => {
                    let entries = fs::read_dir(self.root.join(folder)).into_iter().flatten().flatten();
                    folders.extend(entries.map(|entry| entry.path()));
                }
                None => folders.push(self.root.join(member)),
            }
        }
        folders.iter().filter_map(|folder| package_name(&fs::read_to_string(folder.join(MANIFEST)).ok()?)).collect()
    }

    /// Writes the manifest.
    ///
    /// # Errors
    /// When it has changed meanwhile, or the system refuses.
    pub(crate) fn write(&self, text: &str) -> Result<(), WorkspaceError> {
        let path = self.root.join(MANIFEST);
        let rewrite = Rewrite { path: &path, before: &self.text, text };
        apply::rewrite(&[rewrite]).map_err(|source| WorkspaceError::Write { path: self.path(), source })
    }

    /// What the new text adds, for a message.
    pub(crate) fn added(&self, text: &str) -> String {
        let list = |text: &str, key| -> Vec<String> {
            let manifest: Option<DocumentMut> = text.parse().ok();
            let workspace = manifest.as_ref().and_then(|manifest| manifest.get("workspace"));
            workspace.map(|workspace| texts(workspace, key).map(str::to_owned).collect()).unwrap_or_default()
        };
        let added = ["members", "exclude"].into_iter().filter_map(|key| {
            let before = list(&self.text, key);
            let new: Vec<String> = list(text, key).into_iter().filter(|path| !before.contains(path)).collect();
            (!new.is_empty()).then(|| format!("{} to `{key}`", new.join(" and ")))
        });
        format!("{}: added {}", self.path(), added.collect::<Vec<_>>().join(", "))
    }

    fn path(&self) -> String {
        shown(&self.root)
    }
}

/// The path of the manifest in a folder, as seen from the current one.
fn shown(root: &Path) -> String {
    let here = std::path::absolute(".").map(|here| layout::relative(&layout::normal(&here), root));
    let root = here.map_or_else(|_| root.to_owned(), PathBuf::from);
    layout::normal(&root.join(MANIFEST)).display().to_string()
}

/// The texts of a list in a table.
fn texts<'a>(table: &'a Item, key: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    table.get(key).and_then(Item::as_array).into_iter().flat_map(|array| array.iter()).filter_map(Value::as_str)
}

/// Adds to a list of a table what it lacks, in the form that its lines have; `None` if it is no list.
fn push(table: &mut Item, key: &str, paths: Vec<String>) -> Option<()> {
    let table = table.as_table_like_mut()?;
    let array = table.entry(key).or_insert_with(|| Item::Value(Value::Array(Array::new()))).as_array_mut()?;
    let missing = |path: &String| !array.iter().any(|value| value.as_str() == Some(path));
    let paths: Vec<String> = paths.into_iter().filter(missing).collect();
    let before = array.iter().last().and_then(|last| last.decor().prefix()?.as_str()).unwrap_or_default();
    // Each on a line of its own, as the last one is; comments before that stay with it, and those behind it, too.
    let lines = before.rsplit_once('\n').map(|(_, spaces)| format!("\n{spaces}"));
    let mut comments = String::new();
    if lines.is_some() && !paths.is_empty() {
        let end = array.trailing().as_str().unwrap_or_default().to_owned();
        let last = array.len().checked_sub(1).and_then(|last| array.get_mut(last)).map(Value::decor_mut);
        let behind = last.map(|decor| {
            let behind = decor.suffix().and_then(|suffix| suffix.as_str()).unwrap_or_default().to_owned();
            decor.set_suffix("");
            behind
        });
        let rest = behind.unwrap_or_default() + &end;
        let (head, tail) = rest.rsplit_once('\n').unwrap_or((&rest, ""));
        comments = head.to_owned();
        array.set_trailing(format!("\n{tail}"));
        array.set_trailing_comma(true);
    }
    for path in paths {
        let line = lines.clone().unwrap_or_else(|| if array.is_empty() { String::new() } else { " ".to_owned() });
        let prefix = std::mem::take(&mut comments) + &line;
        array.push_formatted(Value::from(path).decorated(prefix, ""));
    }
    Some(())
}
