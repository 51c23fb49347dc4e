//! `volplane explain`

use thiserror::Error;
use volplane_build::internal::Code;

use crate::cli::Explain;
use crate::exit::Exit;
use crate::printer::Printer;

/// There is no such code.
#[derive(Debug, Error)]
#[error("there is no code {0}")]
struct UnknownCode(String);

/// Explains a code, or lists all.
pub(crate) fn run(args: &Explain, printer: Printer) -> Exit {
    let Some(text) = &args.code else {
        for code in Code::ALL {
            printer.line(format_args!("{code}  {}", code.title()));
        }
        return Exit::Success;
    };
    match Code::from_text(text) {
        Some(code) => {
            printer.line(code.explanation().trim_end());
            Exit::Success
        }
        None => {
            printer.error(&UnknownCode(text.clone()), Some("volplane explain, without a code, lists them all"));
            Exit::Usage
        }
    }
}
