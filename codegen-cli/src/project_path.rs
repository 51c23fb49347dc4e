//! Paths of a project's files, as templates, volplane.lock, changes and journals name them.

use std::borrow::Borrow;
use std::ffi::OsStr;
use std::fmt;
use std::ops::Deref;
use std::path::Path;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The folder that the command keeps its own files in, and git's.
const RESERVED: [&str; 2] = [".volplane", ".git"];

/// The path of a file in a project: relative, with `/` between its parts, without `.` and `..`, a path on every system, and
/// in no folder of the command's or git's. It reads as text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct ProjectPath(String);

/// A text is not the path of a file in a project. The message goes after the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum ProjectPathError {
    /// Nothing.
    #[error("is empty")]
    Empty,
    /// `/etc/passwd`, `C:/x`
    #[error("is absolute: paths are relative to the project")]
    Absolute,
    /// `../x`
    #[error("is outside the project: `..` is not allowed")]
    Outside,
    /// `a//b`, `./a`
    #[error("has an empty part")]
    Parts,
    /// What some systems understand in another way.
    #[error("has a backslash or an invisible character: parts are separated by `/`")]
    Character,
    /// A place that the command or git needs for itself.
    #[error("belongs to git or volplane")]
    Reserved,
    /// A name that no text can hold.
    #[error("is not Unicode text")]
    NotUnicode,
}

impl ProjectPath {
    /// Checks a path.
    ///
    /// # Errors
    /// When it could be outside the project, or is not a path on every system.
    pub(crate) fn new(path: impl Into<String>) -> Result<Self, ProjectPathError> {
        let path = path.into();
        match wrong(&path) {
            None => Ok(Self(path)),
            Some(error) => Err(error),
        }
    }

    /// A path that is part of this command, such as `Cargo.toml`.
    pub(crate) fn known(path: &'static str) -> Self {
        debug_assert_eq!(wrong(path), None, "{path}");
        Self(path.to_owned())
    }

    /// The path of `inner`, seen from `root`, which it lies in.
    ///
    /// # Errors
    /// When it is not text, or reserved.
    pub(crate) fn between(root: &Path, inner: &Path) -> Result<Self, ProjectPathError> {
        let relative = inner.strip_prefix(root).map_err(|_| ProjectPathError::Outside)?;
        let parts: Option<Vec<&str>> = relative.iter().map(|part| part.to_str()).collect();
        Self::new(parts.ok_or(ProjectPathError::NotUnicode)?.join("/"))
    }

    /// The path as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the file is a manifest of cargo's.
    pub(crate) fn is_manifest(&self) -> bool {
        self.0 == "Cargo.toml" || self.0.ends_with("/Cargo.toml")
    }

    /// The folders above it, innermost first.
    pub(crate) fn parents(&self) -> impl Iterator<Item = ProjectPath> + use<'_> {
        self.0.rmatch_indices('/').filter_map(|(at, _)| Some(Self(self.0.get(..at)?.to_owned())))
    }
}

/// What is wrong with a path, if anything is.
fn wrong(path: &str) -> Option<ProjectPathError> {
    let first = path.split('/').next().unwrap_or(path);
    let mut parts = path.split('/');
    if path.is_empty() {
        Some(ProjectPathError::Empty)
    } else if path.starts_with('/') || first.contains(':') {
        Some(ProjectPathError::Absolute)
    } else if parts.clone().any(|part| part == "..") {
        Some(ProjectPathError::Outside)
    } else if parts.any(|part| part.is_empty() || part == ".") {
        Some(ProjectPathError::Parts)
    } else if path.contains(|c: char| c == '\\' || c.is_control()) {
        Some(ProjectPathError::Character)
    } else if RESERVED.iter().any(|name| first.eq_ignore_ascii_case(name)) {
        // Some file systems don't tell case.
        Some(ProjectPathError::Reserved)
    } else {
        None
    }
}

impl Deref for ProjectPath {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for ProjectPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for ProjectPath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl AsRef<Path> for ProjectPath {
    fn as_ref(&self) -> &Path {
        Path::new(&self.0)
    }
}

impl AsRef<OsStr> for ProjectPath {
    fn as_ref(&self) -> &OsStr {
        OsStr::new(&self.0)
    }
}

impl PartialEq<str> for ProjectPath {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for ProjectPath {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl TryFrom<String> for ProjectPath {
    type Error = ProjectPathError;

    fn try_from(path: String) -> Result<Self, ProjectPathError> {
        Self::new(path)
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

/// For tests, which spell their paths.
#[cfg(test)]
impl From<&str> for ProjectPath {
    fn from(path: &str) -> Self {
        Self::new(path).expect("a path in a project")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_in_the_project_and_out_of_the_folders_of_others() {
        let plain = ["a", "src/main.rs", ".gitignore", "..a/b..", "a..b/c", "a/.volplane", ".volplanet/x", "ä ö/ü"];
        for good in plain {
            assert_eq!(ProjectPath::new(good).map(String::from).as_deref(), Ok(good));
        }
        use ProjectPathError::{Absolute, Character, Empty, Outside, Parts, Reserved};
        let wrong: [(&[&str], ProjectPathError); 6] = [
            (&[""], Empty),
            (&["/", "/a", "C:/a", "C:"], Absolute),
            (&["..", "../a", "a/../b", "a/.."], Outside),
            (&["a/", "a//b", ".", "./a", "a/."], Parts),
            (&["a\0b", "a\\b", "a\nb"], Character),
            (&[".volplane", ".volplane/journal", ".Volplane/x", ".git/config", ".GIT/x"], Reserved),
        ];
        for (paths, error) in wrong {
            for path in paths {
                assert_eq!(ProjectPath::new(*path), Err(error), "{path:?}");
            }
        }
    }

    #[test]
    fn parents_come_innermost_first() {
        let path = ProjectPath::known("a/b/c.rs");
        assert_eq!(path.parents().map(String::from).collect::<Vec<_>>(), ["a/b", "a"]);
        assert_eq!(ProjectPath::known("c.rs").parents().count(), 0);
    }
}
