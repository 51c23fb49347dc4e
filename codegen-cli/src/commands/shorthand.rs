//! `volplane idl/echo.thrift`, without a subcommand: `new` where there is no project, `update` in one.

use std::fs;
use std::path::Path;

use thiserror::Error;

use super::new::{self, TargetDir};
use super::update;
use crate::cli::{New, Update};
use crate::command_error::{CommandError, CommandResult, Help};
use crate::config::{self, ConfigError, Project};
use crate::exit::Exit;
use crate::interrupt;
use crate::migrate::go;
use crate::printer::Printer;
use crate::settings::Settings;

/// What was typed does not go with the project that the current folder is in. Nothing has changed.
#[derive(Debug, Error)]
enum ShorthandError {
    /// A second path.
    #[error("unexpected argument {path}: without a subcommand, give one IDL file")]
    SecondPath {
        /// The path.
        path: String,
    },
    /// Another name.
    #[error("expected --module {module}, the name of this project, found {given}")]
    OtherModule {
        /// As typed.
        given: String,
        /// As in volplane.toml.
        module: String,
    },
    /// Another destination.
    #[error("expected --service {service}, the destination name of {idl}, found {given}")]
    OtherService {
        /// As typed.
        given: String,
        /// The IDL.
        idl: String,
        /// As in volplane.toml.
        service: String,
    },
    /// Another IDL.
    #[error("{given} is not an IDL of this project, which has {known}")]
    OtherIdl {
        /// As typed.
        given: String,
        /// Those of the project.
        known: String,
    },
}

impl CommandError for ShorthandError {
    fn help(&self) -> Help {
        Some(match self {
            Self::SecondPath { .. } => "to create the project in a directory of its own: volplane new IDL DIR".into(),
            Self::OtherModule { .. } => "leave --module out; the name is in volplane.toml".into(),
            Self::OtherService { .. } => {
                "leave --service out, or edit volplane.toml; to add another IDL: volplane add IDL".into()
            }
            Self::OtherIdl { given, .. } => {
                format!("edit the project's own copy, or add this one: volplane add {given}").into()
            }
        })
    }

    fn exit(&self) -> Exit {
        Exit::Usage
    }
}

/// Makes or updates the project in the current folder.
///
/// # Errors
/// When what was typed does not go with the project, or as `new` and `update`.
pub(crate) fn run(args: &New, printer: Printer) -> CommandResult {
    if let Some(path) = &args.dir {
        return Err(ShorthandError::SecondPath { path: path.display().to_string() }.into());
    }
    let here = Path::new(".");
    let root = match config::root(here) {
        Ok(root) => root,
        Err(ConfigError::NoProject { .. }) => {
            let module = args.module.as_deref().map(named);
            let args = New { dir: Some(here.to_owned()), module, ..args.clone() };
            return new::run_on(TargetDir::Idl, &args, printer);
        }
        Err(error) => return Err(error.into()),
    };
    agrees(args, &Project::read(&root)?.settings, &root)?;
    interrupt::watch();
    let diagnostic_args = args.idl_args.diagnostic_args.clone();
    let args = Update { prune: false, rename: Vec::new(), dry_run: args.dry_run, diff: false, diagnostic_args };
    Ok(update::run_in(&root, &args, printer)?)
}

/// Whether what was typed is what the project says of itself.
fn agrees(args: &New, settings: &Settings, root: &Path) -> Result<(), ShorthandError> {
    let Settings { module, idls, .. } = settings;
    if let Some(given) = args.module.as_ref().filter(|given| named(given) != module.as_str()) {
        return Err(ShorthandError::OtherModule { given: given.clone(), module: module.as_str().to_owned() });
    }
    let Some(idl) = idls.iter().find(|idl| is_same(&args.idl, &root.join(&idl.path))) else {
        let known = idls.iter().map(|idl| idl.path.as_str()).collect::<Vec<_>>().join(", ");
        return Err(ShorthandError::OtherIdl { given: args.idl.display().to_string(), known });
    };
    if let Some(given) = args.service.as_ref().filter(|given| **given != idl.service) {
        let (idl, service) = (idl.path.clone(), idl.service.clone());
        return Err(ShorthandError::OtherService { given: given.clone(), idl, service });
    }
    Ok(())
}

/// Whether a path is that of a project's IDL, or of the file that it is an unchanged copy of.
fn is_same(given: &Path, own: &Path) -> bool {
    let place = |path: &Path| fs::canonicalize(path).ok();
    let is_copy = || given.file_name() == own.file_name() && fs::read(given).ok() == fs::read(own).ok();
    place(given).is_some_and(|given| place(own) == Some(given) || is_copy())
}

/// A project's name: kitex users give a Go module's path.
fn named(module: &str) -> String {
    if module.contains('/') { go::project_name(module) } else { module.to_ascii_lowercase() }
}
