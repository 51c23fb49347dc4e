//! Collects diagnostics, and limits how many are shown.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Hidden, Severity};
use crate::span::Span;
use std::collections::HashSet;

/// How many a run shows.
pub(super) const MAX_SHOWN: usize = 100;
/// How many errors are collected, and how many warnings.
const MAX_KEPT: usize = 10_000;

pub(super) struct Sink {
    /// How many are returned.
    limit: usize,
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
    hidden: Hidden,
}

impl Sink {
    /// Begins with what was found before, and a count of what was not kept of that.
    pub(super) fn new(limit: usize, found: Vec<Diagnostic>, hidden: Hidden) -> Self {
        let mut sink = Self { limit, errors: Vec::new(), warnings: Vec::new(), hidden };
        found.into_iter().for_each(|diagnostic| sink.push(diagnostic));
        sink
    }

    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        let severity = diagnostic.severity();
        let kept = match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        if kept.len() < MAX_KEPT {
            kept.push(diagnostic);
        } else {
            self.hidden.count(severity);
        }
    }

    /// As [`Sink::push`], for what may be nothing.
    pub(super) fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }

    /// Whether a further error is likely to be shown, so that it is worth computing its help line.
    pub(super) fn wants_help(&self) -> bool {
        self.errors.len() < self.limit
    }

    /// Whether there is an error so far.
    pub(super) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The spans of all errors with this code.
    pub(super) fn places(&self, code: Code) -> HashSet<Span> {
        let found = self.errors.iter().filter(|diagnostic| diagnostic.code() == code);
        found.flat_map(|diagnostic| &diagnostic.labels).map(|label| label.span).collect()
    }

    /// The diagnostics, sorted by file and place. If there are too many, errors take precedence over warnings, and the rest is counted.
    pub(super) fn finish(self) -> Vec<Diagnostic> {
        let Self { limit, mut errors, mut warnings, mut hidden } = self;
        let errors_hidden = cut(&mut errors, limit);
        let warnings_hidden = cut(&mut warnings, limit - errors.len());
        hidden.add(Hidden { errors: errors_hidden, warnings: warnings_hidden });
        let mut shown = errors;
        shown.extend(warnings);
        shown.sort_by_key(|diagnostic| (place(diagnostic), diagnostic.severity(), diagnostic.code()));
        shown.extend(more(Code::E099, hidden.errors, "error", "fix these first, then check again"));
        shown.extend(more(Code::W099, hidden.warnings, "warning", "fix what is shown, then check again"));
        shown
    }
}

fn place(diagnostic: &Diagnostic) -> Option<(crate::span::FileId, u32, u32)> {
    diagnostic.labels.first().map(|label| (label.span.file, label.span.start, label.span.end))
}

/// Keeps the first `limit` by file and place, each once; how many that leaves out.
fn cut(found: &mut Vec<Diagnostic>, limit: usize) -> usize {
    found.sort_by_key(|diagnostic| (place(diagnostic), diagnostic.code()));
    found.dedup();
    let left_out = found.len().saturating_sub(limit);
    found.truncate(limit);
    left_out
}

/// Says how many are not shown, if any are not.
fn more(code: Code, count: usize, what: &str, help: &str) -> Option<Diagnostic> {
    let message = match count {
        0 => return None,
        1 => format!("1 more {what} is not shown"),
        _ => format!("{count} more {what}s are not shown"),
    };
    Some(Diagnostic::new(code, message).counting(count).help(help))
}
