//! The command line of `volplane templates`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand};

use crate::settings::Set;

/// Start templates of your own from the built-in ones, and check them
#[derive(Debug, Subcommand)]
pub(crate) enum TemplatesAction {
    Eject(Eject),
    Check(CheckTemplates),
}

/// Write the built-in templates into a folder, to start from
#[derive(Debug, Args)]
pub(crate) struct Eject {
    /// The folder to make; has to be new or empty
    #[arg(default_value = "templates")]
    pub(crate) dir: PathBuf,
}

/// Render every template for sample projects and say everything that is wrong, each mistake with file and line
#[derive(Debug, Args)]
#[command(after_help = "Exit code: 0 without a mistake, 1 with one, 2 when there is nothing to check.")]
pub(crate) struct CheckTemplates {
    /// The folder with the templates
    #[arg(default_value = "templates")]
    pub(crate) dir: PathBuf,
    #[arg(long, value_name = "KEY=VALUE", value_parser = Set::from_str, help = SET)]
    pub(crate) set: Vec<Set>,
}

/// What `--set` is for.
pub(crate) const SET: &str = "A value for templates, which see it as set.KEY; may be repeated";
