//! What can go wrong when a project is changed or an interrupted change undone.

use std::error::Error;
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
    /// Removing a link would not remove what it leads to.
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
    /// An earlier change was neither finished nor undone.
    #[error("an interrupted run has left the project half changed")]
    Unfinished,
    /// The system refused, then refused the way back as well.
    #[error("the project is half changed: what was done could not be undone ({undo})")]
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
            Self::RemoveLink { .. } => "nothing was changed; remove the link by hand, then run the command again",
            Self::Twice { .. } => "nothing was changed; see whether a link leads from one file to another",
            Self::Io { .. } => "nothing was changed; mend the cause, then run the command again",
            Self::Interrupted => return None,
            Self::Unfinished => "run `volplane update`, which undoes it first",
            Self::HalfDone { .. } => "mend the cause, then run `volplane update`: it undoes the rest first",
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
            Self::Path { .. } => "nothing was changed; let the link lead to another place in the project",
            Self::Folder { .. } | Self::Special { .. } | Self::ParentIsFile { .. } => {
                "nothing was changed; move or rename what is in the way, then run the command again"
            }
            Self::LinkOutside { .. } => {
                "nothing was changed; let the link lead into the project, or put a file in its place"
            }
            Self::LinkToNothing { .. } => "nothing was changed; remove the link or make what it leads to",
            Self::Read { .. } => "nothing was changed; make it readable, then run the command again",
        }
    }
}

/// An interrupted change could not be undone. What is needed for it is still there.
#[derive(Debug, Error)]
pub(crate) enum RecoverError {
    /// The record of it is damaged, or another version's.
    #[error("cannot tell from {path} what an interrupted run did")]
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
    #[error("cannot {action} {path} to undo what an interrupted run did")]
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
                "see with `git status` what is half done, put it right, then remove .volplane/journal"
            }
            Self::Io { .. } => "mend the cause, then run the command again",
        };
        Some(help.into())
    }

    fn exit(&self) -> Exit {
        Exit::Failure
    }
}

impl RecoverError {
    /// The error with its causes, in one line.
    pub(super) fn line(&self) -> String {
        let mut line = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            line.push_str(&format!(": {error}"));
            cause = error.source();
        }
        line
    }
}
