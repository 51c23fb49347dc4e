//! The command line.

pub(crate) mod kitex_args;
mod migrate;
mod project;
pub(crate) mod templates;
pub(crate) mod tree;

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use volplane_build::internal::MessageFormat;

use crate::exit;
use crate::settings::{Codegen, Extra, RuntimeArg, Set, Transport};

pub(crate) use migrate::{Migrate, Origin};
pub(crate) use project::{Add, Check, Doctor, Remove, Update, Upgrade, Watch};

const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (for volo-thrift ", env!("VOLO_THRIFT_VERSION"), ")");

/// The hidden subcommand's name.
pub(crate) const EMIT: &str = "internal-emit";

/// The name of the hidden subcommand for a command line without one: `volplane idl/echo.thrift`.
pub(crate) const SHORTHAND: &str = "internal-shorthand";

/// Printed below the help of the command itself.
const EXAMPLES: &str = "Examples:
  volplane demo                          create, build and run the echo project
  volplane new idl/echo.thrift hello     create the project hello
  volplane update                        in a project, after an edit of its IDL
  volplane help new                      more about a command";

/// Generate a volo-thrift project from a Thrift IDL, with transports such as TCP, WebSocket and yamux
#[derive(Debug, Parser)]
#[command(name = "volplane", version = VERSION, propagate_version = true, subcommand_required = true)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", exit::table()))]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How much is printed, and how.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// Print errors and results only: no warnings, no progress
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print more: every file, every step
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    Auto,
    /// Also if the output is not a terminal
    Always,
    /// No colour
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    New(New),
    Update(Update),
    Check(Check),
    Add(Add),
    Remove(Remove),
    Watch(Watch),
    Doctor(Doctor),
    Upgrade(Upgrade),
    Demo(Demo),
    CheckIdl(CheckIdl),
    Explain(Explain),
    Dump(Dump),
    #[command(subcommand)]
    Templates(templates::TemplatesAction),
    Migrate(Migrate),
    /// Generate shell completions
    #[command(after_help = "Examples:
  volplane completions bash > ~/.local/share/bash-completion/completions/volplane
  volplane completions fish > ~/.config/fish/completions/volplane.fish")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the man page, or write one for each command into a directory
    #[command(after_help = "Examples:
  volplane man | man -l -
  volplane man ~/.local/share/man/man1")]
    Man {
        /// The directory to write the pages into; created if it does not exist
        dir: Option<PathBuf>,
    },
    /// `new` in a directory without a project, `update` in a project: what [`kitex_args`] makes of a command line without a subcommand.
    #[command(name = SHORTHAND, hide = true, override_usage = "volplane [OPTIONS] <IDL>")]
    Shorthand(New),
    /// Compiles checked IDL to Rust, in a child process of the command, because the underlying compiler may exit.
    #[command(name = EMIT, hide = true)]
    Emit {
        /// The directory with the request.
        dir: PathBuf,
    },
}

impl Command {
    /// The format of diagnostics and events.
    pub(crate) fn message_format(&self) -> MessageFormat {
        match self {
            Self::New(args) | Self::Shorthand(args) => args.idl_args.diagnostic_args.message_format,
            Self::Update(args) => args.diagnostic_args.message_format,
            Self::Check(args) => args.diagnostic_args.message_format,
            Self::Add(args) => args.diagnostic_args.message_format,
            Self::Remove(args) => args.diagnostic_args.message_format,
            Self::Watch(args) => args.diagnostic_args.message_format,
            Self::Doctor(args) => args.diagnostic_args.message_format,
            Self::Upgrade(args) => args.diagnostic_args.message_format,
            Self::CheckIdl(args) => args.idl_args.diagnostic_args.message_format,
            // Their stdout is for something else.
            Self::Dump(_)
            | Self::Demo(_)
            | Self::Explain(_)
            | Self::Templates(_)
            | Self::Migrate(_)
            | Self::Completions { .. }
            | Self::Man { .. }
            | Self::Emit { .. } => MessageFormat::default(),
        }
    }

    /// Its name in a summary.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::New(_) => "new",
            Self::Update(_) => "update",
            Self::Check(_) => "check",
            Self::Add(_) => "add",
            Self::Remove(_) => "remove",
            Self::Watch(_) => "watch",
            Self::Doctor(_) => "doctor",
            Self::Upgrade(_) => "upgrade",
            Self::Demo(_) => "demo",
            Self::CheckIdl(_) => "check-idl",
            Self::Explain(_) => "explain",
            Self::Dump(_) => "dump",
            Self::Templates(_) => "templates",
            Self::Migrate(_) => "migrate",
            Self::Completions { .. } => "completions",
            Self::Man { .. } => "man",
            Self::Shorthand(_) => "volplane",
            Self::Emit { .. } => EMIT,
        }
    }
}

/// Create a project from an IDL: a cargo workspace with server and client programs, ready to build
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  volplane new idl/echo.thrift
      create the project in ./echo, with all six transports
  volplane new -I idl/common idl/shop.thrift shop --service shop.api
      also look for includes in idl/common; clients use the destination name shop.api
  volplane new idl/shop.thrift shop-types --types-only
      create a library of types that depends on no crate but pilota
  volplane new echo.thrift hello --transport stdnet,yamux --codegen checked-in
      two transports, and generated code that is checked in")]
