//! The command line, as people type it.

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

/// The name of the hidden subcommand that stands for none: `volplane idl/echo.thrift`.
pub(crate) const SHORTHAND: &str = "internal-shorthand";

/// What stands below the help of the command itself.
const EXAMPLES: &str = "Examples:
  volplane demo                          make, build and run the echo project
  volplane new idl/echo.thrift hello     make the project hello
  volplane update                        in a project, after an edit of its IDL
  volplane help new                      more about a command";

/// Makes a volo-thrift project from a thrift IDL, with connections of your choice: TCP, WebSocket, yamux.
#[derive(Debug, Parser)]
#[command(name = "volplane", version = VERSION, propagate_version = true, subcommand_required = true)]
#[command(after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", exit::table()))]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How much is said, and how.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// Print errors and results only: no warnings, no progress
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more: every file, every step
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
    /// Even into a file
    Always,
    /// Not at all
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
    /// Print what makes a shell complete the command line
    #[command(after_help = "Examples:
  volplane completions bash > ~/.local/share/bash-completion/completions/volplane
  volplane completions fish > ~/.config/fish/completions/volplane.fish")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the man page, or write one for each command into a folder
    #[command(after_help = "Examples:
  volplane man | man -l -
  volplane man ~/.local/share/man/man1")]
    Man {
        /// The folder to write the pages into; it is made if need be
        dir: Option<PathBuf>,
    },
    /// `new` in a folder without a project, `update` in one with: what [`kitex_args`] makes of a line without a subcommand.
    #[command(name = SHORTHAND, hide = true, override_usage = "volplane [OPTIONS] <IDL>")]
    Shorthand(New),
    /// Compiles checked IDL to Rust: the command calls itself so, because the compiler below may exit.
    #[command(name = EMIT, hide = true)]
    Emit {
        /// The folder with the request.
        dir: PathBuf,
    },
}

impl Command {
    /// How diagnostics and events are told.
    pub(crate) fn message_format(&self) -> MessageFormat {
        match self {
            Self::New(args) | Self::Shorthand(args) => args.reading.telling.message_format,
            Self::Update(args) => args.telling.message_format,
            Self::Check(args) => args.telling.message_format,
            Self::Add(args) => args.telling.message_format,
            Self::Remove(args) => args.telling.message_format,
            Self::Watch(args) => args.telling.message_format,
            Self::Doctor(args) => args.telling.message_format,
            Self::Upgrade(args) => args.telling.message_format,
            Self::CheckIdl(args) => args.reading.telling.message_format,
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

    /// What a summary calls it.
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

/// Make a project from an IDL: a cargo workspace with server and client programs that build at once
#[derive(Clone, Debug, Args)]
#[command(after_help = "Examples:
  volplane new idl/echo.thrift
      make the project in ./echo, with all six transports
  volplane new -I idl/common idl/shop.thrift shop --service shop.api
      look for includes in idl/common too; clients call the service by the name shop.api
  volplane new idl/shop.thrift shop-types --types-only
      a library of the types, which needs no crate but pilota
  volplane new echo.thrift hello --transport stdnet,yamux --codegen checked-in
      two transports, and the generated code as files that you can read and review")]
pub(crate) struct New {
    /// The IDL file; it is copied into the project, with what it includes
    pub(crate) idl: PathBuf,
    /// The folder to make; may hold IDL, README, licence and hidden files such as .git [default: the IDL's name without .thrift]
    pub(crate) dir: Option<PathBuf>,
    /// The destination name that clients use [default: the IDL's first service]
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<String>,
    /// The prefix of the project's package names [default: DIR's name in lowercase ASCII letters]
    #[arg(long, value_name = "NAME")]
    pub(crate) module: Option<String>,
    #[command(flatten)]
    pub(crate) reading: IdlArgs,
    /// Refer to the IDL where it is, in a git submodule for example, instead of copying it into the project
    #[arg(long)]
    pub(crate) idl_in_place: bool,
    /// Make a cargo workspace of its own, although the folder lies in one, which the packages would join
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
    /// Write no programs: the generated code and a library with the handlers, to serve in a program of your own
    #[arg(long, conflicts_with_all = ["transport", "types_only"])]
    pub(crate) no_programs: bool,
    /// Add files to run a server elsewhere, separated by commas
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_enum, conflicts_with_all = ["no_programs", "types_only"])]
    pub(crate) with: Vec<Extra>,
    /// When the IDL is compiled to Rust
    #[arg(long, value_enum, default_value_t = Codegen::BuildRs)]
    pub(crate) codegen: Codegen,
    /// Leave services out: a library of types without programs, as it is made of an IDL that has no service
    #[arg(long)]
    pub(crate) types_only: bool,
    /// Where the project gets the runtime crates from: vendored, path=DIR, git=URL or version=REQ
    #[arg(long, value_name = "SOURCE", default_value = "vendored", value_parser = RuntimeArg::from_str)]
    pub(crate) runtime: RuntimeArg,
    /// A folder with templates of your own, instead of the built-in ones; volplane templates eject makes one
    #[arg(long, value_name = "DIR")]
    pub(crate) template_dir: Option<PathBuf>,
    #[arg(long, value_name = "KEY=VALUE", value_parser = Set::from_str, help = templates::SET)]
    pub(crate) set: Vec<Set>,
    /// List the files, write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// How IDL is read.
#[derive(Clone, Debug, Args)]
pub(crate) struct IdlArgs {
    /// Look for includes in this folder too; may be repeated
    #[arg(short = 'I', long = "include", value_name = "DIR")]
    pub(crate) include: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) telling: DiagnosticArgs,
}

/// How what is wrong with IDL is told.
#[derive(Clone, Debug, Args)]
pub(crate) struct DiagnosticArgs {
    /// How mistakes, warnings and events are told: human, short, json or github
    #[arg(
        long,
        value_name = "FORMAT",
        default_value_t,
        value_parser = MessageFormat::from_str,
        help_heading = "Output"
    )]
    pub(crate) message_format: MessageFormat,
    /// Treat warnings as mistakes
    #[arg(long, help_heading = "Output")]
    pub(crate) deny_warnings: bool,
}

