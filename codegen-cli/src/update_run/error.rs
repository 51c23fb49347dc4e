//! The errors of updates, with help.

use std::io;

use thiserror::Error;

use super::package::PackageError;
use crate::apply::{ApplyError, LockError, RecoverError};
use crate::command_error::{CommandError, Help};
use crate::config::ConfigError;
use crate::diagnostics::IdlRejected;
use crate::disk::DiskError;
use crate::exit::Exit;
use crate::project::ProjectError;
use crate::record::{self, RecordError};
use crate::template_dir::ReadTemplatesError;
use crate::update::RenameError;

/// An update failed; nothing in the project was changed.
#[derive(Debug, Error)]
pub(crate) enum UpdateError {
    /// Its settings.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Its memory.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Its memory can't be read.
    #[error("cannot read {}", record::FILE)]
    ReadRecord(#[source] io::Error),
    /// A file that has to be written can't be.
    #[error("cannot write {path}: it is read-only")]
    ReadOnly {
        /// The file.
        path: String,
    },
    /// Its files.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// Its templates.
    #[error(transparent)]
    Templates(#[from] ReadTemplatesError),
    /// Its IDL, which was reported.
    #[error(transparent)]
    Idl(#[from] IdlRejected),
    /// Its IDL goes with nothing else.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// Where its programs are.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// A service under another name.
    #[error(transparent)]
    Rename(#[from] RenameError),
    /// Another run.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Writing.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// What another run left.
    #[error(transparent)]
    Recover(#[from] RecoverError),
    /// An earlier run was killed.
    #[error("an earlier update was interrupted while writing")]
    Interrupted,
}

impl CommandError for UpdateError {
    fn help(&self) -> Help {
        Some(match self {
            Self::Config(error) => return error.help(),
            Self::Record(error) => return error.help(),
            Self::Templates(error) => return error.help(),
            Self::ReadOnly { .. } => "nothing was changed; make it writable, then run the command again".into(),
            Self::Apply(error) => return error.help(),
            Self::Package(error) => return error.help(),
            Self::Lock(error) => return error.help(),
            Self::Recover(error) => return error.help(),
            Self::Interrupted => "run `volplane update`: it rolls back first".into(),
            Self::Project(ProjectError::SameService { .. }) => {
                "rename one of the two; if the IDL is a newer version of the project's, copy it there and run `volplane update`".into()
            }
            Self::Project(error) => return error.help(),
            Self::Rename(_) => "give the name of the service at the last update and the one that it has in the IDL now".into(),
            Self::ReadRecord(_) | Self::Disk(_) | Self::Idl(_) => return None,
        })
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Config(error) => error.exit(),
            Self::Templates(error) => error.exit(),
            Self::Apply(error) => error.exit(),
            Self::Package(error) => error.exit(),
            Self::Lock(error) => error.exit(),
            Self::Recover(error) => error.exit(),
            Self::Project(error) => error.exit(),
            Self::Record(error) => error.exit(),
            Self::Idl(error) => error.exit(),
            Self::Disk(_) | Self::ReadOnly { .. } => Exit::Failure,
            Self::ReadRecord(_) | Self::Interrupted | Self::Rename(_) => Exit::Usage,
        }
    }

    fn is_reported(&self) -> bool {
        matches!(self, Self::Idl(error) if error.is_reported())
    }
}
