//! The command line of the commands for an existing project.

use std::path::PathBuf;

use clap::Args;

use super::DiagnosticArgs;
use crate::update::Rename;
use crate::version::Version;

/// Update code, handlers and programs to match the IDL; your edits are kept
#[derive(Debug, Args)]
#[command(after_help = "\
Handlers are found by their traits, in any file: a new method is added at the end of its impl, a changed \
signature is updated in place. Template changes are merged into programs, manifests and tests that you have edited; conflicting \
edits get Git conflict markers, and the exit code is 3.

Examples:
  volplane update              apply all changes of the IDL and volplane.toml
  volplane update --diff       show what would change without writing it
  volplane update --prune      comment out methods that are no longer in the IDL
  volplane update --rename Echo=Parrot
                               rename the handler of Echo, which the IDL now calls Parrot")]
pub(crate) struct Update {
    /// Comment out handler methods that are no longer in the IDL
    #[arg(long)]
    pub(crate) prune: bool,
    /// Rename a service: its handler, and its uses in the project's Rust files; may be repeated
    #[arg(long, value_name = "OLD=NEW")]
    pub(crate) rename: Vec<Rename>,
    /// List what would change without writing it
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Show what would change as a unified diff on stdout, without writing it
    #[arg(long)]
    pub(crate) diff: bool,
    #[command(flatten)]
    pub(crate) diagnostic_args: DiagnosticArgs,
}

/// Check whether the project is up to date
#[derive(Debug, Args)]
#[command(
    after_help = "Exit code: 0 if the project is up to date, 4 if it is not, with a list on stdout, 1 if the IDL has errors."
)]
pub(crate) struct Check {
    /// Show what would change as a unified diff on stdout
    #[arg(long)]
    pub(crate) diff: bool,
    #[command(flatten)]
    pub(crate) diagnostic_args: DiagnosticArgs,
}

/// Add an IDL to the project, with its handlers, servers and clients
#[derive(Debug, Args)]
#[command(
    after_help = "An IDL from elsewhere is copied into idl/ with its includes; into a directory of its own there if the project has other \
files of these names. An IDL in the project is not copied.

Examples:
  volplane add ../protocols/shop.thrift
  volplane add idl/shop.thrift --service shop.api"
)]
pub(crate) struct Add {
    /// The IDL file
    pub(crate) idl: PathBuf,
    /// The destination name that its clients use [default: the IDL's first service]
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// Also look for includes in this directory; may be repeated
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    pub(crate) include: Vec<PathBuf>,
    /// Refer to the IDL where it is instead of copying it into the project
    #[arg(long)]
    pub(crate) idl_in_place: bool,
    /// List what would change without writing it
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) diagnostic_args: DiagnosticArgs,
}

/// Remove an IDL from the project, with its unmodified programs and handlers
#[derive(Debug, Args)]
#[command(after_help = "The IDL file itself and every file that you have edited are kept and reported.")]
pub(crate) struct Remove {
    /// The IDL file, as a path or as in volplane.toml
    pub(crate) idl: PathBuf,
    /// List what would change without writing it
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) diagnostic_args: DiagnosticArgs,
}

/// Update the project whenever its IDL is saved, until Ctrl-C
#[derive(Debug, Args)]
pub(crate) struct Watch {
    #[command(flatten)]
    pub(crate) diagnostic_args: DiagnosticArgs,
}

/// Check the tools and the project: Rust, versions, volplane.lock, runtime, handlers, ports
#[derive(Debug, Args)]
#[command(
    after_help = "Nothing is changed. Each line says what was found and, unless all is well, what to do. Outside of a project, the tools alone are \
checked.

Exit code: 0 without an error, 3 with one; with --deny-warnings also with a warning."
)]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) diagnostic_args: DiagnosticArgs,
}

/// Update the project to this volplane's runtime, templates and versions, and print what has changed since
#[derive(Debug, Args)]
#[command(after_help = "\
The project is updated as by `volplane update`: your edits are merged, and conflicts end with exit code 3. Cargo.lock gets \
the tested versions, too, unless it has packages or newer versions of yours; then the report lists the cargo commands to run.

Examples:
  volplane upgrade
  volplane upgrade --diff             show what would change, without writing it
  volplane upgrade --since 0.1.0      print what has changed since 0.1.0")]
pub(crate) struct Upgrade {
    /// Print the changes since this version [default: the one that made the last update]
    #[arg(long, value_name = "VERSION")]
    pub(crate) since: Option<Version>,
    /// List what would change without writing it
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Show what would change as a unified diff on stdout, without writing it
    #[arg(long)]
    pub(crate) diff: bool,
    #[command(flatten)]
    pub(crate) diagnostic_args: DiagnosticArgs,
}