/// Check IDL files and say everything that is wrong with them, each with its place
#[derive(Debug, Args)]
#[command(
    after_help = "Exit code: 0 without a mistake, 1 with one or when a fix had to be left out, 2 when there is nothing to check.

Examples:
  volplane check-idl idl
      every .thrift file in the folder idl, at any depth
  volplane check-idl -I third-party --deny-warnings --message-format github idl/shop.thrift
      one file and what it includes, as GitHub shows it beside the lines of a change
  volplane check-idl --fix idl
      correct what has one meaning only, and report the rest"
)]
pub(crate) struct CheckIdl {
    /// IDL files, and folders with such files; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) paths: Vec<PathBuf>,
    /// Apply the fixes that are certain to be right, then report what is left
    ///
    /// Only files in the given folders, and beside the given files, are changed; no read-only file, and none in a folder
    /// such as vendor or third-party. The fixed text of standard input goes to standard output.
    #[arg(long)]
    pub(crate) fix: bool,
    #[command(flatten)]
    pub(crate) reading: IdlArgs,
}

/// Explain a code such as E030, with a wrong and a right example
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The code; without it, all codes are listed
    pub(crate) code: Option<String>,
}

/// Print what an IDL says, resolved and checked, for other programs to read
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  volplane dump --json idl/echo.thrift > echo.json
  volplane dump --json - < idl/echo.thrift")]
pub(crate) struct Dump {
    /// The IDL file, or - for standard input; what it includes is dumped along
    pub(crate) file: PathBuf,
    /// As JSON; the documentation of volplane-build's module `dump` describes the form
    #[arg(long, required = true)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) reading: IdlArgs,
}

/// Make, build and run the echo project: six servers, six clients, each over its own kind of connection
///
/// The project and what cargo builds are kept in the cache folder, so that the second run is quick.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Make the project in this folder and leave it there; has to be new or empty
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}
