//! `volplane dump`

use volplane_build::{Checked, Disk, dump};

use super::check_idl::denied;
use crate::cli::Dump;
use crate::exit::Exit;
use crate::printer::Printer;

/// Prints the model of an IDL.
pub(crate) fn run(args: &Dump, printer: Printer) -> Exit {
    let Checked { sources, diagnostics, model } =
        volplane_build::check(std::slice::from_ref(&args.file), &args.reading.include, &Disk);
    printer.diagnostics(&diagnostics, &sources, &args.reading.telling);
    let Some(model) = model else { return Exit::Failure };
    if denied(&args.reading.telling, &diagnostics, printer) {
        return Exit::Failure;
    }
    match dump::to_json(&model, &sources) {
        Ok(text) => {
            printer.line(text.trim_end());
            Exit::Success
        }
        Err(error) => {
            printer.error(&error, None);
            Exit::Failure
        }
    }
}
