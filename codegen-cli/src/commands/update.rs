//! `volplane update` and `volplane check`

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::{Check, DiagnosticArgs, Update};
use crate::config::Project;
use crate::exit::Exit;
use crate::interrupt;
use crate::printer::Printer;
use crate::summary::count;
use crate::update::Rename;
use crate::update_run::{self, Planned, UpdateError, UpdateRequest};

/// Brings a project up to its IDL.
pub(crate) fn run(args: &Update, printer: Printer) -> Exit {
    interrupt::watch();
    let done = if args.dry_run || args.diff { show(args, printer) } else { update(args, printer) };
    done.unwrap_or_else(|error| error.report(printer))
}

/// Says whether an update would change anything.
pub(crate) fn check(args: &Check, printer: Printer) -> Exit {
    look(args, printer).unwrap_or_else(|error| error.report(printer))
}

fn update(args: &Update, printer: Printer) -> Result<Exit, UpdateError> {
    update_run::enter()?;
    let guard = update_run::guard("update", printer)?;
    let planned = match plan(args.prune, &args.rename, &args.telling, printer)? {
        Ok(planned) => planned,
        Err(exit) => return Ok(exit),
    };
    printer.status("Checked", &planned.summary);
    planned.apply(&guard)?;
    planned.tell(printer);
    if planned.is_empty() && planned.exit() == Exit::Success {
        printer.status("Fresh", "nothing has to change");
    }
    Ok(planned.exit())
}

fn show(args: &Update, printer: Printer) -> Result<Exit, UpdateError> {
    update_run::enter()?;
    update_run::look()?;
    let planned = match plan(args.prune, &args.rename, &args.telling, printer)? {
        Ok(planned) => planned,
        Err(exit) => return Ok(exit),
    };
    printer.status("Checked", &planned.summary);
    planned.tell(printer);
    if args.diff {
        printer.text(&planned.diff());
    }
    match planned.files() {
        0 => printer.status("Fresh", "nothing would change"),
        files => printer.note("Would change", count(files, "file")),
    }
    Ok(Exit::Success)
}

fn look(args: &Check, printer: Printer) -> Result<Exit, UpdateError> {
    update_run::enter()?;
    update_run::look()?;
    let planned = match plan(false, &[], &args.telling, printer)? {
        Ok(planned) => planned,
        Err(exit) => return Ok(exit),
    };
    printer.status("Checked", &planned.summary);
    let waits = planned.exit() == Exit::ActionRequired;
    if planned.is_empty() && !waits {
        printer.status("Fresh", "nothing would change");
        return Ok(Exit::Success);
    }
    if args.diff {
        printer.text(&planned.diff());
    }
    for line in planned.list() {
        printer.line(line);
    }
    printer.note("Next", "volplane update");
    Ok(Exit::WouldChange)
}

fn plan(
    prune: bool,
    renames: &[Rename],
    telling: &DiagnosticArgs,
    printer: Printer,
) -> Result<Result<Planned, Exit>, UpdateError> {
    let project = Project::find(Path::new("."))?;
    update_run::plan(&UpdateRequest { project: &project, brings: &BTreeMap::new(), prune, renames, telling }, printer)
}
