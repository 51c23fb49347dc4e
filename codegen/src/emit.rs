//! From lowered IDL to the files of the generated code: pilota-build makes the definitions, the rest is there already.
//!
//! pilota-build prints to standard output, panics and exits. In a build script that does little harm; any other
//! program runs it as a child process, with [`emit_in_child`].

mod assemble;
mod backend;
mod child;
mod layout;
mod ordered;
mod shallow;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use self::child::{ChildError, emit_in_child, run_child};
use crate::lower::Lowered;

/// Why no code was generated.
#[derive(Debug, thiserror::Error)]
pub enum EmitError {
    /// A file of the working directory.
    #[error("can't {action} {}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// pilota-build has lost a definition.
    #[error("pilota-build does not define {path}: it is not the version that volplane was written for")]
    NoDefinition {
        /// The item, from the root of the generated code.
        path: String,
    },
}

/// One file of the generated code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratedFile {
    /// Its path, with `/`, from the directory that holds all of them.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Generates the code in this process: first the file [`OUTPUT`](crate::OUTPUT), which a crate includes, then those that
/// it names.
///
/// The IDL for pilota-build is written below `dir`, which is made if need be; files that hold the right text already are
/// left alone. The same `lowered` gives the same bytes.
///
/// # Errors
/// When a file can't be written or pilota-build's output is not as expected.
///
/// # Panics
/// pilota-build may panic or end the process with exit code 1.
pub fn emit(lowered: &Lowered, dir: &Path) -> Result<Vec<GeneratedFile>, EmitError> {
    std::fs::create_dir_all(dir).map_err(|source| EmitError::File {
        action: "create the directory",
        path: dir.to_owned(),
        source,
    })?;
    for file in &lowered.files {
        write_unwatched(&dir.join(&file.name), &file.text)?;
    }
    let pieces = backend::pieces(lowered, dir)?;
    Ok(assemble::files(lowered, &pieces))
}

/// Writes a file that looks old. pilota-build tells cargo to watch the files it reads, and cargo would run a build
/// script again that writes a file it is told to watch.
fn write_unwatched(path: &Path, text: &str) -> Result<(), EmitError> {
    if write_if_changed(path, text)? {
        let file = std::fs::File::options().write(true).open(path);
        file.and_then(|file| file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1)))
            .map_err(|source| EmitError::File { action: "set the time of", path: path.to_owned(), source })?;
    }
    Ok(())
}

/// Writes a file, and the directories above it, unless it holds `text` already, so that its time stays when nothing changed.
pub(crate) fn write_if_changed(path: &Path, text: &str) -> Result<bool, EmitError> {
    if std::fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(false);
    }
    if let Some(dir) = path.parent() {
        let failed = |source| EmitError::File { action: "create the directory", path: dir.to_owned(), source };
        std::fs::create_dir_all(dir).map_err(failed)?;
    }
    std::fs::write(path, text).map_err(|source| EmitError::File { action: "write", path: path.to_owned(), source })?;
    Ok(true)
}
