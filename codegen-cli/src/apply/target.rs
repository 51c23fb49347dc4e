//! Where a change goes on the disk: through links, as long as they stay in the project.

use std::collections::VecDeque;
use std::fs::{self, Metadata, Permissions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::project_path::{ProjectPath, ProjectPathError};

/// The place of a file, which may not be there yet.
#[derive(Debug)]
pub(super) struct Target {
    /// Its path in the project once links are followed.
    pub(super) path: ProjectPath,
    /// The same with the project's folder before it.
    pub(super) real: PathBuf,
    /// The permissions of the file that is there.
    pub(super) permissions: Option<Permissions>,
    /// Whether the last part of the path that was asked for is a link.
    pub(super) is_link: bool,
    /// The folders that have to be made for it, outermost first.
    pub(super) missing: Vec<ProjectPath>,
}

/// A file can't be made, changed or removed where it is asked for.
#[derive(Debug, Error)]
pub(crate) enum TargetError {
    /// A link leads where no file of a project can be.
    #[error("cannot write {path}: a link points to a path that {wrong}")]
    Path {
        /// As it was given.
        path: String,
        /// What is wrong with where it leads.
        wrong: ProjectPathError,
    },
    /// A folder has the name.
    #[error("expected a file at {path}, found a directory")]
    Folder {
        /// The path.
        path: String,
    },
    /// A pipe, socket or device has the name.
    #[error("expected a file at {path}, found a pipe, a socket or a device")]
    Special {
        /// The path.
        path: String,
    },
    /// A file has the name of a folder.
    #[error("cannot create {path}: expected a directory at {parent}, found a file")]
    ParentIsFile {
        /// The path.
        path: String,
        /// The file.
        parent: String,
    },
    /// A link points out of the project.
    #[error("cannot write {path}: the link {link} points out of the project, to {to}")]
    LinkOutside {
        /// The path.
        path: String,
        /// The link, which may be a folder's.
        link: String,
        /// Where it leads.
        to: String,
    },
    /// The target of a link does not exist.
    #[error("cannot write {path}: the target of the link {link} does not exist")]
    LinkToNothing {
        /// The path.
        path: String,
        /// The link, which may be a folder's.
        link: String,
    },
    /// The system refused access.
    #[error("cannot read {path}")]
    Read {
        /// The path.
        path: String,
        #[source]
        source: io::Error,
    },
}

impl Target {
    /// Finds the place of `path` below `root`, which is canonical.
    ///
    /// # Errors
    /// When there can't be a file, or it would lie outside `root`.
    pub(super) fn find(root: &Path, path: &ProjectPath) -> Result<Self, TargetError> {
        let mut real = root.to_path_buf();
        let mut parts: VecDeque<&str> = path.as_str().split('/').collect();
        let mut found = None;
        let mut is_link = false;
        while let Some(part) = parts.pop_front() {
            real.push(part);
            let is_last = parts.is_empty();
            let mut metadata = match fs::symlink_metadata(&real) {
                Ok(metadata) => metadata,
                Err(error) if error.kind() == ErrorKind::NotFound => break,
                Err(source) => return Err(TargetError::Read { path: path.to_string(), source }),
            };
            if metadata.is_symlink() {
                is_link = is_last;
                (real, metadata) = follow(root, path, &real)?;
            }
            if !is_last && !metadata.is_dir() {
                return Err(TargetError::ParentIsFile { path: path.to_string(), parent: shown(root, &real) });
            }
            found = is_last.then_some(metadata);
        }
        let mut missing = Vec::new();
        for part in parts {
            missing.push(relative(root, path, &real)?);
            real.push(part);
        }
        if let Some(metadata) = &found {
            is_file(path, metadata)?;
        }
        let permissions = found.map(|metadata| metadata.permissions());
        Ok(Self { path: relative(root, path, &real)?, real, permissions, is_link, missing })
    }

    /// What the file holds now; nothing when it is not there.
    ///
    /// # Errors
    /// When it is no file any more, or can't be read.
    pub(super) fn read(&self) -> Result<Option<Vec<u8>>, TargetError> {
        read(&self.real, &self.path)
    }
}

/// What is at `real`; nothing when it is not there. Pipes and the like are refused unopened: reading one may never end.
///
/// # Errors
/// When it is no file, or can't be read.
pub(super) fn read(real: &Path, path: &ProjectPath) -> Result<Option<Vec<u8>>, TargetError> {
    let text = match fs::metadata(real) {
        Ok(metadata) => {
            is_file(path, &metadata)?;
            fs::read(real)
        }
        Err(error) => Err(error),
    };
    match text {
        Ok(text) => Ok(Some(text)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(source) => Err(TargetError::Read { path: path.to_string(), source }),
    }
}

fn is_file(path: &ProjectPath, metadata: &Metadata) -> Result<(), TargetError> {
    if metadata.is_file() {
        Ok(())
    } else if metadata.is_dir() {
        Err(TargetError::Folder { path: path.to_string() })
    } else {
        Err(TargetError::Special { path: path.to_string() })
    }
}

fn follow(root: &Path, path: &ProjectPath, link: &Path) -> Result<(PathBuf, Metadata), TargetError> {
    let followed = fs::canonicalize(link).and_then(|to| fs::metadata(&to).map(|metadata| (to, metadata)));
    let (path, name) = (path.to_string(), shown(root, link));
    match followed {
        Ok((to, _)) if !to.starts_with(root) => {
            Err(TargetError::LinkOutside { path, link: name, to: to.display().to_string() })
        }
        Ok(found) => Ok(found),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(TargetError::LinkToNothing { path, link: name }),
        Err(source) => Err(TargetError::Read { path, source }),
    }
}

fn relative(root: &Path, asked: &ProjectPath, real: &Path) -> Result<ProjectPath, TargetError> {
    ProjectPath::between(root, real).map_err(|wrong| TargetError::Path { path: asked.to_string(), wrong })
}

/// The path as people know it: seen from the project.
pub(super) fn shown(root: &Path, path: &Path) -> String {
    match path.strip_prefix(root) {
        Ok(inner) if inner.as_os_str().is_empty() => "the project's directory".to_owned(),
        Ok(inner) => inner.display().to_string(),
        Err(_) => path.display().to_string(),
    }
}
