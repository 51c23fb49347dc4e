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

/// One mistake or warning.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    code: Code,
    /// One sentence without a full stop.
    pub message: String,
    /// The places, the one to jump to first. Empty only when there is no text to point into, as with a file that
    /// can't be read.
    pub labels: Vec<Label>,
    /// What to do about it, when that is known.
    pub help: Option<String>,
}

/// A place and what is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What; may be empty when the message says it all.
    pub text: String,
}

impl Diagnostic {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), labels: Vec::new(), help: None }
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

    /// The code, which [`crate::explain`] knows.
    pub fn code(&self) -> Code {
        self.code
    }

    /// Whether this keeps the files from having a model.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}
