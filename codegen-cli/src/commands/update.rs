//! `volplane update` and `volplane check`

use std::path::Path;

use crate::cli::{Check, DiagnosticArgs, Update};
use crate::command_error::CommandResult;
use crate::config::Project;
use crate::exit::Exit;
use crate::interrupt;
use crate::printer::Printer;
use crate::update::{Rename, Tense};
use crate::update_run::{self, Planned, UpdateError, UpdateRequest};
use crate::version::Version;

/// Brings a project up to its IDL.
///
/// # Errors
/// When the project can't be read, or the changes can't be written.
pub(crate) fn run(args: &Update, printer: Printer) -> CommandResult {
    interrupt::watch();
    Ok(run_in(&update_run::root()?, args, printer)?)
}

/// The same in the project with this root.
///
/// # Errors
/// The same.
pub(super) fn run_in(root: &Path, args: &Update, printer: Printer) -> Result<Exit, UpdateError> {
    if args.dry_run || args.diff { show(root, args, printer) } else { update(root, args, printer) }
}

/// Says whether an update would change anything.
///
/// # Errors
/// When the project can't be read.
pub(crate) fn check(args: &Check, printer: Printer) -> CommandResult {
    Ok(look(&update_run::root()?, args, printer)?)
}

fn update(root: &Path, args: &Update, printer: Printer) -> Result<Exit, UpdateError> {
    let guard = update_run::guard(root, "update", printer)?;
    let planned = plan(root, args.prune, &args.rename, &args.diagnostic_args, printer)?;
    planned.report_checked(printer);
    planned.apply(&guard)?;
    planned.report(Tense::Done, printer);
    planned.report_fresh(printer);
    if let Some(version) = planned.written_by.as_ref().filter(|version| version.is_older_than(&Version::own())) {
        let command = format!("`volplane upgrade --since {version}`");
        let text = format!("{command} shows what has changed since volplane {version}, and upgrades Cargo.lock");
        printer.note("Next", text);
    }
    Ok(planned.exit())
}

fn show(root: &Path, args: &Update, printer: Printer) -> Result<Exit, UpdateError> {
    update_run::look(root)?;
    let planned = plan(root, args.prune, &args.rename, &args.diagnostic_args, printer)?;
    planned.report_checked(printer);
    planned.report(Tense::Would, printer);
    Ok(planned.end_dry_run(args.diff, printer))
}

fn look(root: &Path, args: &Check, printer: Printer) -> Result<Exit, UpdateError> {
    update_run::look(root)?;
    let planned = plan(root, false, &[], &args.diagnostic_args, printer)?;
    planned.report_checked(printer);
    let waits = planned.exit() == Exit::ActionRequired;
    if planned.is_empty() && !waits {
        printer.status("Fresh", "nothing would change");
        return Ok(Exit::Success);
    }
    if args.diff {
        planned.show_diff(printer);
    }
    planned.list(printer);
    printer.note("Next", "volplane update");
    Ok(Exit::WouldChange)
}

fn plan(
    root: &Path,
    prune: bool,
    renames: &[Rename],
    diagnostic_args: &DiagnosticArgs,
    printer: Printer,
) -> Result<Planned, UpdateError> {
    let project = Project::read(root)?;
    let request = UpdateRequest { prune, renames, ..UpdateRequest::new(&project, diagnostic_args) };
    update_run::plan(&request, printer)
}
