//! What a build script calls: the IDL is checked and compiled whenever it has changed.

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
/// [`Builder::types_only`] just `pilota`.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    files: Vec<PathBuf>,
    include_dirs: Vec<PathBuf>,
    options: CodeOptions,
}

/// Why a build script has no code.
#[derive(Debug, thiserror::Error)]
enum BuildError {
    #[error("the variable {0} is not set: this has to run in a build script")]
    NoBuildScript(&'static str),
    #[error("no IDL was named: call `.idl(\"path/to/file.thrift\")`")]
    NoIdl,
    #[error("the IDL has errors")]
    Mistakes,
    #[error("{}", lines(.0))]
    Options(Vec<OptionError>),
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

    /// Whether structs, exceptions and unions keep the fields that they do not know, and send them on. Default: no.
    pub fn keep_unknown_fields(mut self, keep: bool) -> Self {
        self.options.keep_unknown_fields = keep;
        self
    }

    /// One more trait that every type derives, as a path: `serde::Serialize`. The crate that makes the code has to depend
    /// on the trait's crate. Default: none.
    pub fn derive(mut self, path: impl Into<String>) -> Self {
        self.options.derive.push(path.into());
        self
    }

    /// Whether there is one file for each module instead of one for all. Default: no.
    pub fn split(mut self, split: bool) -> Self {
        self.options.split = split;
        self
    }

    /// Whether services are left out: the crate then needs just `pilota`. Default: no.
    pub fn types_only(mut self, types_only: bool) -> Self {
        self.options.types_only = types_only;
        self
    }

    /// The cargo feature of the crate behind which types implement serde's traits: `serde = []` under `[features]`, as pilota
    /// brings serde along. Default: none.
    pub fn serde_feature(mut self, feature: impl Into<String>) -> Self {
        self.options.serde_feature = Some(feature.into());
        self
    }

    /// The services that are generated, by their names in the IDL. Default: all.
    pub fn services<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.options.services = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Whether there is code that plugs services into the crate `volplane-transport`, which has to be a dependency then.
    /// Default: no.
    pub fn connections(mut self, connections: bool) -> Self {
        self.options.connections = connections;
        self
    }

    /// Whether there is a description of each service as data. Default: no.
    pub fn descriptors(mut self, descriptors: bool) -> Self {
        self.options.descriptors = descriptors;
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
        let model = model.ok_or(BuildError::Mistakes)?;
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

/// Removes the files below a folder that are not `current`, if there is such a folder.
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
