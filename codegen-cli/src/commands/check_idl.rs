//! `volplane check-idl`

mod fixing;

use std::path::{Path, PathBuf};
use std::{fs, io};

use thiserror::Error;
use volplane_build::internal::{Checked, Diagnostic, MessageFormat, Severity};

use crate::cli::{CheckIdl, DiagnosticArgs};
use crate::exit::Exit;
use crate::input::Input;
use crate::printer::Printer;
use crate::summary::{count, summary};
use fixing::ForPeople;

/// There is nothing to check.
#[derive(Debug, Error)]
enum CheckError {
    /// A folder can't be looked through.
    #[error("cannot read {path}")]
    Read {
        /// The folder.
        path: String,
        #[source]
        source: io::Error,
    },
    /// A folder has no IDL.
    #[error("{path} has no .thrift file")]
    Nothing {
        /// The folder.
        path: String,
    },
}

/// There are warnings, and that is not enough.
#[derive(Debug, Error)]
#[error("{warnings}, and --deny-warnings was given")]
struct Denied {
    /// How many.
    warnings: String,
}

/// Checks files and folders.
pub(crate) fn run(args: &CheckIdl, printer: Printer) -> Exit {
    let files = match idl_files(&args.paths) {
        Ok(files) => files,
        Err(error) => {
            printer.error(&error, Some("give IDL files, or folders with such files"));
            return Exit::Usage;
        }
    };
    let format = args.reading.telling.message_format;
    if args.fix && !for_people(format) {
        printer.error(&ForPeople(format), Some(ForPeople::HELP));
        return Exit::Usage;
    }
    let (input, files) = match Input::new(&files) {
        Ok(input) => input,
        Err(error) => {
            printer.error(&error, None);
            return Exit::Failure;
        }
    };
    let (checked, complete) = if args.fix {
        match fixing::run(args, &files, &input, printer) {
            Ok(fixed) => fixed,
            Err(exit) => return exit,
        }
    } else {
        (volplane_build::internal::check(&files, &args.reading.include, &input), true)
    };
    let Checked { sources, diagnostics, model } = checked;
    printer.diagnostics(&diagnostics, &sources, &args.reading.telling);
    if for_people(format) && !args.fix {
        offer(&diagnostics, printer);
    }
    let Some(model) = model else { return Exit::Failure };
    if for_people(format) {
        let text = format!("{}: {}", count(model.files.len(), "file"), summary(&model));
        let warnings = warnings(&diagnostics);
        printer.status("Checked", if warnings > 0 { format!("{text}; {}", count(warnings, "warning")) } else { text });
    }
    let denied = denied(&args.reading.telling, &diagnostics, printer);
    if denied || !complete { Exit::Failure } else { Exit::Success }
}

/// Says how many of the diagnostics `--fix` would correct, if it would any.
fn offer(diagnostics: &[Diagnostic], printer: Printer) {
    let fixable = diagnostics.iter().filter(|found| !found.fixes().is_empty()).count();
    if fixable > 0 {
        let them = if fixable == 1 { "it" } else { "them" };
        printer.note("Fixable", format_args!("{} of these; add --fix to fix {them}", fixable));
    }
}

/// Whether `--deny-warnings` makes these diagnostics of a valid IDL a failure, which is said then.
pub(crate) fn denied(telling: &DiagnosticArgs, diagnostics: &[Diagnostic], printer: Printer) -> bool {
    let warnings = warnings(diagnostics);
    let denied = telling.deny_warnings && warnings > 0;
    if denied && for_people(telling.message_format) {
        printer.error(&Denied { warnings: count(warnings, "warning") }, None);
    }
    denied
}

/// A program that reads diagnostics has no use for other lines between them.
fn for_people(format: MessageFormat) -> bool {
    matches!(format, MessageFormat::Human | MessageFormat::Short)
}

/// How many there are, those that are not shown included.
fn warnings(diagnostics: &[Diagnostic]) -> usize {
    diagnostics.iter().filter(|found| found.severity() == Severity::Warning).map(Diagnostic::count).sum()
}

/// The files that are meant: those in a folder in the order of their names, at any depth.
fn idl_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CheckError> {
    let mut files = Vec::new();
    for path in paths {
        // `-` is standard input, even beside a folder of that name.
        if path == Path::new("-") || !path.is_dir() {
            // A file that is not there is told by the check itself, with its code.
            files.push(path.clone());
            continue;
        }
        let before = files.len();
        collect(path, &mut files)?;
        if files.len() == before {
            return Err(CheckError::Nothing { path: path.display().to_string() });
        }
    }
    Ok(files)
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> Result<(), CheckError> {
    let failed = |source| CheckError::Read { path: dir.display().to_string(), source };
    let entries: io::Result<Vec<_>> = fs::read_dir(dir).map_err(failed)?.collect();
    let mut entries = entries.map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        // A link to a folder may lead back here.
        if entry.file_type().map_err(failed)?.is_dir() {
            if !hidden {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "thrift") {
            files.push(path);
        }
    }
    Ok(())
}
