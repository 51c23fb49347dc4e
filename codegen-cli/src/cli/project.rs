//! The commands that work in a project.

use std::path::PathBuf;

use clap::Args;

use super::DiagnosticArgs;
use crate::update::Rename;
use crate::version::Version;

/// Bring the project up to its IDL: code, handlers, programs; what you wrote stays yours
#[derive(Debug, Args)]
#[command(after_help = "\
Handlers are found by their traits, wherever you keep them: a new method is added at the end of its impl, a changed \
signature is rewritten in place. Programs, manifests and tests that you have edited are merged with what changed; where both \
changed the same lines, both stand between git's markers, and the exit code is 3.

Examples:
  volplane update              everything that the IDL and volplane.toml ask for
  volplane update --diff       show what would change, write nothing
  volplane update --prune      comment out methods that are gone from the IDL
  volplane update --rename Echo=Parrot
                               the service Echo is called Parrot in the IDL now")]
pub(crate) struct Update {
    /// Comment out handler methods that are gone from the IDL
    #[arg(long)]
    pub(crate) prune: bool,
    /// Rename a service: its handler and its uses in the project's Rust files follow (repeatable)
    #[arg(long, value_name = "OLD=NEW")]
    pub(crate) rename: Vec<Rename>,
    /// Say what would be done, write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Show what would change as a unified diff on stdout, write nothing
    #[arg(long)]
    pub(crate) diff: bool,
    #[command(flatten)]
    pub(crate) telling: DiagnosticArgs,
}

/// Say whether an update would change anything: for CI
#[derive(Debug, Args)]
#[command(
    after_help = "Exit code: 0 when the project is up to date, 4 and a list on stdout when it is not, 1 when the IDL has mistakes."
)]
pub(crate) struct Check {
    /// Show what would change as a unified diff on stdout
    #[arg(long)]
    pub(crate) diff: bool,
    #[command(flatten)]
    pub(crate) telling: DiagnosticArgs,
}

/// Add another IDL to the project: its handlers, servers and clients come with it
#[derive(Debug, Args)]
#[command(
    after_help = "An IDL from elsewhere is copied into idl/, with what it includes; into a folder of its own there if the project has other \
files of these names. An IDL in the project stays where it is.

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
    /// Look for includes in this folder too; may be repeated
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    pub(crate) include: Vec<PathBuf>,
    /// Refer to the IDL where it is instead of copying it into the project
    #[arg(long)]
    pub(crate) idl_in_place: bool,
    /// Say what would be done, write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) telling: DiagnosticArgs,
}

/// Take an IDL out of the project: programs and handlers that nobody has edited go with it
#[derive(Debug, Args)]
#[command(
    after_help = "The IDL file itself and every file that you have edited stay where they are; the report names them."
)]
pub(crate) struct Remove {
    /// The IDL file, as a path or as volplane.toml has it
    pub(crate) idl: PathBuf,
    /// Say what would be done, write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) telling: DiagnosticArgs,
}

/// Update the project whenever its IDL is saved, until Ctrl-C
#[derive(Debug, Args)]
pub(crate) struct Watch {
    #[command(flatten)]
    pub(crate) telling: DiagnosticArgs,
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
    pub(crate) telling: DiagnosticArgs,
}

/// Update the project to this volplane's runtime, templates and versions, and print what has changed since
#[derive(Debug, Args)]
#[command(after_help = "\
The project is updated as by `volplane update`: your edits are merged, and conflicts end with exit code 3. Cargo.lock gets \
the tested versions, too, unless it has packages or newer versions of yours; then the report lists the cargo commands to run.

Examples:
  volplane upgrade
  volplane upgrade --diff             show what would change, write nothing
  volplane upgrade --since 0.1.0      print what has changed since 0.1.0")]
pub(crate) struct Upgrade {
    /// Print the changes since this version [default: the one that made the last update]
    #[arg(long, value_name = "VERSION")]
    pub(crate) since: Option<Version>,
    /// Say what would be done, write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Show what would change as a unified diff on stdout, write nothing
    #[arg(long)]
    pub(crate) diff: bool,
    #[command(flatten)]
    pub(crate) telling: DiagnosticArgs,
}
