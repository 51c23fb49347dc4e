//! `volplane check-idl`

mod fixing;

use std::path::{Path, PathBuf};
use std::{fs, io};

use thiserror::Error;
use volplane_build::internal::{Checked, Diagnostic, MessageFormat};

use crate::apply::RewriteError;
use crate::cli::CheckIdl;
use crate::command_error::{CommandError, CommandResult, Help};
use crate::diagnostics::{IdlRejected, deny, is_for_people, warnings};
use crate::exit::Exit;
use crate::input::{Input, StdinError};
use crate::printer::Printer;
use crate::summary::{count, summary};

/// Files can't be checked, or have errors.
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
    /// Programs read diagnostics, and nothing says in their terms what was fixed.
    #[error("--fix can't be used with --message-format {0}")]
    FixForPrograms(MessageFormat),
    /// Standard input.
    #[error(transparent)]
    Stdin(#[from] StdinError),
    /// Fixed files can't be written.
    #[error(transparent)]
    Rewrite(#[from] RewriteError),
    /// Standard output.
    #[error("cannot write to standard output")]
    Write(#[source] io::Error),
    /// The IDL, which was reported.
    #[error(transparent)]
    Rejected(#[from] IdlRejected),
}

impl CommandError for CheckError {
    fn help(&self) -> Help {
        match self {
            Self::Read { .. } | Self::Nothing { .. } => Some("give IDL files, or directories with IDL files".into()),
            Self::FixForPrograms(_) => {
                Some("use human or short; programs can apply the `fixes` of --message-format json themselves".into())
            }
            Self::Rewrite(error) => error.help(),
            Self::Stdin(_) | Self::Write(_) | Self::Rejected(_) => None,
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Read { .. } | Self::Nothing { .. } | Self::FixForPrograms(_) => Exit::Usage,
            Self::Stdin(_) | Self::Rewrite(_) | Self::Write(_) | Self::Rejected(_) => Exit::Failure,
        }
    }

    fn is_reported(&self) -> bool {
        matches!(self, Self::Rejected(error) if error.is_reported())
    }
}

/// Checks files and folders.
///
/// # Errors
/// When there is nothing to check, or the files have errors.
pub(crate) fn run(args: &CheckIdl, printer: Printer) -> CommandResult {
    Ok(check(args, printer)?)
}

fn check(args: &CheckIdl, printer: Printer) -> Result<Exit, CheckError> {
    let files = idl_files(&args.paths)?;
    let format = args.idl_args.diagnostic_args.message_format;
    if args.fix && !is_for_people(format) {
        return Err(CheckError::FixForPrograms(format));
    }
    let (input, files) = Input::new(&files)?;
    let (checked, complete) = if args.fix {
        fixing::run(args, &files, &input, printer)?
    } else {
        (volplane_build::internal::check(&files, &args.idl_args.include, &input), true)
    };
    let Checked { sources, diagnostics, model } = checked;
    printer.diagnostics(&diagnostics, &sources, &args.idl_args.diagnostic_args);
    if is_for_people(format) && !args.fix {
        offer(&diagnostics, printer);
    }
    let model = model.ok_or(IdlRejected::Invalid)?;
    if is_for_people(format) {
        let text = format!("{}: {}", count(model.files.len(), "file"), summary(&model));
        let warnings = warnings(&diagnostics);
        printer.status("Checked", if warnings > 0 { format!("{text}; {}", count(warnings, "warning")) } else { text });
    }
    deny(&diagnostics, &args.idl_args.diagnostic_args)?;
    Ok(if complete { Exit::Success } else { Exit::Failure })
}

/// Says how many of the diagnostics `--fix` would correct, if it would any.
fn offer(diagnostics: &[Diagnostic], printer: Printer) {
    let fixable = diagnostics.iter().filter(|found| !found.fixes().is_empty()).count();
    if fixable > 0 {
        let them = if fixable == 1 { "it" } else { "them" };
        printer.note("Fixable", format_args!("{} of these; add --fix to fix {them}", fixable));
    }
}

/// The files that are meant: those in a folder in the order of their names, at any depth.
fn idl_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CheckError> {
    let mut files = Vec::new();
    for path in paths {
        // `-` is standard input, even beside a folder of that name.
        if path == Path::new("-") || !path.is_dir() {
            // The check itself reports a missing file, with its code.
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
