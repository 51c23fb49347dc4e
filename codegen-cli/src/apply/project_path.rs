//! Paths of a project's files, as templates, settings and journals name them.

use std::fmt;
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::project_lock::FOLDER;

/// The path of a file in a project: relative, with `/` between its parts, without `.` and `..`, and not in `.volplane`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct ProjectPath(String);

/// A text names no file of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum ProjectPathError {
    /// Nothing.
    #[error("the path is empty")]
    Empty,
    /// `/etc/passwd`, `../x`, `a//b`.
    #[error("a path in a project has no empty part, no `.` and no `..`")]
    Parts,
    /// A place that the command needs for itself.
    #[error("{FOLDER} is volplane's own")]
    Reserved,
    /// A name that no text can hold.
    #[error("the path is no Unicode text")]
    NotUnicode,
}

impl ProjectPath {
    /// Checks a path.
    ///
    /// # Errors
    /// When it could lead out of the project or is none.
    pub(super) fn new(path: &str) -> Result<Self, ProjectPathError> {
        if path.is_empty() {
            return Err(ProjectPathError::Empty);
        }
        // The system's own view, too: a drive or a backslash is a matter of the platform.
        let plain = |part: &str| {
            let mut components = Path::new(part).components();
            matches!((components.next(), components.next()), (Some(Component::Normal(name)), None) if name == part)
        };
        if path.contains('\0') || !path.split('/').all(plain) {
            return Err(ProjectPathError::Parts);
        }
        // Some file systems don't tell case.
        if path.split('/').next().is_some_and(|first| first.eq_ignore_ascii_case(FOLDER)) {
            return Err(ProjectPathError::Reserved);
        }
        Ok(Self(path.to_owned()))
    }

    /// The path of `inner`, seen from `root`, which it lies in.
    ///
    /// # Errors
    /// When it is no text, or reserved.
    pub(super) fn between(root: &Path, inner: &Path) -> Result<Self, ProjectPathError> {
        let relative = inner.strip_prefix(root).map_err(|_| ProjectPathError::Parts)?;
        let parts: Option<Vec<&str>> = relative.iter().map(|part| part.to_str()).collect();
        Self::new(&parts.ok_or(ProjectPathError::NotUnicode)?.join("/"))
    }

    /// The path as text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The folders above it, innermost first.
    pub(super) fn parents(&self) -> impl Iterator<Item = ProjectPath> + use<'_> {
        self.0.rmatch_indices('/').filter_map(|(at, _)| Some(Self(self.0.get(..at)?.to_owned())))
    }
}

impl TryFrom<String> for ProjectPath {
    type Error = ProjectPathError;

    fn try_from(path: String) -> Result<Self, ProjectPathError> {
        Self::new(&path)
    }
}

impl From<ProjectPath> for String {
    fn from(path: ProjectPath) -> Self {
        path.0
    }
}

impl fmt::Display for ProjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_in_the_project_and_out_of_the_commands_own_folder() {
        for good in ["a", "src/main.rs", "..a/b..", "a/.volplane", ".volplanet/x", "ä ö/ü"] {
            assert_eq!(ProjectPath::new(good).map(String::from).as_deref(), Ok(good));
        }
        assert_eq!(ProjectPath::new(""), Err(ProjectPathError::Empty));
        for bad in ["/", "/a", "a/", "a//b", ".", "./a", "a/.", "..", "a/../../b", "a/..", "a\0b"] {
            assert_eq!(ProjectPath::new(bad), Err(ProjectPathError::Parts), "{bad:?}");
        }
        for reserved in [".volplane", ".volplane/journal", ".Volplane/x"] {
            assert_eq!(ProjectPath::new(reserved), Err(ProjectPathError::Reserved), "{reserved}");
        }
    }

    #[test]
    fn parents_come_innermost_first() {
        let path = ProjectPath::new("a/b/c.rs").unwrap();
        assert_eq!(path.parents().map(String::from).collect::<Vec<_>>(), ["a/b", "a"]);
        assert_eq!(ProjectPath::new("c.rs").unwrap().parents().count(), 0);
    }
}
