//! What is said of a planned update.

use super::plan::Planned;
use super::report_lines::{self, Line};
use crate::exit::Exit;
use crate::messages::JsonMessage;
use crate::printer::Printer;
use crate::record;
use crate::summary::count;
use crate::update::{EventLevel, Tense};

impl Planned {
    /// Says what the IDL holds; with `--verbose`, also what was read and which files are left.
    pub(crate) fn report_checked(&self, printer: Printer) {
        printer.status("Checked", &self.summary);
        for (verb, text) in &self.details {
            printer.detail(verb, text);
        }
    }

    /// Prints what would be done as the result of the command, a line each.
    pub(crate) fn list(&self, printer: Printer) {
        if printer.is_json() {
            return self.report(Tense::Would, printer);
        }
        for line in report_lines::lines(&self.events, Tense::Would) {
            if line.level != EventLevel::Note && (!line.is_detail || printer.verbose()) {
                printer.line(format_args!("{} {}", line.verb, line.text));
            }
        }
    }

    /// Prints the changes as a unified diff with colour, as a result of the command.
    pub(crate) fn show_diff(&self, printer: Printer) {
        for (path, after) in self.changes.iter().filter(|(path, _)| *path != record::FILE) {
            let diff = volplane_edit::diff::unified(path, self.tree.text(path), after.as_deref());
            if printer.is_json() {
                let diff = anstream::adapter::strip_str(&diff).to_string();
                printer.message(&JsonMessage::Diff { path, diff });
            } else {
                printer.text(&diff);
            }
        }
    }

    /// Says of an update that changed nothing and left nothing to the user that all is well.
    pub(crate) fn report_fresh(&self, printer: Printer) {
        if self.is_empty() && self.exit() == Exit::Success {
            printer.status("Fresh", "everything is up to date");
        }
    }

    /// Ends a run that writes nothing: the diff, if it was asked for, and how many files would change.
    pub(crate) fn end_dry_run(&self, with_diff: bool, printer: Printer) -> Exit {
        if with_diff {
            self.show_diff(printer);
        }
        match self.files() {
            0 => printer.status("Fresh", "nothing would change"),
            files => printer.note("Would change", count(files, "file")),
        }
        Exit::Success
    }

    /// Says what was done or would be, and what is left to the user.
    pub(crate) fn report(&self, tense: Tense, printer: Printer) {
        if printer.is_json() {
            return self.events.iter().for_each(|event| printer.message(&JsonMessage::event(event, tense)));
        }
        for Line { level, verb, text, is_detail } in report_lines::lines(&self.events, tense) {
            match level {
                EventLevel::Done if is_detail => printer.detail(verb, text),
                EventLevel::Done => printer.status(verb, text),
                EventLevel::Note => printer.note(verb, text),
                EventLevel::ActionRequired => printer.action_required(verb, text),
            }
        }
    }
}
