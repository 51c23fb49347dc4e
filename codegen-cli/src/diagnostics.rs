//! Diagnostics are reported here, and here it is decided whether an IDL can be used after them.

use thiserror::Error;
use volplane_build::internal::model::Model;
use volplane_build::internal::{Code, Diagnostic, MessageFormat, Severity};

use crate::cli::DiagnosticArgs;
use crate::command_error::CommandError;
use crate::exit::Exit;
use crate::printer::Printer;
use crate::project::Idl;
use crate::summary::count;

/// An IDL can't be used.
#[derive(Debug, Error)]
pub(crate) enum IdlRejected {
    /// A file of it is not there or can't be read, which a diagnostic says.
    #[error("a file of the IDL cannot be read")]
    Unreadable,
    /// It has errors; a diagnostic says each.
    #[error("the IDL has errors")]
    Invalid,
    /// There are warnings, and that is not enough.
    #[error("{warnings}, and --deny-warnings was given")]
    Denied {
        /// How many.
        warnings: String,
        /// Whether a program reads the output, which finds the warnings in it.
        is_for_programs: bool,
    },
}

impl CommandError for IdlRejected {
    fn exit(&self) -> Exit {
        match self {
            Self::Unreadable => Exit::Usage,
            Self::Invalid | Self::Denied { .. } => Exit::Failure,
        }
    }

    fn is_reported(&self) -> bool {
        match self {
            Self::Unreadable | Self::Invalid => true,
            Self::Denied { is_for_programs, .. } => *is_for_programs,
        }
    }
}

/// Reports the diagnostics of an IDL. What the IDL says, if it can be used.
///
/// # Errors
/// When it can't.
pub(crate) fn usable<'a>(idl: &'a Idl, args: &DiagnosticArgs, printer: Printer) -> Result<&'a Model, IdlRejected> {
    printer.diagnostics(&idl.diagnostics, &idl.sources, args);
    let Some(model) = &idl.model else {
        let is_unreadable = idl.diagnostics.iter().any(|found| matches!(found.code(), Code::E001 | Code::E002));
        return Err(if is_unreadable { IdlRejected::Unreadable } else { IdlRejected::Invalid });
    };
    deny(&idl.diagnostics, args)?;
    Ok(model)
}

/// Refuses warnings about a valid IDL if `--deny-warnings` was given.
///
/// # Errors
/// Then.
pub(crate) fn deny(diagnostics: &[Diagnostic], args: &DiagnosticArgs) -> Result<(), IdlRejected> {
    let warnings = warnings(diagnostics);
    if !args.deny_warnings || warnings == 0 {
        return Ok(());
    }
    let is_for_programs = !is_for_people(args.message_format);
    Err(IdlRejected::Denied { warnings: count(warnings, "warning"), is_for_programs })
}

/// Whether people read this format. A program that reads diagnostics has no use for other lines between them.
pub(crate) fn is_for_people(format: MessageFormat) -> bool {
    matches!(format, MessageFormat::Human | MessageFormat::Short)
}

/// How many warnings there are, those that are not shown included.
pub(crate) fn warnings(diagnostics: &[Diagnostic]) -> usize {
    diagnostics.iter().filter(|found| found.severity() == Severity::Warning).map(Diagnostic::count).sum()
}
