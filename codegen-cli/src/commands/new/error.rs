//! Why a project can't be made.

use std::io;

use thiserror::Error;

use crate::apply::CreateError;
use crate::exit::Exit;
use crate::project::ProjectError;
use crate::settings::ModuleError;
use crate::template_dir::{self, ReadTemplatesError};

/// A project can't be made as asked. Nothing on the disk has changed.
#[derive(Debug, Error)]
pub(in crate::commands) enum NewError {
    /// No IDL.
    #[error("cannot read {path}")]
    Idl {
        /// Where it should be.
        path: String,
        #[source]
        source: io::Error,
    },
    /// The IDL's path names a folder.
    #[error("{path} is a folder, not an IDL file")]
    IdlIsFolder {
        /// The path.
        path: String,
    },
    /// The IDL's path has no name to call the project by.
    #[error("cannot tell a name for the project from {path}")]
    NoName {
        /// The path.
        path: String,
    },
    /// The folder is taken.
    #[error("{dir} is not empty: it holds {entry}")]
    NotEmpty {
        /// The folder.
        dir: String,
        /// Something in it.
        entry: String,
    },
    /// The current folder is something else's.
    #[error("the current folder holds {entry}, so no project is made in it")]
    Foreign {
        /// Something in it.
        entry: String,
    },
    /// A file of the project's would overwrite one.
    #[error("{path} is in the way: the project has one of its own, which says something else")]
    InTheWay {
        /// Its path.
        path: String,
    },
    /// The folder is a file.
    #[error("{dir} exists and is not a folder")]
    NotAFolder {
        /// Its path.
        dir: String,
    },
    /// A path can't be resolved.
    #[error("cannot tell where {path} is")]
    Path {
        /// The path.
        path: String,
        #[source]
        source: io::Error,
    },
    /// A name for packages.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// A name for clients.
    #[error("the service's name can't be empty")]
    EmptyService,
    /// No copy of the runtime's sources.
    #[error("{path} is no checkout of volplane: it has no transport/Cargo.toml")]
    NoRuntime {
        /// The path.
        path: String,
    },
    /// The user's own templates.
    #[error(transparent)]
    Templates(#[from] ReadTemplatesError),
    /// The IDL.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// The disk.
    #[error(transparent)]
    Apply(#[from] CreateError),
}

impl NewError {
    pub(in crate::commands) fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::Idl { .. } => "give the path of a thrift file",
            Self::IdlIsFolder { .. } => "give the path of the file that defines the service",
            Self::NoName { .. } => "name the folder to make: volplane new IDL DIR",
            Self::NotEmpty { .. } => "name a new or empty folder, or move away what is in this one",
            Self::Foreign { .. } | Self::InTheWay { .. } => {
                "move it away, or make the project elsewhere: volplane new IDL DIR"
            }
            Self::NotAFolder { .. } => "name a new or empty folder",
            Self::Module(_) => {
                "choose a name with --module NAME: lowercase ASCII letters, digits, `-` and `_`, a letter first"
            }
            Self::EmptyService => "leave --service out to use the IDL's service",
            Self::NoRuntime { .. } => {
                "give the folder that holds volplane's transport/ and codegen/: --runtime path=DIR"
            }
            Self::Templates(_) => template_dir::HELP,
            Self::Project(ProjectError::SameService { .. }) => "rename one of the two services",
            Self::Apply(CreateError::Io { .. }) => "name a folder that can be made and written in",
            Self::Apply(CreateError::Interrupted) | Self::Path { .. } | Self::Project(_) => return None,
        })
    }

    pub(in crate::commands) fn exit(&self) -> Exit {
        match self {
            Self::Apply(CreateError::Interrupted) => Exit::Interrupted,
            Self::Project(ProjectError::Generate(error)) if error.is_interrupted() => Exit::Interrupted,
            Self::Project(ProjectError::Generate(_) | ProjectError::Plan(_)) => Exit::Failure,
            _ => Exit::Usage,
        }
    }
}
