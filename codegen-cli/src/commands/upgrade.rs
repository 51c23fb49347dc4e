//! `volplane upgrade`

use std::path::Path;

use crate::changelog;
use crate::cli::Upgrade;
use crate::command_error::CommandResult;
use crate::config::Project;
use crate::embedded;
use crate::exit::Exit;
use crate::interrupt;
use crate::messages::JsonMessage;
use crate::printer::Printer;
use crate::update::Tense;
use crate::update_run::{self, Planned, UpdateError, UpdateRequest};
use crate::version::Version;

/// Updates a project to this volplane, Cargo.lock included, and prints what has changed since the last update.
///
/// # Errors
/// When the project can't be read, or the changes can't be written.
pub(crate) fn run(args: &Upgrade, printer: Printer) -> CommandResult {
    interrupt::watch();
    let root = update_run::root()?;
    Ok(if args.dry_run || args.diff { show(&root, args, printer)? } else { upgrade(&root, args, printer)? })
}

fn upgrade(root: &Path, args: &Upgrade, printer: Printer) -> Result<Exit, UpdateError> {
    let guard = update_run::guard(root, "upgrade", printer)?;
    let planned = plan(root, args, printer)?;
    planned.apply(&guard)?;
    planned.report(Tense::Done, printer);
    report_commands(&planned, printer);
    planned.report_fresh(printer);
    Ok(planned.exit())
}

fn show(root: &Path, args: &Upgrade, printer: Printer) -> Result<Exit, UpdateError> {
    update_run::look(root)?;
    let planned = plan(root, args, printer)?;
    planned.report(Tense::Would, printer);
    report_commands(&planned, printer);
    Ok(planned.end_dry_run(args.diff, printer))
}

/// Plans the update, and prints what has changed since the last one.
fn plan(root: &Path, args: &Upgrade, printer: Printer) -> Result<Planned, UpdateError> {
    let project = Project::read(root)?;
    let request = UpdateRequest { is_upgrade: true, ..UpdateRequest::new(&project, &args.diagnostic_args) };
    let planned = update_run::plan(&request, printer)?;
    match args.since.as_ref().or(planned.written_by.as_ref()) {
        Some(since) => report_changes(since, printer),
        None => {
            printer.note("Unknown", "the last update's version: `--since VERSION` prints what has changed since one")
        }
    }
    planned.report_checked(printer);
    Ok(planned)
}

/// Prints the changelog's sections since a version.
fn report_changes(since: &Version, printer: Printer) {
    let own = Version::own();
    if !since.is_older_than(&own) {
        return printer.note("Same version", format_args!("the last update was made by this volplane, {own}"));
    }
    printer.status("Upgrading", format_args!("from volplane {since} to {own}"));
    // A test holds that the command carries it.
    for release in changelog::newer_than(embedded::file(changelog::FILE).unwrap_or_default(), since) {
        if printer.is_json() {
            let version = release.version.text();
            printer.message(&JsonMessage::Release { version, text: release.text });
        } else {
            printer.line(format_args!("{}\n\n{}\n", release.version, release.text));
        }
    }
}

fn report_commands(planned: &Planned, printer: Printer) {
    if planned.cargo_commands.is_empty() {
        return;
    }
    let why =
        "Cargo.lock: it has packages or newer versions of yours. These commands give the others the tested versions:";
    printer.note("Kept", why);
    for command in &planned.cargo_commands {
        printer.note("Next", command);
    }
}
