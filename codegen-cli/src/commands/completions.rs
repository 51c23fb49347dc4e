//! `volplane completions`

use clap_complete::Shell;

use crate::cli::tree;
use crate::command_error::CommandResult;
use crate::exit::Exit;
use crate::printer::Printer;

/// Prints what makes a shell complete the command line.
///
/// # Errors
/// Never.
pub(crate) fn run(shell: Shell, printer: Printer) -> CommandResult {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut tree::shown(), "volplane", &mut script);
    printer.line(String::from_utf8_lossy(&script).trim_end());
    Ok(Exit::Success)
}
