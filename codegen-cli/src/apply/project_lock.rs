//! One run at a time: who writes in a project holds its lock.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;

use super::steps::Disk;
use super::target::shown;
use crate::command_error::{CommandError, Help};
use crate::exit::Exit;
use crate::interrupt;

/// The command's own folder in a project.
pub(super) const FOLDER: &str = ".volplane";

/// Keeps git from it: what the folder's own .gitignore says.
const IGNORE: &[u8] = b"*\n";

/// How often a run that waits looks again.
const PAUSE: Duration = Duration::from_millis(50);

/// Exclusive use of a project, until it is dropped or the process ends.
#[derive(Debug)]
pub(crate) struct ProjectLock {
    /// The project's folder, canonical.
    pub(super) root: PathBuf,
    pub(super) disk: Disk,
    /// Locked as long as it is open. It is never removed: a waiting run would lock a file that no other run finds.
    lock: File,
}

/// Who holds a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    /// The process and its subcommand, as soon as it has said so.
    known: Option<(u32, String)>,
}

/// A project can't be had for oneself. Nothing in it has changed.
#[derive(Debug, Error)]
pub(crate) enum LockError {
    /// Another run has it.
    #[error("timed out after {} s: {holder} holds the project lock", patience.as_secs())]
    Held {
        /// Which.
        holder: Holder,
        /// How long this run has waited.
        patience: Duration,
    },
    /// Ctrl-C while waiting.
    #[error("interrupted; nothing was changed")]
    Interrupted,
    /// There is something else in the place of our folder.
    #[error("expected volplane's own directory at {path}, found something else")]
    NoFolder {
        /// Its path.
        path: String,
    },
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
}

impl CommandError for LockError {
    fn help(&self) -> Help {
        let help = match self {
            Self::Held { .. } => "wait for it to end or stop it, then run the command again",
            Self::Interrupted => return None,
            Self::NoFolder { .. } => "move or rename it; volplane creates the directory again",
            Self::Io { .. } => "the project's directory has to be writable, on a file system that supports locks",
        };
        Some(help.into())
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Interrupted => Exit::Interrupted,
            Self::Held { .. } | Self::NoFolder { .. } | Self::Io { .. } => Exit::Failure,
        }
    }
}

impl ProjectLock {
    /// Locks the project in `root` for the subcommand `command`. While another run holds the lock, `waiting` is called once with it,
    /// and this one waits for as long as `patience`.
    ///
    /// # Errors
    /// When the other run doesn't end, the user doesn't want to wait, or the system refuses.
    pub(crate) fn enter(
        root: &Path,
        command: &str,
        patience: Duration,
        waiting: impl FnOnce(&Holder),
    ) -> Result<Self, LockError> {
        let root = fs::canonicalize(root).map_err(failed("find", root))?;
        let mut lock = open(&root)?;
        let begun = Instant::now();
        let mut waiting = Some(waiting);
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(source)) => {
                    return Err(failed("lock", &root.join(FOLDER).join("lock"))(source));
                }
                Err(TryLockError::WouldBlock) if interrupt::requested() => return Err(LockError::Interrupted),
                Err(TryLockError::WouldBlock) => {}
            }
            let holder = Holder::read(&mut lock);
            let waited = begun.elapsed();
            if waited >= patience {
                return Err(LockError::Held { holder, patience });
            }
            // A holder that has only just come has not said its name yet.
            if let Some(waiting) = waiting.take_if(|_| holder.known.is_some() || waited >= PAUSE) {
                waiting(&holder);
            }
            thread::sleep(PAUSE.min(patience.saturating_sub(waited)));
        }
        let mut guard = Self { root, disk: Disk::default(), lock };
        guard.sign(command).map_err(failed("write", &guard.own("lock")))?;
        Ok(guard)
    }

    /// The place of something in the command's own folder.
    pub(super) fn own(&self, name: &str) -> PathBuf {
        self.root.join(FOLDER).join(name)
    }

    /// A place as people know it.
    pub(super) fn shown(&self, path: &Path) -> String {
        shown(&self.root, path)
    }

    fn sign(&mut self, command: &str) -> io::Result<()> {
        self.lock.set_len(0)?;
        self.lock.rewind()?;
        self.lock.write_all(format!("{} {command}\n", std::process::id()).as_bytes())
    }
}

impl Drop for ProjectLock {
    fn drop(&mut self) {
        // A name that stays behind does no harm, since the lock is what counts.
        let _ = self.lock.set_len(0);
        let _ = self.lock.unlock();
    }
}

impl Holder {
    /// Reads what the holder has written. Systems that lock files against reading leave it unknown.
    fn read(lock: &mut File) -> Self {
        let mut text = String::new();
        let read = lock.rewind().and_then(|()| lock.take(1024).read_to_string(&mut text));
        let line = read.ok().and_then(|_| text.strip_suffix('\n'));
        let known = line.and_then(|line| line.split_once(' '));
        Self { known: known.and_then(|(process, command)| Some((process.parse().ok()?, command.to_owned()))) }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.known {
            Some((process, command)) => write!(f, "volplane {command} (process {process})"),
            None => f.write_str("another volplane"),
        }
    }
}

/// Opens the lock, and makes the folder for it.
fn open(root: &Path) -> Result<File, LockError> {
    let folder = root.join(FOLDER);
    match fs::symlink_metadata(&folder) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(LockError::NoFolder { path: folder.display().to_string() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(&folder).map_err(failed("make", &folder))?;
        }
        Err(source) => return Err(failed("look at", &folder)(source)),
    }
    let ignore = folder.join(".gitignore");
    // A run that was killed may have made it, and not written it.
    if !fs::read(&ignore).is_ok_and(|text| text == IGNORE) {
        fs::write(&ignore, IGNORE).map_err(failed("write", &ignore))?;
    }
    let lock = folder.join("lock");
    File::options().read(true).write(true).create(true).truncate(false).open(&lock).map_err(failed("open", &lock))
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> LockError + use<> {
    let path = path.display().to_string();
    move |source| LockError::Io { action, path, source }
}
