//! An error or a warning, as plain data: what is wrong, where, and what to do.

use crate::code::Code;
use crate::span::Span;

/// The severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The files have no model.
    Error,
    /// The files have a model, but something in them is probably unintended.
    Warning,
}

/// How many diagnostics were not kept, because a run shows fewer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hidden {
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
}

impl Hidden {
    pub(crate) fn count(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.errors += other.errors;
        self.warnings += other.warnings;
    }
}

/// One error or warning.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    code: Code,
    count: usize,
    /// One sentence without a full stop.
    pub message: String,
    /// The places, the primary one first. Empty only if there is no text to refer to, as with a file that cannot be read.
    pub labels: Vec<Label>,
    /// How to fix it, if that is known.
    pub help: Option<String>,
    fixes: Vec<Fix>,
}

/// A place, with a description.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// The description; may be empty.
    pub text: String,
}

/// A replacement for a span. An insertion has an empty span, a deletion an empty replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced.
    pub span: Span,
    /// What replaces it.
    pub replacement: String,
}

impl Diagnostic {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, count: 1, message: message.into(), labels: Vec::new(), help: None, fixes: Vec::new() }
    }

    /// A diagnostic with its primary place.
    pub(crate) fn at(code: Code, span: Span, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(code, message).label(span, label)
    }

    /// Adds a place.
    pub(crate) fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Sets the help.
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds a replacement that is certainly correct. For a guess, use [`Self::help`] alone. All replacements of one diagnostic are applied together or not at all, and must not overlap.
    pub(crate) fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fixes.push(Fix { span, replacement: replacement.into() });
        self
    }

    /// [`Self::fix`], if there is one.
    pub(crate) fn fix_with(self, span: Span, replacement: Option<impl Into<String>>) -> Self {
        match replacement {
            Some(replacement) => self.fix(span, replacement),
            None => self,
        }
    }

    pub(crate) fn fixes_mut(&mut self) -> &mut [Fix] {
        &mut self.fixes
    }

    /// Counts diagnostics that are not shown.
    pub(crate) fn counting(mut self, count: usize) -> Self {
        self.count = count;
        self
    }

    /// How many errors or warnings this is: one, unless it counts those that are not shown.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The replacements that certainly correct it, to be applied together or not at all; empty if there are none.
    pub fn fixes(&self) -> &[Fix] {
        &self.fixes
    }

    /// The code, which `volplane explain` explains.
    pub fn code(&self) -> Code {
        self.code
    }

    /// Whether it is an error, so that the files have no model.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}
