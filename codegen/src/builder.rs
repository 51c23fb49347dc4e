//! The API for build scripts: checks and compiles the IDL whenever it has changed.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use crate::check::{Checked, check};
use crate::diagnostic::{Diagnostic, Severity};
use crate::emit::{self, EmitError};
use crate::lower::{Lowered, lower};
use crate::model::Model;
use crate::read::Disk;
use crate::render::{MessageFormat, render};
use crate::source::Sources;
use crate::write::{CodeOptions, OptionError};

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
/// The crate then has one module per namespace, and needs `pilota`, `volo` and `volo-thrift` as dependencies; with
/// [`Builder::types_only`] only `pilota`.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    files: Vec<PathBuf>,
    include_dirs: Vec<PathBuf>,
    options: CodeOptions,
}

/// Why no code was generated.
#[derive(Debug, thiserror::Error)]
enum BuildError {
    #[error("the environment variable {0} is not set: `compile` must be called in a build script")]
    NoBuildScript(&'static str),
    #[error("no IDL file: call `.idl(\"path/to/file.thrift\")`")]
    NoIdl,
    #[error("the IDL has errors")]
    InvalidIdl,
    #[error("{}", lines(.0))]
    Options(Vec<OptionError>),
    #[error(transparent)]
    Emit(#[from] EmitError),
}

impl Builder {
    /// Creates a builder without IDL files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an IDL file, absolute or relative to the package's directory. The files that it includes are compiled as well.
    pub fn idl(mut self, path: impl Into<PathBuf>) -> Self {
        self.files.push(path.into());
        self
    }

    /// Adds a directory in which includes are searched, after the directory of the including file.
    pub fn include_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.include_dirs.push(dir.into());
        self
    }

    /// Sets whether structs, exceptions and unions keep unknown fields and send them on. Default: no.
    pub fn keep_unknown_fields(mut self, keep: bool) -> Self {
        self.options.keep_unknown_fields = keep;
        self
    }

    /// Adds a trait that every type derives, as a path: `serde::Serialize`. The crate with the generated code must depend on
    /// the trait's crate. Default: none.
    pub fn derive(mut self, path: impl Into<String>) -> Self {
        self.options.derive.push(path.into());
        self
    }

    /// Sets whether each module is generated into a file of its own. Default: no, all modules are in one file.
    pub fn split(mut self, split: bool) -> Self {
        self.options.split = split;
        self
    }

    /// Sets whether services are left out: the crate then needs only `pilota`. Default: no.
    pub fn types_only(mut self, types_only: bool) -> Self {
        self.options.types_only = types_only;
        self
    }

    /// Sets the cargo feature of the crate with which types implement serde's traits: `serde = []` under `[features]`, as pilota
    /// brings serde along. Default: none.
    pub fn serde_feature(mut self, feature: impl Into<String>) -> Self {
        self.options.serde_feature = Some(feature.into());
        self
    }

    /// Sets which services are generated, by their names in the IDL. Default: all.
    pub fn services<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.options.services = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Sets whether to generate code that connects services with the crate `volplane-transport`, which must then be a
    /// dependency. Default: no.
    pub fn connections(mut self, connections: bool) -> Self {
        self.options.connections = connections;
        self
    }

    /// Sets whether to generate a descriptor of each service, which describes it as data. Default: no.
    pub fn descriptors(mut self, descriptors: bool) -> Self {
        self.options.descriptors = descriptors;
        self
    }

    /// Checks the IDL, writes `OUT_DIR/volplane_gen.rs` if its contents change, and tells cargo which files to watch.
    ///
    /// Errors are printed as errors of cargo, each with file and line, and in full on standard error. `main` of the
    /// build script returns the result.
    #[must_use = "a build script that ignores the exit code hides errors in the IDL"]
    pub fn compile(self) -> ExitCode {
        match self.run() {
            Ok(()) => ExitCode::SUCCESS,
            // Every error has been printed.
            Err(BuildError::InvalidIdl) => ExitCode::FAILURE,
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
        let model = model.ok_or(BuildError::InvalidIdl)?;
        self.check_options(&model)?;
        let mut lowered = lower(&model, &self.options);
        // The same text wherever the project lies.
        lowered.sources = self.files.iter().map(|path| path.display().to_string()).collect();
        self.write(&lowered, &out)
    }

    fn check_options(&self, model: &Model) -> Result<(), BuildError> {
        let errors = self.options.errors(model);
        if errors.is_empty() { Ok(()) } else { Err(BuildError::Options(errors)) }
    }

    fn write(&self, lowered: &Lowered, out: &Path) -> Result<(), BuildError> {
        let files = emit::emit(lowered, &out.join("volplane_idl"))?;
        for file in &files {
            emit::write_if_changed(&out.join(&file.path), &file.text)?;
        }
        // Of a build with `split`, before it was switched off or a namespace went.
        let current: BTreeSet<PathBuf> = files.iter().map(|file| out.join(&file.path)).collect();
        remove_others(&out.join(Path::new(OUTPUT).with_extension("")), &current).map_err(|source| EmitError::File {
            action: "remove old files in",
            path: out.to_owned(),
            source,
        })?;
        Ok(())
    }
}

/// Removes the files below a directory that are not `current`, if there is such a directory.
fn remove_others(dir: &Path, current: &BTreeSet<PathBuf>) -> io::Result<()> {
    let mut waiting = vec![dir.to_owned()];
    while let Some(dir) = waiting.pop() {
        let entries = match fs::read_dir(&dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                waiting.push(entry.path());
            } else if !current.contains(&entry.path()) {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

fn lines(errors: &[OptionError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
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
    // If standard error is closed, nothing can be reported.
    let _ = io::stderr().write_all(whole.as_bytes());
}

/// A message that cargo shows as its own; those are of one line each.
fn tell(kind: &str, message: &str) {
    for line in message.lines() {
        say(&format!("cargo::{kind}={line}"));
    }
}

fn say(line: &str) {
    // Cargo reads this pipe to its end; if it is closed, the build has ended.
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
    fn old_files_go() -> io::Result<()> {
        let dir = tempfile::tempdir()?;
        let at = |path: &str| dir.path().join(path);
        fs::create_dir_all(at("gen/a"))?;
        for path in ["gen/a.rs", "gen/b.rs", "gen/a/c.rs", "other.rs"] {
            fs::write(at(path), "")?;
        }
        remove_others(&at("gen"), &BTreeSet::from([at("gen/a.rs")]))?;
        let left = ["gen/a.rs", "gen/b.rs", "gen/a/c.rs", "other.rs"].map(|path| at(path).exists());
        assert_eq!(left, [true, false, false, true]);
        remove_others(&at("nothing"), &BTreeSet::new())
    }

    #[test]
    fn every_option_reaches_the_code_generator() {
        let builder = Builder::new()
            .keep_unknown_fields(true)
            .derive("a::A")
            .derive("B")
            .split(true)
            .types_only(true)
            .serde_feature("serde")
            .services(["Echo"])
            .connections(true)
            .descriptors(true);
        let expected = CodeOptions {
            keep_unknown_fields: true,
            derive: vec!["a::A".to_owned(), "B".to_owned()],
            split: true,
            types_only: true,
            serde_feature: Some("serde".to_owned()),
            services: Some(vec!["Echo".to_owned()]),
            connections: true,
            descriptors: true,
        };
        assert_eq!(builder.options, expected);
    }

    #[test]
    fn paths_are_joined_without_detours() {
        assert_eq!(join(Path::new("/p/generated"), Path::new("../idl/./a.thrift")), Path::new("/p/idl/a.thrift"));
        assert_eq!(join(Path::new("/p/generated"), Path::new("/idl/a.thrift")), Path::new("/idl/a.thrift"));
    }
}
