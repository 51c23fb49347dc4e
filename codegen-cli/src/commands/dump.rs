//! `volplane dump`

use volplane_build::internal::{Checked, dump};

use super::check_idl::denied;
use crate::cli::Dump;
use crate::exit::Exit;
use crate::input::Input;
use crate::printer::Printer;

/// Prints the model of an IDL.
pub(crate) fn run(args: &Dump, printer: Printer) -> Exit {
    let (input, files) = match Input::new(std::slice::from_ref(&args.file)) {
        Ok(input) => input,
        Err(error) => {
            printer.error(&error, None);
            return Exit::Failure;
        }
    };
    let Checked { sources, diagnostics, model } =
        volplane_build::internal::check(&files, &args.reading.include, &input);
    printer.diagnostics(&diagnostics, &sources, &args.reading.telling);
    let Some(model) = model else { return Exit::Failure };
    if denied(&args.reading.telling, &diagnostics, printer) {
        return Exit::Failure;
    }
    match dump::to_json(&model, &sources) {
        Ok(text) => {
            if let Err(error) = printer.bytes(text.as_bytes()) {
                printer.error(&error, None);
                return Exit::Failure;
            }
            Exit::Success
        }
        Err(error) => {
            printer.error(&error, None);
            Exit::Failure
        }
    }
}
