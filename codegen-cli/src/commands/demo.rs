//! `volplane demo`

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use thiserror::Error;
use volplane_build::internal::MemorySource;

use crate::apply::{self, DirState};
use crate::cli::Demo;
use crate::command_error::{CommandError, CommandResult, Help};
use crate::demo::DemoError;
use crate::demo::build::build;
use crate::demo::demo_cache::DemoCache;
use crate::demo::programs::Server;
use crate::embedded;
use crate::exit::Exit;
use crate::interrupt;
use crate::plan::NewFile;
use crate::plan::templates::{Flavour, Templates};
use crate::printer::Printer;
use crate::project::{CheckedIdl, Copies, Idl, ProjectError};
use crate::settings::{Codegen, Generated, Module, ModuleError, PackageDir, Runtime, Settings, Transport};
use crate::summary::count;

/// The IDL, in the command as in the project.
const IDL: &str = "idl/echo.thrift";

/// The demo did not come to its end.
#[derive(Debug, Error)]
enum RunError {
    /// `--keep` names a folder with something in it.
    #[error("{dir} is not empty: it holds {entry}")]
    NotEmpty {
        /// The folder.
        dir: String,
        /// Something in it.
        entry: String,
    },
    /// `--keep` names a file.
    #[error("{dir} exists and is not a directory")]
    NotAFolder {
        /// Its path.
        dir: String,
    },
    /// The bundled IDL is wrong: a defect of this build.
    #[error("the bundled {IDL} has errors")]
    Idl,
    /// The same.
    #[error(transparent)]
    Missing(#[from] embedded::Missing),
    /// The same.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// The project's files.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// Building and running.
    #[error(transparent)]
    Demo(#[from] DemoError),
}

impl CommandError for RunError {
    fn help(&self) -> Help {
        match self {
            Self::NotEmpty { .. } | Self::NotAFolder { .. } => {
                Some("name a new or empty directory, or leave --keep out".into())
            }
            Self::Demo(error) => error.help(),
            Self::Idl | Self::Missing(_) | Self::Module(_) | Self::Project(_) => None,
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NotEmpty { .. } | Self::NotAFolder { .. } => Exit::Usage,
            Self::Demo(error) => error.exit(),
            Self::Project(ProjectError::Generate(error)) => error.exit(),
            Self::Idl | Self::Missing(_) | Self::Module(_) | Self::Project(_) => Exit::Failure,
        }
    }
}

/// Makes, builds and runs the echo project.
///
/// # Errors
/// When a step fails.
pub(crate) fn run(args: &Demo, printer: Printer) -> CommandResult {
    interrupt::watch();
    demo(args, printer)?;
    Ok(Exit::Success)
}

fn demo(args: &Demo, printer: Printer) -> Result<(), RunError> {
    let begun = Instant::now();
    if let Some(dir) = &args.keep {
        free(dir)?;
    }
    let step = Instant::now();
    let files = files()?;
    let workshop = match &args.keep {
        Some(dir) => {
            apply::create(dir, &files).map_err(DemoError::Apply)?;
            None
        }
        None => {
            let workshop = DemoCache::enter(printer)?;
            apply::synchronise(&workshop.project(), &files, &["target"]).map_err(DemoError::Apply)?;
            Some(workshop)
        }
    };
    let project = match (&args.keep, &workshop) {
        (Some(dir), _) => dir.clone(),
        (None, workshop) => workshop.as_ref().map(DemoCache::project).unwrap_or_default(),
    };
    printer.status("Made", format_args!("{}: {} ({})", project.display(), count(files.len(), "file"), took(step)));

    let step = Instant::now();
    // Who has chosen a place for all that cargo builds, has it there.
    let target = match env::var_os("CARGO_TARGET_DIR") {
        Some(_) => None,
        None => workshop.as_ref().map(DemoCache::target),
    };
    let programs = build(&project, target.as_deref(), printer)?;
    printer.status("Built", format_args!("{} ({})", count(programs.len(), "program"), took(step)));

    let step = Instant::now();
    let servers =
        Transport::ALL.iter().map(|&transport| Server::start(transport, &programs)).collect::<Result<Vec<_>, _>>()?;
    printer.status("Started", format_args!("{} ({})", count(servers.len(), "server"), took(step)));

    let mut printed = Vec::new();
    for server in &servers {
        let step = Instant::now();
        printed.extend(server.call(&programs)?);
        printer.status("Called", format_args!("{} at {} ({})", server.name(), server.address(), took(step)));
    }

    let step = Instant::now();
    let stopped = servers.len();
    drop(servers);
    printer.status("Stopped", format_args!("{} ({})", count(stopped, "server"), took(step)));
    printer.status("Finished", format_args!("in {}; the clients printed:", took(begun)));
    for line in printed {
        printer.line(line);
    }
    next(args, workshop.as_ref(), printer);
    Ok(())
}

fn next(args: &Demo, workshop: Option<&DemoCache>, printer: Printer) {
    match (&args.keep, workshop) {
        (Some(dir), _) => {
            printer.note("Next", format_args!("cd {} && cargo run --bin 01-default-server", dir.display()))
        }
        (None, Some(workshop)) => {
            printer.note("Kept", format_args!("for the next run: {}", workshop.root().display()));
            printer.note("Next", "volplane new IDL DIR, for a project from an IDL of your own");
        }
        (None, None) => {}
    }
}

fn free(dir: &Path) -> Result<(), RunError> {
    match apply::look(dir).map_err(DemoError::Apply)? {
        DirState::Free | DirState::EmptyFolder => Ok(()),
        DirState::Occupied(entry) => Err(RunError::NotEmpty { dir: dir.display().to_string(), entry }),
        DirState::NoFolder => Err(RunError::NotAFolder { dir: dir.display().to_string() }),
    }
}

/// The project of the bundled IDL. Its code is checked in: the demo would otherwise build the compiler, which is in
/// this very command, a second time.
fn files() -> Result<Vec<NewFile>, RunError> {
    let reader = MemorySource::new().with(IDL, embedded::file(IDL)?);
    let idl = Idl::read_from(&[PathBuf::from(IDL)], &[], &reader);
    let model = idl.model.as_ref().ok_or(RunError::Idl)?;
    let copies = Copies::new(&idl, model)?;
    let settings = Settings {
        module: "echo".parse::<Module>()?,
        idls: vec![copies.settings("example".to_owned())],
        package: PackageDir::default(),
        workspace: None,
        features_by_hand: BTreeSet::new(),
        transports: Transport::ALL.to_vec(),
        with: Vec::new(),
        codegen: Codegen::CheckedIn,
        runtime: Runtime::Vendored,
        generated: Generated::default(),
        templates: None,
        set: BTreeMap::new(),
    };
    let project = CheckedIdl::new(model, &settings)?;
    let generated = project.compile()?;
    let rendered = |flavour| project.render(&Templates::built_in(flavour), &generated);
    // Updates go on with the general templates: what the demo says in its own way is merged like a user's edits.
    Ok(project.files(rendered(Flavour::Demo)?, copies, &rendered(Flavour::General)?)?)
}

/// The time since `begun`, for people.
fn took(begun: Instant) -> impl fmt::Display {
    format!("{:.1} s", begun.elapsed().as_secs_f64())
}
