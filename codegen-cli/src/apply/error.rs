//! Errors of changing a project and of rolling back an interrupted change.

use std::io;

use thiserror::Error;

use super::journal::JournalError;
use super::target::TargetError;
use crate::command_error::{CommandError, Help};
use crate::exit::Exit;
use crate::project_path::ProjectPath;

/// A project could not be changed. Unless it is [`ApplyError::HalfDone`], all of it is as before.
#[derive(Debug, Error)]
pub(crate) enum ApplyError {
    /// A file can't be changed where it is.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// Somebody else was quicker.
    #[error("{path} has changed since it was read")]
    ChangedMeanwhile {
        /// The file.
        path: ProjectPath,
    },
    /// Removing a link would not remove its target.
    #[error("cannot remove {path}: it is a link")]
    RemoveLink {
        /// The link.
        path: String,
    },
    /// Two changes go to one file: a defect, or a link of the user's.
    #[error("{path} is to be written twice")]
    Twice {
        /// The file.
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
    /// Ctrl-C.
    #[error("interrupted; nothing was changed")]
    Interrupted,
    /// An earlier change was neither finished nor rolled back.
    #[error("an interrupted run left the project partially updated")]
    Unfinished,
    /// The system refused, then refused the way back as well.
    #[error("the project is partially updated: rolling back failed ({undo})")]
    HalfDone {
        /// Why not.
        undo: String,
        /// What stopped the change.
        #[source]
        source: Box<ApplyError>,
    },
}

impl CommandError for ApplyError {
    fn help(&self) -> Help {
        let help = match self {
            Self::Target(error) => error.help(),
            Self::ChangedMeanwhile { .. } => "nothing was changed; run the command again",
            Self::RemoveLink { .. } => "nothing was changed; remove the link, then run the command again",
            Self::Twice { .. } => "nothing was changed; check whether one of the files is a link to another",
            Self::Io { .. } => "nothing was changed; fix the cause, then run the command again",
            Self::Interrupted => return None,
            Self::Unfinished => "run `volplane update`: it rolls back first",
            Self::HalfDone { .. } => "fix the cause, then run `volplane update`: it rolls back the rest first",
        };
        Some(help.into())
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Interrupted => Exit::Interrupted,
            _ => Exit::Failure,
        }
    }
}

impl TargetError {
    /// What to do about it.
    fn help(&self) -> &'static str {
        match self {
            Self::Path { .. } => "nothing was changed; make the link point to another path in the project",
            Self::Folder { .. } | Self::Special { .. } | Self::ParentIsFile { .. } => {
                "nothing was changed; move or rename what is in the way, then run the command again"
            }
            Self::LinkOutside { .. } => {
                "nothing was changed; make the link point into the project, or replace it by a file"
            }
            Self::LinkToNothing { .. } => "nothing was changed; remove the link or create its target",
            Self::Read { .. } => "nothing was changed; make it readable, then run the command again",
        }
    }
}

/// An interrupted change could not be rolled back. The files needed for it are kept.
#[derive(Debug, Error)]
pub(crate) enum RecoverError {
    /// The record of it is damaged, or another version's.
    #[error("cannot read from {path} what an interrupted run did")]
    Journal {
        /// The journal.
        path: String,
        #[source]
        source: JournalError,
    },
    /// The old text of a file is gone.
    #[error("cannot restore {path}, which an interrupted run changed: {copy} is missing")]
    Copy {
        /// The file.
        path: String,
        /// Where its old text should be.
        copy: String,
    },
    /// The system refused.
    #[error("cannot {action} {path} to roll back an interrupted run")]
    Io {
        /// What was to be done.
        action: &'static str,
        /// Where.
        path: String,
        #[source]
        source: io::Error,
    },
}

impl CommandError for RecoverError {
    fn help(&self) -> Help {
        let help = match self {
            Self::Journal { .. } | Self::Copy { .. } => {
                "see the partial changes with `git status`, restore the files, then remove .volplane/journal"
            }
            Self::Io { .. } => "fix the cause, then run the command again",
        };
        Some(help.into())
    }

    fn exit(&self) -> Exit {
        Exit::Failure
    }
}
