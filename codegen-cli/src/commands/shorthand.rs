//! `volplane idl/echo.thrift`, without a subcommand: `new` where there is no project, `update` in one.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::new::{self, Ground};
use crate::cli::New;
use crate::exit::Exit;
use crate::migrate::go;
use crate::printer::Printer;

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
    /// HOOK(update): goes when `commands::update` is there.
    #[error("there is a project here already")]
    InProject,
}

impl ShorthandError {
    fn help(&self) -> Option<String> {
        Some(match self {
            Self::SecondPath { .. } => "to make the project in a folder of its own: volplane new IDL DIR".to_owned(),
            Self::Here(_) => return None,
            Self::InProject => "update it: volplane update".to_owned(),
        })
    }
}

/// Makes or updates the project in the current folder.
pub(crate) fn run(args: &New, printer: Printer) -> Exit {
    match checked(args) {
        Ok(()) => {
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

fn checked(args: &New) -> Result<(), ShorthandError> {
    if let Some(path) = &args.dir {
        return Err(ShorthandError::SecondPath { path: path.display().to_string() });
    }
    let here = std::env::current_dir().map_err(ShorthandError::Here)?;
    if here.ancestors().any(|dir| dir.join("volplane.toml").is_file()) {
        return Err(ShorthandError::InProject);
    }
    Ok(())
}

/// A project's name: kitex users give a Go module's path.
fn named(module: &str) -> String {
    if module.contains('/') { go::project_name(module) } else { module.to_owned() }
}
