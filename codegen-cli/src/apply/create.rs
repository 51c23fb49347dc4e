//! New projects: a whole one, or nothing.

use std::path::{Path, PathBuf};
use std::{fs, io};

use tempfile::TempDir;
use thiserror::Error;

use crate::command_error::{CommandError, Help};
use crate::exit::Exit;
use crate::interrupt;
use crate::plan::NewFile;

/// A project could not be written. Nothing of it is left.
#[derive(Debug, Error)]
pub(crate) enum CreateError {
    /// The system refused.
    #[error("cannot {action} {path}")]
    Io {
        /// What was to be done.
        action: &'static str,
        /// Where.
        path: String,
        #[source]
        source: io::Error,
    },
    /// Ctrl-C.
    #[error("interrupted; nothing was changed")]
    Interrupted,
}

impl CommandError for CreateError {
    fn help(&self) -> Help {
        match self {
            Self::Io { .. } => Some("name a directory that can be created and written to".into()),
            Self::Interrupted => None,
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Io { .. } => Exit::Usage,
            Self::Interrupted => Exit::Interrupted,
        }
    }
}

/// Whether a project can be made in `dir`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum DirState {
    /// There is nothing yet.
    Free,
    /// There is an empty folder.
    EmptyFolder,
    /// There is a folder with something in it, of which this is one.
    Occupied(String),
    /// There is something that is no folder.
    NoFolder,
}

/// Looks at the place where a project is to be made.
///
/// # Errors
/// When the system does not let us look.
pub(crate) fn look(dir: &Path) -> Result<DirState, CreateError> {
    match fs::metadata(dir) {
        Ok(metadata) if metadata.is_dir() => {
            let mut entries = fs::read_dir(dir).map_err(failed("read", dir))?;
            Ok(match entries.next() {
                None => DirState::EmptyFolder,
                Some(entry) => {
                    let entry = entry.map_err(failed("read", dir))?;
                    DirState::Occupied(entry.file_name().to_string_lossy().into_owned())
                }
            })
        }
        Ok(_) => Ok(DirState::NoFolder),
        // A link to nowhere is something, too.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Ok(if fs::symlink_metadata(dir).is_ok() { DirState::NoFolder } else { DirState::Free })
        }
        Err(source) => Err(failed("look at", dir)(source)),
    }
}

/// Makes `dir` with these files.
///
/// A new folder is made beside its place under another name, then renamed. A folder that exists stays the one it is,
/// since somebody may stand in it: the files are made in a hidden folder inside, then moved up one by one.
///
/// # Errors
/// When the system refuses a step or the user interrupts. The disk is then as before.
pub(crate) fn create(dir: &Path, files: &[NewFile]) -> Result<(), CreateError> {
    match look(dir)? {
        DirState::EmptyFolder => create_around(dir, files, &[]),
        _ => create_folder(dir, files),
    }
}

/// Makes these files in `dir`, a folder that exists, around what it holds: none of them may be there. Then replaces those in
/// `merged`, which lie in `dir` itself.
///
/// # Errors
/// As [`create`].
pub(crate) fn create_around(dir: &Path, files: &[NewFile], merged: &[NewFile]) -> Result<(), CreateError> {
    let stage = stage(dir)?;
    let (made, replaced) = (stage.path().join("made"), stage.path().join("replaced"));
    fs::create_dir(&made).map_err(failed("make", &made))?;
    write_all(&made, files)?;
    write_all(&replaced, merged)?;
    let moved = move_up(&made, dir)?;
    for NewFile { path, .. } in merged {
        let target = dir.join(path);
        if let Err(source) = fs::rename(replaced.join(path), &target) {
            take_back(&moved);
            return Err(failed("replace", &target)(source));
        }
    }
    Ok(())
}

/// Writes these files into a folder, which is made if need be; what else lies in it stays.
///
/// # Errors
/// When the system refuses a step. Some files may be written then.
pub(crate) fn put(dir: &Path, files: &[NewFile]) -> Result<(), CreateError> {
    files.iter().try_for_each(|file| write(&dir.join(&file.path), &file.text))
}

/// Brings a folder that is ours alone to hold exactly these files, except for what lies in `keep`. A file that has the
/// right text already is not touched, so that cargo sees what has changed.
///
/// # Errors
/// When the system refuses a step. The folder may then be anything between before and after.
pub(crate) fn synchronise(dir: &Path, files: &[NewFile], keep: &[&str]) -> Result<(), CreateError> {
    fs::create_dir_all(dir).map_err(failed("make", dir))?;
    for file in files {
        let path = dir.join(&file.path);
        if fs::read(&path).is_ok_and(|text| text == file.text.as_bytes()) {
            continue;
        }
        write(&path, &file.text)?;
    }
    remove_others(dir, dir, files, keep)
}

