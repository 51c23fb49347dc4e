//! What a build script calls: the IDL is checked and compiled whenever it has changed.

use std::env;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use crate::emit::{self, EmitError};
use crate::lower::{Lowered, lower};
use crate::write::CodeOptions;
use crate::{Checked, Diagnostic, Disk, MessageFormat, Severity, Sources, check, render};

/// The file that [`Builder::compile`] writes to `OUT_DIR`, and a crate includes.
pub const OUTPUT: &str = "volplane_gen.rs";

/// Compiles IDL in a build script.
///
/// ```no_run
/// // build.rs
/// fn main() -> std::process::ExitCode {
///     volplane_build::Builder::new().idl("../idl/echo.thrift").include_dir("../idl").compile()
/// }
/// ```
///
/// and in `src/lib.rs`
///
/// ```text
/// include!(concat!(env!("OUT_DIR"), "/volplane_gen.rs"));
/// ```
///
/// The crate then has one module per namespace, and needs `pilota`, `volo` and `volo-thrift` as dependencies.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    files: Vec<PathBuf>,
    include_dirs: Vec<PathBuf>,
}

/// Why a build script has no code.
#[derive(Debug, thiserror::Error)]
enum BuildError {
    #[error("the variable {0} is not set: this has to run in a build script")]
    NoBuildScript(&'static str),
    #[error("no IDL was named: call `.idl(\"path/to/file.thrift\")`")]
    NoIdl,
    #[error("the IDL has mistakes")]
    Mistakes,
    #[error(transparent)]
    Emit(#[from] EmitError),
}

impl Builder {
    /// Nothing to compile yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more IDL file, absolute or relative to the package's folder. What it includes comes with it.
    pub fn idl(mut self, path: impl Into<PathBuf>) -> Self {
        self.files.push(path.into());
        self
    }

    /// One more folder in which includes are looked for, behind the folder of the file that includes.
    pub fn include_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.include_dirs.push(dir.into());
        self
    }

    /// Checks the IDL, writes `OUT_DIR/volplane_gen.rs` if it changes, and tells cargo which files to watch.
    ///
    /// Mistakes come out as errors of cargo's, each with file and line, and whole on standard error. `main` of the
    /// build script returns the result.
    #[must_use = "a build script that goes on after a mistake hides it"]
    pub fn compile(self) -> ExitCode {
        match self.run() {
            Ok(()) => ExitCode::SUCCESS,
            // Every mistake has been told by itself.
            Err(BuildError::Mistakes) => ExitCode::FAILURE,
            Err(error) => {
                tell("error", &chain(&error));
                ExitCode::FAILURE
            }
        }
    }

    fn run(&self) -> Result<(), BuildError> {
        if self.files.is_empty() {
            return Err(BuildError::NoIdl);
        }
        let package = variable("CARGO_MANIFEST_DIR")?;
        let out = variable("OUT_DIR")?;
        // Absolute, so that an editor finds them wherever cargo was started.
        let absolute = |paths: &[PathBuf]| -> Vec<PathBuf> { paths.iter().map(|path| join(&package, path)).collect() };
        let Checked { sources, diagnostics, model } =
            check(&absolute(&self.files), &absolute(&self.include_dirs), &Disk);
        for (_, source) in sources.iter() {
            say(&format!("cargo::rerun-if-changed={}", source.path()));
        }
        report(&diagnostics, &sources);
        let mut lowered = lower(&model.ok_or(BuildError::Mistakes)?, &CodeOptions::default());
        // The same text wherever the project lies.
        lowered.sources = self.files.iter().map(|path| path.display().to_string()).collect();
        self.write(&lowered, &out)
    }

    fn write(&self, lowered: &Lowered, out: &Path) -> Result<(), BuildError> {
        for file in emit::emit(lowered, &out.join("volplane_idl"))? {
            emit::write_if_changed(&out.join(&file.path), &file.text)?;
        }
        Ok(())
    }
}

fn variable(name: &'static str) -> Result<PathBuf, BuildError> {
    env::var_os(name).map(PathBuf::from).ok_or(BuildError::NoBuildScript(name))
}

/// One line per diagnostic for cargo, then all of them with their source lines.
fn report(diagnostics: &[Diagnostic], sources: &Sources) {
    if diagnostics.is_empty() {
        return;
    }
    for diagnostic in diagnostics {
        let kind = match diagnostic.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let line = render(std::slice::from_ref(diagnostic), sources, MessageFormat::Short, false);
        tell(kind, line.trim_end());
    }
    let whole = render(diagnostics, sources, MessageFormat::Human, false);
    // Nobody is left to tell when standard error is closed.
    let _ = io::stderr().write_all(whole.as_bytes());
}

/// A message that cargo shows as its own; those are of one line each.
fn tell(kind: &str, message: &str) {
    for line in message.lines() {
        say(&format!("cargo::{kind}={line}"));
    }
}

fn say(line: &str) {
    // Cargo reads this pipe to its end; if it is gone, so is the build.
    let _ = writeln!(io::stdout(), "{line}");
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}

/// `path` from `base` on, without `.` and `..`.
fn join(base: &Path, path: &Path) -> PathBuf {
    let mut joined = PathBuf::new();
    for part in base.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                joined.pop();
            }
            other => joined.push(other),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_without_detours() {
        assert_eq!(join(Path::new("/p/generated"), Path::new("../idl/./a.thrift")), Path::new("/p/idl/a.thrift"));
        assert_eq!(join(Path::new("/p/generated"), Path::new("/idl/a.thrift")), Path::new("/idl/a.thrift"));
    }
}
