//! A mistake or a warning, as plain data: what is wrong, where, and what to do.

use crate::code::Code;
use crate::span::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The files have no model.
    Error,
    /// The files have a model, but something in them is probably not meant.
    Warning,
}

/// How many diagnostics were not kept, because nobody would read so many.
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

/// One mistake or warning.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    code: Code,
    count: usize,
    /// One sentence without a full stop.
    pub message: String,
    /// The places, the one to jump to first. Empty only when there is no text to point into, as with a file that
    /// can't be read.
    pub labels: Vec<Label>,
    /// What to do about it, when that is known.
    pub help: Option<String>,
    fixes: Vec<Fix>,
}

/// A place and what is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What; may be empty when the message says it all.
    pub text: String,
}

/// Text to put in place of a span. An insertion has an empty span, a deletion an empty replacement.
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

    /// One more place.
    pub(crate) fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// What to do.
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// One replacement that corrects this without a doubt. For what is only probably meant, [`Self::help`] alone is
    /// right. All replacements of one diagnostic are applied together or not at all, and must not overlap.
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

    /// Stands for so many that are not shown.
    pub(crate) fn counting(mut self, count: usize) -> Self {
        self.count = count;
        self
    }

    /// How many mistakes or warnings it stands for: one, unless it says how many are not shown.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The replacements that correct it without a doubt, to be applied together or not at all; empty if there are none.
    pub fn fixes(&self) -> &[Fix] {
        &self.fixes
    }

    /// The code, which [`crate::explain`] knows.
    pub fn code(&self) -> Code {
        self.code
    }

    /// Whether this keeps the files from having a model.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}
