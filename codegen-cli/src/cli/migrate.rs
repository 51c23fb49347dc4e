//! The command line of `volplane migrate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::IdlArgs;

/// Create a volplane project from a kitex or volo-cli project and list the manual steps
///
/// The old project is not changed. The IDL, names and namespaces are taken over; code is not:
/// MIGRATION.md in the new project lists the handlers and options, each with its place and its equivalent.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  volplane migrate kitex shop
      read the Go project in ./shop, create ./shop-volplane
  volplane migrate kitex . ../shop-rs --idl idl/shop.thrift --idl idl/admin.thrift
      specify the IDL that kitex was run on, and the new project's directory
  volplane migrate volo shop
      the same for a project of volo-cli")]
pub(crate) struct Migrate {
    /// The tool that created the project
    pub(crate) from: Origin,
    /// The project's directory
    #[arg(default_value = ".")]
    pub(crate) dir: PathBuf,
    /// The directory to create; has to be new or empty [default: DIR-volplane]
    pub(crate) target: Option<PathBuf>,
    /// The IDL of the project, if it can't be detected; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) idl: Vec<PathBuf>,
    /// The prefix of the packages' names [default: the name of the Go module or of the package]
    #[arg(long, value_name = "NAME")]
    pub(crate) module: Option<String>,
    #[command(flatten)]
    pub(crate) idl_args: IdlArgs,
}

/// The tool that created a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Origin {
    /// A Go project of kitex: go.mod, kitex_info.yaml, kitex_gen
    Kitex,
    /// A Rust project of volo-cli: volo-gen/volo.yml
    Volo,
}
