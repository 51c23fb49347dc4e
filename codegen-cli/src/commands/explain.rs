//! `volplane explain`

use thiserror::Error;
use volplane_build::internal::Code;

use crate::cli::Explain;
use crate::command_error::{CommandError, CommandResult, Help};
use crate::exit::Exit;
use crate::printer::Printer;

/// There is no such code.
#[derive(Debug, Error)]
#[error("unknown code {0}")]
struct UnknownCode(String);

impl CommandError for UnknownCode {
    fn help(&self) -> Help {
        Some("to list all codes: volplane explain".into())
    }

    fn exit(&self) -> Exit {
        Exit::Usage
    }
}

/// Explains a code, or lists all.
///
/// # Errors
/// When there is no such code.
pub(crate) fn run(args: &Explain, printer: Printer) -> CommandResult {
    let Some(text) = &args.code else {
        for code in Code::ALL {
            printer.line(format_args!("{code}  {}", code.title()));
        }
        return Ok(Exit::Success);
    };
    let code = Code::from_text(text).ok_or_else(|| UnknownCode(text.clone()))?;
    printer.line(code.explanation().trim_end());
    Ok(Exit::Success)
}
