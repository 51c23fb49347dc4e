//! One update of a project on the disk, from reading to writing: what `update`, `check`, `add`, `remove` and `watch` share.
//!
//! `load` reads everything that an update depends on, `plan` makes the changes of it without touching the disk, and `report`
//! says what they are. The project's root goes through all of it as a value; every path that is shown is
//! relative to it.

mod by_hand;
mod cargo_lock;
mod details;
mod error;
mod guesses;
mod load;
mod package;
mod plan;
mod report;
mod report_lines;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::apply::{self, Holder, ProjectLock};
use crate::cli::DiagnosticArgs;
use crate::config::{self, Project};
use crate::diagnostics::{self, IdlRejected};
use crate::printer::Printer;
use crate::project_path::ProjectPath;
use crate::summary::count;
use crate::update::Rename;

pub(crate) use error::UpdateError;
pub(crate) use plan::Planned;

/// How long a run waits for another one in the same project.
const LOCK_TIMEOUT: Duration = Duration::from_secs(60);

/// The root of the project that the current folder lies in.
///
/// # Errors
/// When there is none.
pub(crate) fn root() -> Result<PathBuf, UpdateError> {
    Ok(config::root(Path::new("."))?)
}

/// Takes the lock of the project, and rolls back an interrupted run.
///
/// # Errors
/// When the lock is not released in time, or the system refuses a step.
pub(crate) fn guard(root: &Path, command: &str, printer: Printer) -> Result<ProjectLock, UpdateError> {
    let waiting = |holder: &Holder| printer.note("Waiting", format_args!("for {holder}"));
    let guard = ProjectLock::enter(root, command, LOCK_TIMEOUT, waiting)?;
    if let Some(recovered) = guard.recover()? {
        let files = count(recovered.files, "file");
        printer.note("Recovered", format_args!("{files} from an interrupted update"));
        for path in &recovered.kept {
            printer.note("Kept", format_args!("{path}: you edited it after the interruption"));
        }
    }
    Ok(guard)
}

/// For a run that writes nothing: refuses a project that an interrupted run left partially updated.
///
/// # Errors
/// If an interrupted run has to be rolled back first.
pub(crate) fn look(root: &Path) -> Result<(), UpdateError> {
    if apply::interrupted(root) { Err(UpdateError::Interrupted) } else { Ok(()) }
}

/// What a run was asked for.
#[derive(Debug)]
pub(crate) struct UpdateRequest<'a> {
    /// The project, with the settings that it is to have.
    pub(crate) project: &'a Project,
    /// Files that the run itself adds: copies of an IDL, a new volplane.toml.
    pub(crate) brings: &'a BTreeMap<ProjectPath, String>,
    /// Whether methods that are no longer in the IDL are commented out.
    pub(crate) prune: bool,
    /// Services that the IDL has under another name.
    pub(crate) renames: &'a [Rename],
    /// Whether Cargo.lock gets the tested versions, too.
    pub(crate) is_upgrade: bool,
    /// How diagnostics are printed.
    pub(crate) diagnostic_args: &'a DiagnosticArgs,
}

/// The files of a run that adds none itself.
static NO_FILES: BTreeMap<ProjectPath, String> = BTreeMap::new();

impl<'a> UpdateRequest<'a> {
    /// A plain update of the project.
    pub(crate) fn new(project: &'a Project, diagnostic_args: &'a DiagnosticArgs) -> Self {
        Self { project, brings: &NO_FILES, prune: false, renames: &[], is_upgrade: false, diagnostic_args }
    }
}

/// Plans an update: reads the project and reports the diagnostics of its IDL.
///
/// # Errors
/// When the IDL can't be used, something can't be read, or the project can't be made of the IDL.
pub(crate) fn plan(request: &UpdateRequest<'_>, printer: Printer) -> Result<Planned, UpdateError> {
    let idl = load::idl(request);
    let usable = diagnostics::usable(&idl, request.diagnostic_args, printer);
    if matches!(usable, Err(IdlRejected::Unreadable)) {
        printer.note("Next", format_args!("see path and include of [[idl]] in {}", config::FILE));
    }
    Ok(plan::plan(load::load(request, usable?)?))
}
