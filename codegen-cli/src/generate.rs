//! The compiler of checked IDL, in a process of its own: this same command, with a hidden subcommand.

use std::io;
use std::path::Path;

use thiserror::Error;
use volplane_build::internal::emit::{ChildError, GeneratedFile, emit_in_child, run_child};
use volplane_build::internal::lower::Lowered;

use crate::cli::EMIT;
use crate::command_error::CommandError;
use crate::exit::Exit;
use crate::interrupt;
use crate::plan::{NewFile, Policy};
use crate::project_path::{ProjectPath, ProjectPathError};

/// The file of checked-in code that the generated crate includes.
pub(crate) const TARGET: &str = "generated/src/volplane_gen.rs";

/// The package with the generated code: a folder that is volplane's own.
const PACKAGE: &str = "generated/";

/// Whether a file belongs to the package with the generated code.
pub(crate) fn is_in_package(path: &str) -> bool {
    path.starts_with(PACKAGE)
}

/// The folder that checked-in code goes to.
pub(crate) const DIR: &str = "generated/src";

/// Whether a file of a project is checked-in code: [`TARGET`], or with `split` one of those below the folder beside it.
pub(crate) fn is_generated(path: &str) -> bool {
    let below = TARGET.strip_suffix(".rs").and_then(|folder| path.strip_prefix(folder));
    path == TARGET || below.is_some_and(|rest| rest.starts_with('/'))
}

/// Checked IDL could not be compiled.
#[derive(Debug, Error)]
pub(crate) enum GenerateError {
    /// This command's own program file.
    #[error("cannot find volplane's own executable")]
    Program(#[source] io::Error),
    /// The compiler.
    #[error(transparent)]
    Child(#[from] ChildError),
    /// A module whose name can't be a file's.
    #[error("cannot name a file of the generated code")]
    Path(#[from] ProjectPathError),
    /// Ctrl-C.
    #[error("interrupted; nothing was changed")]
    Interrupted,
}

impl CommandError for GenerateError {
    fn exit(&self) -> Exit {
        match self {
            Self::Interrupted => Exit::Interrupted,
            Self::Program(_) | Self::Child(_) | Self::Path(_) => Exit::Failure,
        }
    }
}

/// Compiles lowered IDL to the files that are checked in.
///
/// # Errors
/// When the compiler can't be run or doesn't end well.
pub(crate) fn generate(lowered: &Lowered) -> Result<Vec<NewFile>, GenerateError> {
    let program = std::env::current_exe().map_err(GenerateError::Program)?;
    let outcome = emit_in_child(&program, &[EMIT], lowered);
    // A signal ends the child, too: then that is no failure of the compiler.
    if interrupt::requested() {
        return Err(GenerateError::Interrupted);
    }
    let file = |file: GeneratedFile| {
        let path = ProjectPath::new(format!("{DIR}/{}", file.path))?;
        Ok(NewFile { path, text: file.text, policy: Policy::Overwrite })
    };
    outcome?.into_iter().map(file).collect()
}

/// The child's side.
///
/// # Errors
/// When there is no request in the folder, or its answer can't be written.
pub(crate) fn child(dir: &Path) -> Result<Exit, GenerateError> {
    run_child(dir)?;
    Ok(Exit::Success)
}
