//! Changes to a project: all of them, or none.
//!
//! 1. Every file is looked at: it has to be as it was when the changes were worked out.
//! 2. New texts go to `stage/`, old ones to `backup/`.
//! 3. The journal gets its name. From here on, who finds the project undoes what the journal says.
//! 4. New texts are moved to their places, one rename each; files that go are removed.
//! 5. The journal is removed. From here on the changes are made.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io;
use std::path::{Path, PathBuf};

use super::error::ApplyError;
use super::journal::{Journal, JournalEntry};
use super::project_lock::ProjectLock;
use super::recovery::is_empty;
use super::target::{self, Target, TargetError};
use crate::command_error::in_one_line;
use crate::interrupt;
use crate::project_path::ProjectPath;

/// What becomes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// Its path in the project.
    pub(crate) path: ProjectPath,
    /// What it held when the change was worked out; none when it was not there.
    pub(crate) before: Option<Vec<u8>>,
    /// What it is to hold; none to remove it.
    pub(crate) after: Option<String>,
}

/// A change whose place is known to be fit for it.
struct Edit<'a> {
    change: &'a Change,
    target: Target,
}

impl ProjectLock {
    /// Makes all changes, or none. A change that changes nothing leaves its file untouched.
    ///
    /// A file keeps its permissions. A link stays a link: its target is changed. Directories are created as needed, and
    /// removed when the last file in them is.
    ///
    /// # Errors
    /// When a file is not as the change expects it, can't be in its place, or the system refuses. The project is then as
    /// before, except with [`ApplyError::HalfDone`].
    pub(crate) fn apply(&self, changes: &[Change]) -> Result<(), ApplyError> {
        if fs::symlink_metadata(self.own("journal")).is_ok() {
            return Err(ApplyError::Unfinished);
        }
        let edits = self.edits(changes)?;
        if edits.is_empty() {
            return Ok(());
        }
        let journal = journal(&edits);
        if let Err(error) = self.stage(&edits, &journal) {
            // Best effort: the next run removes what is left.
            let _ = self.clear();
            return Err(error);
        }
        self.commit(&edits, &journal).map_err(|error| match self.roll_back(&journal) {
            Ok(_) => error,
            Err(undo) => ApplyError::HalfDone { undo: in_one_line(&undo), source: Box::new(error) },
        })
    }

