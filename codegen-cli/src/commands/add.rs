//! `volplane add` and `volplane remove`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use thiserror::Error;

use super::new::destination;
use crate::apply::ProjectLock;
use crate::cli::{Add, DiagnosticArgs, Remove};
use crate::command_error::{CommandError, CommandResult, Help};
use crate::config::{self, Project, edit};
use crate::diagnostics::{self, IdlRejected};
use crate::exit::Exit;
use crate::interrupt;
use crate::layout;
use crate::printer::Printer;
use crate::project::{Copies, Hidden, Idl};
use crate::project_path::ProjectPath;
use crate::settings::IdlSettings;
use crate::summary::count;
use crate::update::Tense;
use crate::update_run::{self, UpdateError, UpdateRequest};

/// The project's IDLs can't be changed so. Nothing has changed.
#[derive(Debug, Error)]
enum IdlsError {
    /// It is there already.
    #[error("{path} is in the project already")]
    Present {
        /// The IDL.
        path: String,
    },
    /// It is not there.
    #[error("{path} is none of the project's IDLs, which are {known}")]
    Absent {
        /// The IDL.
        path: String,
        /// Those that are.
        known: String,
    },
    /// A project without IDL is none.
    #[error("{path} is the project's only IDL")]
    Last {
        /// The IDL.
        path: String,
    },
    /// A copy would include another file.
    #[error(transparent)]
    Hidden(#[from] Hidden),
    /// A file or folder can't be looked at.
    #[error("cannot read {path}")]
    Read {
        /// The path.
        path: String,
        #[source]
        source: io::Error,
    },
    /// volplane.toml can't be edited.
    #[error("cannot edit {}", config::FILE)]
    Edit(#[from] toml_edit::TomlError),
    /// The update behind it.
    #[error(transparent)]
    Update(#[from] UpdateError),
    /// The IDL that is to be added.
    #[error(transparent)]
    Rejected(#[from] IdlRejected),
}

impl CommandError for IdlsError {
    fn help(&self) -> Help {
        let help = match self {
            Self::Update(error) => return error.help(),
            Self::Rejected(error) => return error.help(),
            Self::Present { .. } => "after you edit it, run `volplane update`",
            Self::Absent { .. } => "give the path of one of them",
            Self::Last { .. } => "add another one first: volplane add IDL",
            Self::Hidden(_) => "rename one of the two, or put the IDL into the project yourself and add it there",
            Self::Read { .. } => "give the path of a thrift file",
            Self::Edit(_) => "correct the file",
        };
        Some(help.into())
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Update(error) => error.exit(),
            Self::Rejected(error) => error.exit(),
            _ => Exit::Usage,
        }
    }

    fn is_reported(&self) -> bool {
        match self {
            Self::Update(error) => error.is_reported(),
            Self::Rejected(error) => error.is_reported(),
            _ => false,
        }
    }
}

/// Adds an IDL.
///
/// # Errors
/// When it can't be part of the project, or the update fails.
pub(crate) fn run(args: &Add, printer: Printer) -> CommandResult {
    interrupt::watch();
    Ok(add(args, printer)?)
}

/// Takes an IDL out.
///
/// # Errors
/// When the project does not have it or has no other, or the update fails.
pub(crate) fn remove(args: &Remove, printer: Printer) -> CommandResult {
    interrupt::watch();
    Ok(take_out(args, printer)?)
}

fn add(args: &Add, printer: Printer) -> Result<Exit, IdlsError> {
    // Seen from where the user stands; the project's root may be elsewhere.
    let idl_path = absolute(&args.idl)?;
    let include = args.include.iter().map(|dir| absolute(dir)).collect::<Result<Vec<_>, _>>()?;
    if let Err(source) = fs::metadata(&idl_path) {
        return Err(IdlsError::Read { path: args.idl.display().to_string(), source });
    }
    let root = update_run::root()?;
    let guard = guard(&root, "add", args.dry_run, printer)?;
    let mut project = Project::read(&root).map_err(UpdateError::from)?;

    let inside = |path: &Path| path.strip_prefix(&root).ok().map(Path::to_owned);
    let shown = inside(&idl_path).unwrap_or_else(|| idl_path.clone());
    let include: Vec<PathBuf> = include.iter().map(|dir| inside(dir).unwrap_or_else(|| dir.clone())).collect();
    let idl = Idl::read_in(&root, std::slice::from_ref(&shown), &include, &BTreeMap::new());
    // What is odd in it is reported with the rest of the project's IDL.
    let model = match &idl.model {
        Some(model) => model,
        None => diagnostics::usable(&idl, &args.diagnostic_args, printer)?,
    };
    let mut brings = BTreeMap::new();
    let service = args.service.clone().unwrap_or_else(|| destination(model, &args.idl));
    let entry = if args.idl_in_place && shown.is_absolute() {
        let way = |path: &PathBuf| layout::relative(&root, &root.join(path));
        IdlSettings { path: way(&shown), service, include: include.iter().map(way).collect() }
    } else if shown.is_relative() {
        // A folder elsewhere is written as the way to it.
        let way = |dir: &PathBuf| if dir.is_absolute() { layout::relative(&root, dir) } else { slashed(dir) };
        IdlSettings { path: slashed(&shown), service, include: include.iter().map(way).collect() }
    } else {
        let copies = Copies::new(&idl, model).map_err(UpdateError::from)?;
        let copies = copies.beside(&|path| fs::read(root.join(path)).ok(), &project.settings.include_dirs())?;
        let entry = copies.settings(service);
        let files = copies.into_files().map_err(UpdateError::from)?;
        let missing = files.into_iter().filter(|file| !fs::exists(root.join(&file.path)).unwrap_or(false));
        brings.extend(missing.map(|file| (file.path, file.text)));
        entry
    };
    if project.settings.idls.iter().any(|idl| idl.path == entry.path) {
        return Err(IdlsError::Present { path: entry.path });
    }
    brings.insert(ProjectPath::known(config::FILE), edit::add_idl(&project.text, &entry)?);
    project.settings.idls.push(entry);

    let exit = carry_out(&Asked { project, brings, diagnostic_args: &args.diagnostic_args }, guard.as_ref(), printer)?;
    if model.services().next().is_none() && exit == Exit::Success {
        printer.note("Types only", format_args!("{} has no service", args.idl.display()));
    }
    Ok(exit)
}

fn take_out(args: &Remove, printer: Printer) -> Result<Exit, IdlsError> {
    let typed = absolute(&args.idl)?;
    let root = update_run::root()?;
    let guard = guard(&root, "remove", args.dry_run, printer)?;
    let mut project = Project::read(&root).map_err(UpdateError::from)?;
    let idls = &mut project.settings.idls;
    let found =
        idls.iter().position(|idl| layout::normal(&root.join(&idl.path)) == typed || Path::new(&idl.path) == args.idl);
    let Some(place) = found else {
        let known = idls.iter().map(|idl| idl.path.as_str()).collect::<Vec<_>>().join(", ");
        return Err(IdlsError::Absent { path: args.idl.display().to_string(), known });
    };
    if idls.len() == 1 {
        return Err(IdlsError::Last { path: idls[place].path.clone() });
    }
    let gone = idls.remove(place);
    let brings = BTreeMap::from([(ProjectPath::known(config::FILE), edit::remove_idl(&project.text, place)?)]);
    let exit = carry_out(&Asked { project, brings, diagnostic_args: &args.diagnostic_args }, guard.as_ref(), printer)?;
    if guard.is_some() && matches!(exit, Exit::Success | Exit::ActionRequired) {
        printer.note("Kept", format_args!("{}: remove it when nothing includes it", gone.path));
    }
    Ok(exit)
}

/// A project with other IDLs than it has.
struct Asked<'a> {
    /// With the settings that it is to have.
    project: Project,
    /// The files that bring them about: volplane.toml, and copies of an IDL.
    brings: BTreeMap<ProjectPath, String>,
    diagnostic_args: &'a DiagnosticArgs,
}

/// Keeps others out of the project; a run that only looks needs a project that is whole.
fn guard(root: &Path, command: &str, dry_run: bool, printer: Printer) -> Result<Option<ProjectLock>, UpdateError> {
    if dry_run {
        update_run::look(root)?;
        return Ok(None);
    }
    Ok(Some(update_run::guard(root, command, printer)?))
}

/// Updates the project to its new IDLs; without a guard it is only said what would be done.
fn carry_out(asked: &Asked<'_>, guard: Option<&ProjectLock>, printer: Printer) -> Result<Exit, IdlsError> {
    let Asked { project, brings, diagnostic_args } = asked;
    let request = UpdateRequest { brings, ..UpdateRequest::new(project, diagnostic_args) };
    let planned = update_run::plan(&request, printer)?;
    planned.report_checked(printer);
    let Some(guard) = guard else {
        planned.report(Tense::Would, printer);
        printer.note("Would change", count(planned.files(), "file"));
        return Ok(Exit::Success);
    };
    planned.apply(guard)?;
    planned.report(Tense::Done, printer);
    Ok(planned.exit())
}

/// The path seen from the root of the disk, without detours.
fn absolute(path: &Path) -> Result<PathBuf, IdlsError> {
    let failed = |source| IdlsError::Read { path: path.display().to_string(), source };
    let here = env::current_dir().map_err(failed)?;
    Ok(layout::normal(&here.join(path)))
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
