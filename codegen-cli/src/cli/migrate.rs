//! `volplane migrate`, as people type it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::IdlArgs;

/// Make a project here of one that kitex or volo-cli made, beside it, and say what is left to do by hand
///
/// The old project is only read. The IDL, the names of module and service and the namespaces come along; code does not:
/// MIGRATION.md in the new project lists the handlers' bodies and the options, each with its place and what there is for it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  volplane migrate kitex shop
      read the Go project in ./shop, make ./shop-volplane
  volplane migrate kitex . ../shop-rs --idl idl/shop.thrift --idl idl/admin.thrift
      say which IDL kitex was run on, and where the new project goes
  volplane migrate volo shop
      the same for a project of volo-cli's")]
pub(crate) struct Migrate {
    /// Who made the project
    pub(crate) from: Origin,
    /// The project's folder
    #[arg(default_value = ".")]
    pub(crate) dir: PathBuf,
    /// The folder to make; has to be new or empty [default: DIR-volplane]
    pub(crate) target: Option<PathBuf>,
    /// The IDL that the project is made of, if that can't be told; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) idl: Vec<PathBuf>,
    /// The prefix of the packages' names [default: as the Go module or the package is named]
    #[arg(long, value_name = "NAME")]
    pub(crate) module: Option<String>,
    #[command(flatten)]
    pub(crate) reading: IdlArgs,
}

/// Who made a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Origin {
    /// A Go project of kitex's: go.mod, kitex_info.yaml, kitex_gen
    Kitex,
    /// A Rust project of volo-cli's: volo-gen/volo.yml
    Volo,
}