    /// The changes that change something, each with its place. Touches nothing.
    fn edits<'a>(&self, changes: &'a [Change]) -> Result<Vec<Edit<'a>>, ApplyError> {
        let mut edits: Vec<Edit<'a>> = Vec::new();
        for change in changes {
            let path = &change.path;
            let after = change.after.as_deref().map(str::as_bytes);
            if change.before.as_deref() == after {
                let now = target::read(&self.root.join(path), path)?;
                unchanged(change, now)?;
                continue;
            }
            let target = Target::find(&self.root, path)?;
            unchanged(change, target.read()?)?;
            if target.is_link && after.is_none() {
                return Err(ApplyError::RemoveLink { path: change.path.to_string() });
            }
            edits.push(Edit { change, target });
        }
        let mut files = BTreeSet::new();
        for edit in &edits {
            if !files.insert(&edit.target.path) {
                return Err(ApplyError::Twice { path: edit.target.path.to_string() });
            }
        }
        for edit in &edits {
            if let Some(parent) = edit.target.path.parents().find(|parent| files.contains(parent)) {
                let (path, parent) = (edit.change.path.to_string(), parent.to_string());
                return Err(TargetError::ParentIsFile { path, parent }.into());
            }
        }
        Ok(edits)
    }

    /// Puts everything that the change and its undoing need on the disk, the journal last.
    fn stage(&self, edits: &[Edit<'_>], journal: &Journal) -> Result<(), ApplyError> {
        self.clear().map_err(|(path, source)| self.refused("remove", &path)(source))?;
        for folder in ["stage", "backup"].map(|name| self.own(name)) {
            self.disk.make_folder(&folder).map_err(self.refused("make", &folder))?;
        }
        let mut written = Vec::new();
        let mut write = |path: PathBuf, bytes: &[u8], permissions: Option<&Permissions>| -> Result<(), ApplyError> {
            self.disk.write(&path, bytes, permissions).map_err(self.refused("write", &path))?;
            written.push(path);
            Ok(())
        };
        for (number, edit) in edits.iter().enumerate() {
            if interrupt::requested() {
                return Err(ApplyError::Interrupted);
            }
            let permissions = edit.target.permissions.as_ref();
            if let Some(after) = &edit.change.after {
                write(self.staged(number), after.as_bytes(), permissions)?;
            }
            if let Some(before) = &edit.change.before {
                write(self.backup(number), before, permissions)?;
            }
        }
        let new = self.own("journal.new");
        let text = journal.text().map_err(|error| self.refused("write", &new)(io::Error::from(error)))?;
        write(new, text.as_bytes(), None)?;
        for path in &written {
            self.disk.sync(path).map_err(self.refused("write", path))?;
        }
        // The root, too: `.volplane` may be new.
        for folder in [self.own("stage"), self.own("backup"), self.root.clone()] {
            self.disk.sync_folder(&folder).map_err(self.refused("write", &folder))?;
        }
        Ok(())
    }

    /// Makes the change. After an error, it may be made in part.
    fn commit(&self, edits: &[Edit<'_>], journal: &Journal) -> Result<(), ApplyError> {
        let path = self.own("journal");
        self.disk.put(&self.own("journal.new"), &path).map_err(self.refused("write", &path))?;
        let folder = self.own("");
        self.disk.sync_folder(&folder).map_err(self.refused("write", &folder))?;

        for folder in journal.folders.iter().map(|folder| self.root.join(folder.as_str())) {
            self.disk.make_folder(&folder).map_err(self.refused("make", &folder))?;
        }
        let numbered = || edits.iter().enumerate();
        for (number, edit) in numbered().filter(|(_, edit)| edit.change.after.is_some()) {
            // Somebody may have saved the file while the others were written.
            unchanged(edit.change, edit.target.read()?)?;
            let path = &edit.target.real;
            self.disk.put(&self.staged(number), path).map_err(self.refused("write", path))?;
        }
        for (_, edit) in numbered().filter(|(_, edit)| edit.change.after.is_none()) {
            unchanged(edit.change, edit.target.read()?)?;
            self.remove(&edit.target)?;
        }
        self.finish(journal).map_err(|(path, source)| self.refused("write", &path)(source))
    }

    /// Removes a file and the folders that have nothing in them then.
    fn remove(&self, target: &Target) -> Result<(), ApplyError> {
        self.disk.remove_file(&target.real).map_err(self.refused("remove", &target.real))?;
        for folder in target.path.parents().map(|folder| self.root.join(folder.as_str())) {
            if !is_empty(&folder).map_err(self.refused("read", &folder))? {
                break;
            }
            self.disk.remove_folder(&folder).map_err(self.refused("remove", &folder))?;
        }
        Ok(())
    }

    /// Where the new text of the file with this number waits.
    fn staged(&self, number: usize) -> PathBuf {
        self.own("stage").join(number.to_string())
    }

    fn refused(&self, action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ApplyError + use<> {
        let path = self.shown(path);
        move |source| ApplyError::Io { action, path, source }
    }
}

fn journal(edits: &[Edit<'_>]) -> Journal {
    let makes = edits.iter().filter(|edit| edit.change.after.is_some());
    let folders: BTreeSet<&ProjectPath> = makes.flat_map(|edit| &edit.target.missing).collect();
    let files = edits.iter().map(|edit| JournalEntry {
        path: edit.target.path.clone(),
        existed: edit.change.before.is_some(),
        after: edit.change.after.clone(),
    });
    // In this order, a folder comes before what is in it.
    Journal::new(folders.into_iter().cloned().collect(), files.collect())
}

fn unchanged(change: &Change, now: Option<Vec<u8>>) -> Result<(), ApplyError> {
    if now == change.before { Ok(()) } else { Err(ApplyError::ChangedMeanwhile { path: change.path.clone() }) }
}
