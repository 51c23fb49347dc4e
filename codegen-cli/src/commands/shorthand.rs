//! `volplane idl/echo.thrift`, without a subcommand: `new` where there is no project, `update` in one.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::new::{self, Ground};
use super::update;
use crate::cli::{New, Update};
use crate::config::{self, ConfigError, Project};
use crate::exit::Exit;
use crate::layout;
use crate::migrate::go;
use crate::printer::Printer;
use crate::settings::Settings;

/// What was typed does not go with the project that the current folder is in. Nothing has changed.
#[derive(Debug, Error)]
enum ShorthandError {
    /// A second path.
    #[error("without a subcommand there is one path, the IDL's; {path} is one too many")]
    SecondPath {
        /// The path.
        path: String,
    },
    /// The current folder is gone.
    #[error("cannot tell where the current folder is")]
    Here(#[source] io::Error),
    /// The project has another name.
    #[error("the project here is {is}, not {wanted}")]
    OtherModule {
        /// What it is.
        is: String,
        /// What was asked for.
        wanted: String,
    },
    /// The IDL's clients use another name.
    #[error("{path} is called by the name {is}, not {wanted}")]
    OtherService {
        /// The IDL.
        path: String,
        /// What it is.
        is: String,
        /// What was asked for.
        wanted: String,
    },
    /// Not an IDL of the project.
    #[error("{path} is none of the IDLs of the project here, which are {known}")]
    OtherIdl {
        /// The IDL.
        path: String,
        /// Those of the project.
        known: String,
    },
    /// The project's settings.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl ShorthandError {
    fn help(&self) -> Option<String> {
        Some(match self {
            Self::SecondPath { .. } => "to make the project in a folder of its own: volplane new IDL DIR".to_owned(),
            Self::Here(_) => return None,
            Self::OtherModule { .. } | Self::OtherService { .. } => {
                "leave the flag out to update the project, or change volplane.toml first".to_owned()
            }
            Self::OtherIdl { path, .. } => format!("add it to the project: volplane add {path}"),
            Self::Config(_) => return None,
        })
    }
}

/// Makes or updates the project in the current folder.
pub(crate) fn run(args: &New, printer: Printer) -> Exit {
    match in_project(args) {
        Ok(true) => {
            let telling = args.reading.telling.clone();
            update::run(&Update { prune: false, dry_run: args.dry_run, diff: false, telling }, printer)
        }
        Ok(false) => {
            let module = args.module.as_deref().map(named);
            let args = New { dir: Some(PathBuf::from(".")), module, ..args.clone() };
            new::run_on(Ground::Idl, &args, printer)
        }
        Err(error) => {
            printer.error(&error, error.help().as_deref());
            Exit::Usage
        }
    }
}

/// Whether the current folder is in a project, to which then everything that was typed has to fit.
fn in_project(args: &New) -> Result<bool, ShorthandError> {
    if let Some(path) = &args.dir {
        return Err(ShorthandError::SecondPath { path: path.display().to_string() });
    }
    let here = std::env::current_dir().map_err(ShorthandError::Here)?;
    let Ok(root) = config::root(&here) else { return Ok(false) };
    let Settings { module, idls, .. } = Project::find(&root)?.settings;
    if let Some(wanted) = args.module.as_deref().map(named).filter(|wanted| wanted != module.as_str()) {
        return Err(ShorthandError::OtherModule { is: module.as_str().to_owned(), wanted });
    }
    let typed = layout::normal(&here.join(&args.idl));
    let Some(idl) = idls.iter().find(|idl| layout::normal(&root.join(&idl.path)) == typed) else {
        let known = idls.iter().map(|idl| idl.path.as_str()).collect::<Vec<_>>().join(", ");
        return Err(ShorthandError::OtherIdl { path: args.idl.display().to_string(), known });
    };
    match args.service.as_ref().filter(|wanted| **wanted != idl.service) {
        Some(wanted) => {
            let (path, is, wanted) = (idl.path.clone(), idl.service.clone(), wanted.clone());
            Err(ShorthandError::OtherService { path, is, wanted })
        }
        None => Ok(true),
    }
}

/// A project's name: kitex users give a Go module's path.
fn named(module: &str) -> String {
    if module.contains('/') { go::project_name(module) } else { module.to_owned() }
}
