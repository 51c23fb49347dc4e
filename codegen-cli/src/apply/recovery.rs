//! Undoing what an interrupted run did.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::error::RecoverError;
use super::journal::{Journal, JournalEntry};
use super::project_lock::{FOLDER, ProjectLock};
use super::target::{Target, TargetError};
use crate::project_path::ProjectPath;

/// An interrupted run was rolled back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Recovered {
    /// How many files are as before again.
    pub(crate) files: usize,
    /// The files that somebody has changed since. They stay as they are.
    pub(crate) kept: Vec<String>,
}

/// What is to be done with a file to undo its change.
enum Undo {
    /// It is as before.
    Nothing,
    /// Its old text goes back.
    Restore(PathBuf),
    /// It was not there before.
    Remove,
    /// It is neither as before nor as after.
    Keep,
}

/// Whether an interrupted run left the project in `root` partially updated. A running one is not interrupted.
pub(crate) fn interrupted(root: &Path) -> bool {
    let folder = root.join(FOLDER);
    let is_held = || {
        let lock = File::open(folder.join("lock"));
        lock.is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
    };
    // Looked at twice: the run that held the lock may have ended in between.
    let is_there = || fs::symlink_metadata(folder.join("journal")).is_ok();
    is_there() && !is_held() && is_there()
}

impl ProjectLock {
    /// Undoes what an interrupted run did, and removes what it left. To be called before the project is read.
    /// `None` when no file had to be touched or kept.
    ///
    /// # Errors
    /// When the system refuses, or what the run left can't be understood. Nothing that is needed to undo it is lost.
    pub(crate) fn recover(&self) -> Result<Option<Recovered>, RecoverError> {
        let path = self.own("journal");
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.clear().map_err(|(path, source)| self.failed("remove", &path)(source))?;
                return Ok(None);
            }
            Err(source) => return Err(self.failed("read", &path)(source)),
        };
        let journal =
            Journal::parse(&text).map_err(|source| RecoverError::Journal { path: self.shown(&path), source })?;
        let recovered = self.roll_back(&journal)?;
        Ok(Some(recovered).filter(|recovered| recovered.files > 0 || !recovered.kept.is_empty()))
    }

    /// Undoes what a journal says, then removes it. Can be begun again wherever it stops: old texts are moved back, so
    /// that one which is no longer in `backup/` is where it belongs. Takes no room on the disk but for folders.
    pub(super) fn roll_back(&self, journal: &Journal) -> Result<Recovered, RecoverError> {
        let mut recovered = Recovered { files: 0, kept: Vec::new() };
        for (number, entry) in journal.files.iter().enumerate() {
            let target = match Target::find(&self.root, &entry.path) {
                // A link that was none before is the user's.
                Ok(target) if target.path == entry.path => target,
                Err(TargetError::Read { path, source }) => {
                    return Err(RecoverError::Io { action: "read", path, source });
                }
                Ok(_) | Err(_) => {
                    recovered.kept.push(entry.path.to_string());
                    continue;
                }
            };
            match self.undo(number, entry, &target)? {
                Undo::Nothing => continue,
                Undo::Keep => {
                    recovered.kept.push(entry.path.to_string());
                    continue;
                }
                Undo::Remove => {
                    self.disk.remove_file(&target.real).map_err(self.failed("remove", &target.real))?;
                }
                Undo::Restore(copy) => {
                    for folder in target.missing.iter().map(|folder| self.root.join(folder.as_str())) {
                        self.disk.make_folder(&folder).map_err(self.failed("make", &folder))?;
                    }
                    self.disk.put(&copy, &target.real).map_err(self.failed("restore", &target.real))?;
                }
            }
            recovered.files += 1;
        }
        for folder in journal.folders.iter().rev().map(|folder| self.root.join(folder.as_str())) {
            // One that has become a link is the user's.
            let is_same = fs::canonicalize(&folder).is_ok_and(|real| real == folder);
            if is_same && is_empty(&folder).map_err(self.failed("read", &folder))? {
                self.disk.remove_folder(&folder).map_err(self.failed("remove", &folder))?;
            }
        }
        self.finish(journal).map_err(|(path, source)| self.failed("write", &path)(source))?;
        Ok(recovered)
    }

    fn undo(&self, number: usize, entry: &JournalEntry, target: &Target) -> Result<Undo, RecoverError> {
        let now = match target.read() {
            Ok(now) => now,
            Err(TargetError::Read { path, source }) => return Err(RecoverError::Io { action: "read", path, source }),
            Err(_) => return Ok(Undo::Keep),
        };
        let is_after = now.as_deref() == entry.after.as_deref().map(str::as_bytes);
        if !entry.existed {
            return Ok(match now {
                None => Undo::Nothing,
                Some(_) if is_after => Undo::Remove,
                Some(_) => Undo::Keep,
            });
        }
        let copy = self.backup(number);
        match fs::read(&copy) {
            Ok(before) if now.as_ref() == Some(&before) => Ok(Undo::Nothing),
            Ok(_) if is_after => Ok(Undo::Restore(copy)),
            Ok(_) => Ok(Undo::Keep),
            Err(error) if error.kind() == ErrorKind::NotFound && !is_after => Ok(Undo::Nothing),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(RecoverError::Copy { path: entry.path.to_string(), copy: self.shown(&copy) })
            }
            Err(source) => Err(self.failed("read", &copy)(source)),
        }
    }

    /// Ends a change, either way: once the disk has all of it, the journal goes, then what only it needs.
    pub(super) fn finish(&self, journal: &Journal) -> Result<(), (PathBuf, io::Error)> {
        let parents = journal.files.iter().flat_map(|entry| entry.path.parents());
        let above = journal.folders.iter().flat_map(ProjectPath::parents);
        let mut folders: Vec<PathBuf> = parents.chain(above).map(|folder| self.root.join(folder.as_str())).collect();
        folders.push(self.root.clone());
        folders.sort();
        folders.dedup();
        for folder in folders.into_iter().filter(|folder| folder.is_dir()) {
            self.disk.sync_folder(&folder).map_err(|error| (folder, error))?;
        }
        let path = self.own("journal");
        match self.disk.remove_file(&path) {
            // It never got its name.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            outcome => outcome.map_err(|error| (path, error))?,
        }
        // From here on the change is made, or undone: what can't be removed now, the next run removes. But a journal that
        // a power cut brings back has to find the copies that it speaks of.
        if self.disk.sync_folder(&self.own("")).is_ok() {
            let _ = self.clear();
        }
        Ok(())
    }

    /// Removes what runs without a journal leave.
    pub(super) fn clear(&self) -> Result<(), (PathBuf, io::Error)> {
        for name in ["stage", "backup", "journal.new"] {
            let path = self.own(name);
            self.disk.remove_all(&path).map_err(|error| (path, error))?;
        }
        Ok(())
    }

    /// Where the old text of the file with this number is kept.
    pub(super) fn backup(&self, number: usize) -> PathBuf {
        self.own("backup").join(number.to_string())
    }

    fn failed(&self, action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> RecoverError + use<> {
        let path = self.shown(path);
        move |source| RecoverError::Io { action, path, source }
    }
}

/// Whether there is a folder with nothing in it.
pub(super) fn is_empty(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(false),
        Err(error) => Err(error),
    }
}
