//! What is said of a planned update.

use super::plan::Planned;
use super::report_lines::{self, Line};
use crate::printer::Printer;
use crate::record;
use crate::update::EventLevel;

impl Planned {
    /// What would be done, a line each.
    pub(crate) fn list(&self) -> impl Iterator<Item = String> {
        let told = report_lines::lines(&self.events)
            .into_iter()
            .filter(|line| line.level != EventLevel::Note && !line.is_detail);
        told.map(|line| format!("{} {}", line.verb, line.text))
    }

    /// The changes as a unified diff with colour.
    pub(crate) fn diff(&self) -> String {
        let own = |path: &str| path == record::FILE;
        let changes = self.changes.iter().filter(|(path, _)| !own(path));
        changes
            .map(|(path, after)| volplane_edit::diff::unified(path, self.tree.text(path), after.as_deref()))
            .collect()
    }

    /// Says what is done, and what is left to the user.
    pub(crate) fn report(&self, printer: Printer) {
        for Line { level, verb, text, is_detail } in report_lines::lines(&self.events) {
            match level {
                EventLevel::Done if is_detail => printer.detail(verb, text),
                EventLevel::Done => printer.status(verb, text),
                EventLevel::Note => printer.note(verb, text),
                EventLevel::ActionRequired => printer.hand(verb, text),
            }
        }
    }
}
