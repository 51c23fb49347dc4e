//! The only code that writes: a whole project, or nothing ([`create()`]); all changes to a project, or none
//! ([`ProjectLock`]); files that lie anywhere ([`rewrite()`]).
//!
//! What a run needs beside a project's own files is in its folder `.volplane`, of which git takes no notice:
//!
//! - `lock`: locked by the one run that may write; its contents identify that run.
//! - `stage/`, `backup/`: new texts on their way in, old texts on their way out; numbered as in the journal.
//! - `journal`: there while files are being changed. A run that finds one undoes what it says.

mod create;
mod error;
#[cfg(test)]
mod faults;
mod journal;
mod project_lock;
mod recovery;
mod rewrite;
mod steps;
mod target;
#[cfg(test)]
mod tests;
mod transaction;

pub(crate) use create::{CreateError, DirState, create, create_around, look, put, synchronise};
pub(crate) use error::{ApplyError, RecoverError};
pub(crate) use project_lock::{Holder, LockError, ProjectLock};
pub(crate) use recovery::interrupted;
pub(crate) use rewrite::{Rewrite, RewriteError, rewrite};
pub(crate) use transaction::Change;
