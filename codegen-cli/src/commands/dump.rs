//! `volplane dump`

use std::io;

use thiserror::Error;
use volplane_build::internal::{Checked, dump};

use crate::cli::Dump;
use crate::command_error::{CommandError, CommandResult};
use crate::diagnostics::{self, IdlRejected};
use crate::exit::Exit;
use crate::input::{Input, StdinError};
use crate::printer::Printer;

/// The model of an IDL can't be printed.
#[derive(Debug, Error)]
enum DumpError {
    /// Standard input.
    #[error(transparent)]
    Stdin(#[from] StdinError),
    /// The IDL, which was reported.
    #[error(transparent)]
    Rejected(#[from] IdlRejected),
    /// The model as JSON: a defect of this build.
    #[error("cannot write the model as JSON")]
    Json(#[from] serde_json::Error),
    /// Standard output.
    #[error("cannot write to standard output")]
    Write(#[source] io::Error),
}

impl CommandError for DumpError {
    fn exit(&self) -> Exit {
        Exit::Failure
    }

    fn is_reported(&self) -> bool {
        matches!(self, Self::Rejected(error) if error.is_reported())
    }
}

/// Prints the model of an IDL.
///
/// # Errors
/// When the IDL has errors, or the model can't be printed.
pub(crate) fn run(args: &Dump, printer: Printer) -> CommandResult {
    dump(args, printer)?;
    Ok(Exit::Success)
}

fn dump(args: &Dump, printer: Printer) -> Result<(), DumpError> {
    let (input, files) = Input::new(std::slice::from_ref(&args.file))?;
    let Checked { sources, diagnostics, model } =
        volplane_build::internal::check(&files, &args.idl_args.include, &input);
    printer.diagnostics(&diagnostics, &sources, &args.idl_args.diagnostic_args);
    let model = model.ok_or(IdlRejected::Invalid)?;
    diagnostics::deny(&diagnostics, &args.idl_args.diagnostic_args)?;
    let text = dump::to_json(&model, &sources)?;
    printer.bytes(text.as_bytes()).map_err(DumpError::Write)
}
