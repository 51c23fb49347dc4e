//! The command line of `volplane templates`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand};

use crate::settings::Set;

/// Copy the built-in templates to start templates of your own, and check templates
#[derive(Debug, Subcommand)]
pub(crate) enum TemplatesAction {
    Eject(Eject),
    Check(CheckTemplates),
}

/// Write the built-in templates into a directory
#[derive(Debug, Args)]
pub(crate) struct Eject {
    /// The directory to create; has to be new or empty
    #[arg(default_value = "templates")]
    pub(crate) dir: PathBuf,
}

/// Render every template for sample projects and report all errors, each with file and line
#[derive(Debug, Args)]
#[command(after_help = "Exit code: 0 without errors, 1 with errors, 2 if there is nothing to check.")]
pub(crate) struct CheckTemplates {
    /// The directory with the templates
    #[arg(default_value = "templates")]
    pub(crate) dir: PathBuf,
    #[arg(long, value_name = "KEY=VALUE", value_parser = Set::from_str, help = SET)]
    pub(crate) set: Vec<Set>,
}

/// What `--set` is for.
pub(crate) const SET: &str = "A value for templates, available as set.KEY; may be repeated";