pub(crate) struct New {
    /// The IDL file; it is copied into the project with its includes
    pub(crate) idl: PathBuf,
    /// The directory to create; may hold IDL, README, licence and hidden files such as .git [default: the IDL's name without .thrift]
    pub(crate) dir: Option<PathBuf>,
    /// The destination name that clients use [default: the IDL's first service]
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// The prefix of the project's package names [default: DIR's name in lowercase ASCII letters]
    #[arg(long, value_name = "NAME")]
    pub(crate) module: Option<String>,
    #[command(flatten)]
    pub(crate) idl_args: IdlArgs,
    /// Refer to the IDL where it is, in a git submodule for example, instead of copying it into the project
    #[arg(long)]
    pub(crate) idl_in_place: bool,
    /// Create a separate cargo workspace, even if the directory is in a workspace
    #[arg(long)]
    pub(crate) own_workspace: bool,
    /// The transports to write programs for, separated by commas [default: all six]
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        value_enum,
        default_values_t = Transport::ALL,
        hide_default_value = true
    )]
    pub(crate) transport: Vec<Transport>,
    /// Create no programs: only the generated code and a library with the handlers, for a program of your own
    #[arg(long, conflicts_with_all = ["transport", "types_only"])]
    pub(crate) no_programs: bool,
    /// Add deployment files for a server, separated by commas
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_enum, conflicts_with_all = ["no_programs", "types_only"])]
    pub(crate) with: Vec<Extra>,
    /// When the IDL is compiled to Rust
    #[arg(long, value_enum, default_value_t = Codegen::BuildRs)]
    pub(crate) codegen: Codegen,
    /// Leave out services: create a library of types without programs, as for an IDL without a service
    #[arg(long)]
    pub(crate) types_only: bool,
    /// Where the project gets the runtime crates from: vendored, path=DIR, git=URL or version=REQ
    #[arg(long, value_name = "SOURCE", default_value = "vendored", value_parser = RuntimeArg::from_str)]
    pub(crate) runtime: RuntimeArg,
    /// A directory with templates of your own, instead of the built-in ones; volplane templates eject creates one
    #[arg(long, value_name = "DIR")]
    pub(crate) template_dir: Option<PathBuf>,
    #[arg(long, value_name = "KEY=VALUE", value_parser = Set::from_str, help = templates::SET)]
    pub(crate) set: Vec<Set>,
    /// List the files without writing them
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// How IDL is read.
#[derive(Clone, Debug, Args)]
pub(crate) struct IdlArgs {
    /// Also look for includes in this directory; may be repeated
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    pub(crate) include: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) diagnostic_args: DiagnosticArgs,
}

/// How diagnostics are printed.
#[derive(Clone, Debug, Args)]
pub(crate) struct DiagnosticArgs {
    /// Diagnostics format: human, short, json (events, too) or github
    #[arg(
        long,
        value_name = "FORMAT",
        default_value_t,
        value_parser = MessageFormat::from_str,
        help_heading = "Output"
    )]
    pub(crate) message_format: MessageFormat,
    /// Treat warnings as errors
    #[arg(long, help_heading = "Output")]
    pub(crate) deny_warnings: bool,
}

/// Check IDL files and report all diagnostics
#[derive(Debug, Args)]
#[command(
    after_help = "Exit code: 0 without errors, 1 with errors or if a fix was skipped, 2 if there is nothing to check.

Examples:
  volplane check-idl idl
      every .thrift file in the directory idl, at any depth
  volplane check-idl -I third-party --deny-warnings --message-format github idl/shop.thrift
      one file and its includes, as annotations of a GitHub pull request
  volplane check-idl --fix idl
      apply the fixes that are certain to be right, and report the rest"
)]
pub(crate) struct CheckIdl {
    /// IDL files and directories; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) paths: Vec<PathBuf>,
    /// Apply the fixes that are certain to be right, then report the remaining diagnostics
    ///
    /// Only files in the given directories, and beside the given files, are changed; read-only files and files in directories
    /// such as vendor or third-party are not. The fixed text of standard input is written to standard output.
    #[arg(long)]
    pub(crate) fix: bool,
    #[command(flatten)]
    pub(crate) idl_args: IdlArgs,
}

/// Explain a code such as E030, with a wrong and a right example
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The code [default: list all codes]
    pub(crate) code: Option<String>,
}

/// Print the resolved and checked model of an IDL for other programs
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  volplane dump --json idl/echo.thrift > echo.json
  volplane dump --json - < idl/echo.thrift")]
pub(crate) struct Dump {
    /// The IDL file, or - for standard input; its includes are printed, too
    pub(crate) file: PathBuf,
    /// Print JSON; the documentation of volplane-build's module `dump` describes the format
    #[arg(long, required = true)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) idl_args: IdlArgs,
}

/// Create, build and run the echo project: a server and a client for each of six transports
///
/// The project and cargo's build output are kept in the cache directory, so that later runs are fast.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Create the project in this directory and keep it; has to be new or empty
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}
