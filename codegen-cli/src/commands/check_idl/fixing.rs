//! `check-idl --fix`: which files it may change, and what it says.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use volplane_build::internal::fix::{Fixed, FixedFile, fix, left_alone};
use volplane_build::internal::{Checked, ReadSource};

use super::CheckError;
use crate::apply::{Rewrite, RewriteError, rewrite};
use crate::cli::CheckIdl;
use crate::input::{Input, STDIN};
use crate::printer::Printer;
use crate::summary::count;

/// Folders with copies of what others maintain: a change there is lost with the next copy.
const VENDORED: [&str; 7] =
    ["vendor", "vendored", "third-party", "third_party", "thirdparty", "node_modules", ".cargo"];

/// Why a file is not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SkipReason {
    /// It is not in a folder that was given, nor beside a file that was.
    Elsewhere,
    /// It is in a folder of this name.
    Vendored(&'static str),
    /// It is read-only.
    ReadOnly,
    /// It would lose bytes.
    NotUtf8,
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elsewhere => f.write_str("it is outside the given paths"),
            Self::Vendored(folder) => write!(f, "it is in the directory `{folder}`, which holds copies of other files"),
            Self::ReadOnly => f.write_str("it is read-only"),
            Self::NotUtf8 => f.write_str("it is not valid UTF-8"),
        }
    }
}

/// The places that belong to who runs the command.
struct Own<'a> {
    input: &'a Input,
    /// Real paths.
    folders: Vec<PathBuf>,
    current: Option<PathBuf>,
}

impl<'a> Own<'a> {
    fn new(args: &CheckIdl, input: &'a Input) -> Self {
        let folder = |path: &PathBuf| {
            let real = fs::canonicalize(path).ok()?;
            if real.is_dir() { Some(real) } else { real.parent().map(Path::to_owned) }
        };
        let folders = args.paths.iter().filter_map(folder).collect();
        let current = std::env::current_dir().ok().and_then(|dir| fs::canonicalize(dir).ok());
        Self { input, folders, current }
    }

    /// Why a file must not be changed, if so.
    fn kept(&self, path: &str) -> Option<SkipReason> {
        let path = Path::new(path);
        if !self.input.read(path).is_ok_and(|bytes| str::from_utf8(&bytes).is_ok()) {
            return Some(SkipReason::NotUtf8);
        }
        if path == Path::new(STDIN) {
            return None;
        }
        let Ok(real) = fs::canonicalize(path) else { return Some(SkipReason::Elsewhere) };
        let Some(folder) = self.folders.iter().find(|folder| real.starts_with(folder)) else {
            return Some(SkipReason::Elsewhere);
        };
        // What lies above the place where one works says nothing.
        let above = self.current.as_ref().filter(|current| real.starts_with(current)).unwrap_or(folder);
        let below = real.strip_prefix(above).unwrap_or(&real);
        if let Some(found) = VENDORED.into_iter().find(|name| below.iter().any(|part| part == *name)) {
            return Some(SkipReason::Vendored(found));
        }
        let read_only = fs::metadata(&real).is_ok_and(|metadata| metadata.permissions().readonly());
        (read_only || File::options().write(true).open(&real).is_err()).then_some(SkipReason::ReadOnly)
    }
}

/// Fixes the files, writes them, and says so. What is left, and whether everything that can be fixed is.
///
/// # Errors
/// When a file can't be written.
pub(super) fn run(
    args: &CheckIdl,
    files: &[PathBuf],
    input: &Input,
    printer: Printer,
) -> Result<(Checked, bool), CheckError> {
    let own = Own::new(args, input);
    let may_change = |path: &str| own.kept(path).is_none();
    let Fixed { checked, files: fixed } = fix(files, &args.idl_args.include, input, &may_change);
    write(&fixed)?;
    if let Some(bytes) = input.stdin() {
        let text = fixed.iter().find(|file| file.path == STDIN).map_or(bytes, |file| file.text.as_bytes());
        printer.bytes(text).map_err(CheckError::Write)?;
    }
    for file in &fixed {
        printer.status("Fixed", said(file));
    }
    let kept = left_alone(&checked, &may_change);
    for (path, number) in &kept {
        if let Some(reason) = own.kept(path) {
            printer.action_required("Skipped", format_args!("{} in {path}: {reason}", fixes(*number)));
        }
    }
    Ok((checked, kept.is_empty()))
}

/// `2 fixes`
fn fixes(number: usize) -> String {
    if number == 1 { "1 fix".to_owned() } else { format!("{number} fixes") }
}

/// `3 errors and 1 warning in idl/echo.thrift`
fn said(file: &FixedFile) -> String {
    let counts = [(file.errors, "error"), (file.warnings, "warning")];
    let parts: Vec<String> =
        counts.iter().filter(|(number, _)| *number > 0).map(|(number, noun)| count(*number, noun)).collect();
    format!("{} in {}", parts.join(" and "), file.path)
}

fn write(fixed: &[FixedFile]) -> Result<(), RewriteError> {
    let on_disk = fixed.iter().filter(|file| file.path != STDIN);
    let rewrites: Vec<Rewrite<'_>> =
        on_disk.map(|file| Rewrite { path: Path::new(&file.path), before: &file.before, text: &file.text }).collect();
    rewrite(&rewrites)
}
