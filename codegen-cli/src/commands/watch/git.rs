//! Whether git is changing files: then the project may have files of two branches.

use std::fs;
use std::path::{Path, PathBuf};

/// The file that git keeps as long as it changes the index and the files.
#[derive(Debug)]
pub(super) struct IndexLock(Option<PathBuf>);

impl IndexLock {
    /// That of the repository around a directory, if there is one.
    pub(super) fn of(dir: &Path) -> Self {
        let git = dir.ancestors().map(|folder| folder.join(".git")).find(|path| path.exists());
        Self(git.and_then(|path| git_dir(&path)).map(|dir| dir.join("index.lock")))
    }

    /// Its path, while git is at work.
    pub(super) fn held(&self) -> Option<&Path> {
        self.0.as_deref().filter(|path| path.exists())
    }
}

/// The directory itself, or the one that a file of that name leads to, as in a worktree or a submodule.
fn git_dir(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        return Some(path.to_owned());
    }
    let text = fs::read_to_string(path).ok()?;
    Some(path.parent()?.join(text.strip_prefix("gitdir:")?.trim()))
}
