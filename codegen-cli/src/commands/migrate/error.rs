//! Why a project can't be migrated.

use std::io;

use thiserror::Error;

use crate::apply::CreateError;
use crate::command_error::{CommandError, Help};
use crate::commands::new::NewError;
use crate::diagnostics::IdlRejected;
use crate::exit::Exit;
use crate::project::ProjectError;
use crate::settings::ModuleError;

/// A project can't be migrated as asked. Nothing on the disk has changed.
#[derive(Debug, Error)]
pub(super) enum MigrateError {
    /// No such folder, or something in it can't be read.
    #[error("cannot read {path}")]
    Read {
        /// The folder or file.
        path: String,
        #[source]
        source: io::Error,
    },
    /// The new project would lie in the old one.
    #[error("{target} is in the old project, {dir}, which is not changed")]
    Inside {
        /// The new one's folder.
        target: String,
        /// The old one's.
        dir: String,
    },
    /// The folder has no name to make another of.
    #[error("cannot derive a project name from {dir}")]
    NoName {
        /// The folder.
        dir: String,
    },
    /// No Go module.
    #[error("{dir} is not in a Go module: found no go.mod there or above it")]
    NoGoModule {
        /// The folder.
        dir: String,
    },
    /// A go.mod without a module.
    #[error("{path} names no module")]
    NoModule {
        /// The go.mod.
        path: String,
    },
    /// Not kitex's.
    #[error("{dir} is not a project of kitex: found neither kitex_info.yaml nor kitex_gen")]
    NotKitex {
        /// The folder.
        dir: String,
    },
    /// Not volo-cli's.
    #[error("{dir} is not a project of volo-cli: found neither volo-gen/volo.yml nor volo.yml")]
    NotVolo {
        /// The folder.
        dir: String,
    },
    /// A settings file.
    #[error("cannot parse {path}")]
    Yaml {
        /// The file.
        path: String,
        #[source]
        source: serde_yaml::Error,
    },
    /// Nothing to compile.
    #[error("cannot find the IDL that {dir} is generated from{}", one_a_line(.known))]
    NoIdl {
        /// The folder.
        dir: String,
        /// What there is, or why it does not count.
        known: Vec<String>,
    },
    /// More than one.
    #[error("{dir} has several IDL files that kitex may have been run on{}", one_a_line(.candidates))]
    SeveralIdls {
        /// The folder.
        dir: String,
        /// The IDL files.
        candidates: Vec<String>,
    },
    /// A name for packages.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// As in making any project.
    #[error(transparent)]
    New(#[from] NewError),
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

fn one_a_line(names: &[String]) -> String {
    let lines: String = names.iter().map(|name| format!("\n         {name}")).collect();
    if lines.is_empty() { lines } else { format!(":{lines}") }
}

impl CommandError for MigrateError {
    fn help(&self) -> Help {
        let help = match self {
            Self::Inside { .. } | Self::NoName { .. } => {
                "name a new directory elsewhere: volplane migrate kitex|volo DIR TARGET"
            }
            Self::Read { .. } | Self::NoGoModule { .. } | Self::NoModule { .. } => "give the directory of the project",
            Self::NotKitex { .. } => {
                "give the directory that kitex was run in, or the IDL with --idl PATH; for a project of volo-cli: volplane migrate volo"
            }
            Self::NotVolo { .. } => {
                "give the directory that `volo init` was run in; for a project of kitex: volplane migrate kitex"
            }
            Self::Yaml { .. } => "fix the file, or move it away and give the IDL with --idl PATH",
            Self::NoIdl { .. } => "give the IDL with --idl PATH, once for each file",
            Self::SeveralIdls { .. } => "choose with --idl PATH, once for each file",
            Self::Module(_) => {
                "choose a name with --module NAME: lowercase ASCII letters, digits, `-` and `_`, a letter first"
            }
            Self::Project(ProjectError::SameService { .. }) => "leave one of the two out",
            Self::New(error) => return error.help(),
            Self::Rejected(error) => return error.help(),
            Self::Project(error) => return error.help(),
            Self::Apply(error) => return error.help(),
        };
        Some(help.into())
    }

    fn exit(&self) -> Exit {
        match self {
            Self::New(error) => error.exit(),
            Self::Rejected(error) => error.exit(),
            Self::Project(error) => error.exit(),
            Self::Apply(error) => error.exit(),
            _ => Exit::Usage,
        }
    }

    fn is_reported(&self) -> bool {
        match self {
            Self::New(error) => error.is_reported(),
            Self::Rejected(error) => error.is_reported(),
            _ => false,
        }
    }
}