fn remove_others(root: &Path, dir: &Path, files: &[NewFile], keep: &[&str]) -> Result<(), CreateError> {
    for entry in fs::read_dir(dir).map_err(failed("read", dir))? {
        let path = entry.map_err(failed("read", dir))?.path();
        let Ok(relative) = path.strip_prefix(root) else { continue };
        if keep.iter().any(|name| relative == Path::new(name)) {
            continue;
        }
        if path.is_dir() {
            remove_others(root, &path, files, keep)?;
            // Not empty is the usual case, and fine.
            let _ = fs::remove_dir(&path);
        } else if !files.iter().any(|file| relative == Path::new(&file.path)) {
            fs::remove_file(&path).map_err(failed("remove", &path))?;
        }
    }
    Ok(())
}

fn create_folder(dir: &Path, files: &[NewFile]) -> Result<(), CreateError> {
    // Without a trailing slash or dot, which a rename would trip over.
    let dir: PathBuf = dir.components().collect();
    let missing: Vec<&Path> = dir.ancestors().skip(1).take_while(|parent| is_missing(parent)).collect();
    let existing = missing.last().map_or(dir.as_path(), |parent| parent).parent().unwrap_or(Path::new(""));
    let stage = stage(if existing.as_os_str().is_empty() { Path::new(".") } else { existing })?;
    let project = stage.path().join("project");
    write_all(&project, files)?;

    let mut made = Vec::new();
    for parent in missing.iter().rev() {
        match fs::create_dir(parent) {
            Ok(()) => made.push(*parent),
            Err(error) => return Err(undo(&made, failed("make", parent)(error))),
        }
    }
    // An empty folder that appears there meanwhile is replaced; anything else makes the rename fail.
    fs::rename(&project, &dir).map_err(|error| undo(&made, failed("make", &dir)(error)))
}

/// Removes the folders that were made on the way, deepest first.
fn undo(made: &[&Path], error: CreateError) -> CreateError {
    for parent in made.iter().rev() {
        // Best effort: an error is on its way already.
        let _ = fs::remove_dir(parent);
    }
    error
}

fn is_missing(path: &Path) -> bool {
    !path.as_os_str().is_empty() && fs::symlink_metadata(path).is_err()
}

/// Moves what lies in `stage` into `dir`: all of it, or nothing. Where it lies then.
fn move_up(stage: &Path, dir: &Path) -> Result<Vec<PathBuf>, CreateError> {
    let mut moved = Vec::new();
    match move_into(stage, dir, &mut moved) {
        Ok(()) => Ok(moved),
        Err(error) => {
            take_back(&moved);
            Err(error)
        }
    }
}

/// Removes what was moved. Best effort: an error is on its way already.
fn take_back(moved: &[PathBuf]) {
    for target in moved {
        let _ = if target.is_dir() { fs::remove_dir_all(target) } else { fs::remove_file(target) };
    }
}

/// Moves what lies in `stage` into `dir`; a folder that is there already gets what it lacks.
fn move_into(stage: &Path, dir: &Path, moved: &mut Vec<PathBuf>) -> Result<(), CreateError> {
    for entry in fs::read_dir(stage).map_err(failed("read", stage))? {
        let entry = entry.map_err(failed("read", stage))?;
        let (source, target) = (entry.path(), dir.join(entry.file_name()));
        if source.is_dir() && target.is_dir() {
            move_into(&source, &target, moved)?;
            continue;
        }
        if fs::symlink_metadata(&target).is_ok() {
            return Err(failed("make", &target)(io::ErrorKind::AlreadyExists.into()));
        }
        fs::rename(source, &target).map_err(failed("make", &target))?;
        moved.push(target);
    }
    Ok(())
}

fn stage(parent: &Path) -> Result<TempDir, CreateError> {
    tempfile::Builder::new().prefix(".volplane-").tempdir_in(parent).map_err(failed("write in", parent))
}

fn write_all(dir: &Path, files: &[NewFile]) -> Result<(), CreateError> {
    for file in files {
        if interrupt::requested() {
            return Err(CreateError::Interrupted);
        }
        write(&dir.join(&file.path), &file.text)?;
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), CreateError> {
    match fs::write(path, text) {
        // Most directories are there: asking for each file costs more than all else.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(failed("make", parent))?;
            }
            fs::write(path, text).map_err(failed("write", path))
        }
        written => written.map_err(failed("write", path)),
    }
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> CreateError + use<> {
    let path = path.display().to_string();
    move |source| CreateError::Io { action, path, source }
}
