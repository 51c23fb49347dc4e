//! Why a project can't be brought up to date, and what to do about it.

use std::io;

use thiserror::Error;

use crate::apply::{ApplyError, LockError, RecoverError};
use crate::config::ConfigError;
use crate::disk::DiskError;
use crate::exit::Exit;
use crate::printer::Printer;
use crate::project::ProjectError;
use crate::record::{self, RecordError};
use crate::template_dir::{self, ReadTemplatesError};
use crate::update::RenameError;

/// A project can't be brought up to date. Nothing of it has changed.
#[derive(Debug, Error)]
pub(crate) enum UpdateError {
    /// Its settings.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The folder can't be entered.
    #[error("cannot work in {path}")]
    Enter {
        /// The folder.
        path: String,
        #[source]
        source: io::Error,
    },
    /// Its memory.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Its memory can't be read.
    #[error("cannot read {}", record::FILE)]
    ReadRecord(#[source] io::Error),
    /// Its files.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// Its templates.
    #[error(transparent)]
    Templates(#[from] ReadTemplatesError),
    /// Its IDL.
    #[error(transparent)]
    Project(#[from] ProjectError),
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
    #[error("an earlier update was interrupted while it wrote")]
    Interrupted,
}

impl UpdateError {
    /// What to do about it.
    fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::Config(ConfigError::NoProject { .. }) => "make a project with `volplane new IDL DIR`, or go into one",
            Self::Record(RecordError::Line { .. }) => {
                "restore the file from version control; without it (delete it) files that differ are taken as yours"
            }
            Self::Record(RecordError::Newer { .. }) => "update volplane",
            Self::Apply(error) => return error.help(),
            Self::Lock(error) => return error.help(),
            Self::Recover(error) => error.help(),
            Self::Interrupted => "run `volplane update`: it begins with putting back what was half done",
            Self::Templates(_) => template_dir::HELP,
            Self::Project(ProjectError::SameService { .. }) => {
                "rename one of the two; if the IDL is a newer version of the project's, copy it there and run `volplane update`"
            }
            _ => return None,
        })
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Apply(ApplyError::Interrupted) | Self::Lock(LockError::Interrupted) => Exit::Interrupted,
            Self::Project(ProjectError::Generate(error)) if error.is_interrupted() => Exit::Interrupted,
            Self::Project(ProjectError::Generate(_) | ProjectError::Plan(_))
            | Self::Apply(_)
            | Self::Disk(_)
            | Self::Lock(_)
            | Self::Recover(_) => Exit::Failure,
            _ => Exit::Usage,
        }
    }

    /// Says it, and ends with its exit code.
    pub(crate) fn report(&self, printer: Printer) -> Exit {
        printer.error(self, self.help());
        self.exit()
    }
}
