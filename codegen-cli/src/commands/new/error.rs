//! Why a project can't be made.

use std::io;

use thiserror::Error;

use crate::apply::CreateError;
use crate::command_error::{CommandError, Help};
use crate::diagnostics::IdlRejected;
use crate::exit::Exit;
use crate::project::ProjectError;
use crate::project_path::ProjectPath;
use crate::settings::ModuleError;
use crate::template_dir::ReadTemplatesError;
use crate::workspace::WorkspaceError;

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
    #[error("expected an IDL file at {path}, found a directory")]
    IdlIsFolder {
        /// The path.
        path: String,
    },
    /// The IDL's path has no name to call the project by.
    #[error("cannot derive a project name from {path}")]
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
    /// The folder is something else's.
    #[error("cannot create a project in {dir}: it holds {entry}")]
    Foreign {
        /// The folder.
        dir: String,
        /// Something in it.
        entry: String,
    },
    /// A file of the project's would overwrite one.
    #[error("{path} exists, and the project's own {path} has other contents")]
    InTheWay {
        /// Its path.
        path: ProjectPath,
    },
    /// The folder is a file.
    #[error("{dir} exists and is not a directory")]
    NotAFolder {
        /// Its path.
        dir: String,
    },
    /// A path can't be resolved.
    #[error("cannot find the absolute path of {path}")]
    Path {
        /// The path.
        path: String,
        #[source]
        source: io::Error,
    },
    /// No relative path to the IDL.
    #[error("there is no relative path from the project to {path}")]
    NoWay {
        /// The IDL, or a folder of its includes.
        path: String,
    },
    /// The workspace around the project can't be read, or has a package of that name.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// A name for packages.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// A name for clients.
    #[error("the service's name can't be empty")]
    EmptyService,
    /// No copy of the runtime's sources.
    #[error("expected a checkout of volplane at {path}: transport/Cargo.toml is missing")]
    NoRuntime {
        /// The path.
        path: String,
    },
    /// The user's own templates.
    #[error(transparent)]
    Templates(#[from] ReadTemplatesError),
    /// The IDL, which was reported.
    #[error(transparent)]
    Rejected(#[from] IdlRejected),
    /// The IDL goes with nothing else.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// The disk.
    #[error(transparent)]
    Apply(#[from] CreateError),
}

impl CommandError for NewError {
    fn help(&self) -> Help {
        let help = match self {
            Self::Idl { .. } => "give the path of a thrift file",
            Self::IdlIsFolder { .. } => "give the path of the file that defines the service",
            Self::NoName { .. } => "name the directory to create: volplane new IDL DIR",
            Self::NotEmpty { .. } => "name a new or empty directory, or move away what is in this one",
            Self::Workspace(error) => return error.help(),
            Self::NoWay { .. } => "leave out --idl-in-place, so that the IDL is copied",
            Self::Foreign { .. } => {
                "move it away (IDL, README, licence and hidden files may stay), or create the project elsewhere: volplane new IDL DIR"
            }
            Self::InTheWay { .. } => "move it away, or create the project elsewhere: volplane new IDL DIR",
            Self::NotAFolder { .. } => "name a new or empty directory",
            Self::Module(_) => {
                "choose a name with --module NAME: lowercase ASCII letters, digits, `-` and `_`, a letter first"
            }
            Self::EmptyService => "leave --service out to use the IDL's service",
            Self::NoRuntime { .. } => {
                "give the directory that holds volplane's transport/ and codegen/: --runtime path=DIR"
            }
            Self::Path { .. } => return None,
            Self::Templates(error) => return error.help(),
            Self::Rejected(error) => return error.help(),
            Self::Project(error) => return error.help(),
            Self::Apply(error) => return error.help(),
        };
        Some(help.into())
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Templates(error) => error.exit(),
            Self::Rejected(error) => error.exit(),
            Self::Project(error) => error.exit(),
            Self::Apply(error) => error.exit(),
            _ => Exit::Usage,
        }
    }

    fn is_reported(&self) -> bool {
        matches!(self, Self::Rejected(error) if error.is_reported())
    }
}
