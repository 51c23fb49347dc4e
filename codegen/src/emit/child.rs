//! The backend in a child process, so that its exits, panics and output do not affect this process.
//!
//! Parent and child communicate through files in one directory: the request `request.json`, the answer `answer.json`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{EmitError, GeneratedFile, emit};
use crate::lower::Lowered;

const REQUEST: &str = "request.json";
const ANSWER: &str = "answer.json";

/// Why the child process gave no code.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    /// A file of the directory that both processes use.
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
    /// The request or the answer can't be read.
    #[error("{} is not from this version of volplane", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What the parser says.
        #[source]
        source: serde_json::Error,
    },
    /// The program could not be started.
    #[error("can't start {}", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The backend stopped. This is a bug in volplane, because the IDL was checked.
    #[error(
        "the code generator stopped ({status}): {said}\nThe IDL is valid, so this is a bug in volplane: please \
         report it with the IDL"
    )]
    Stopped {
        /// How the process ended.
        status: std::process::ExitStatus,
        /// The last lines that it printed.
        said: String,
    },
    /// The child's own work.
    #[error(transparent)]
    Emit(#[from] EmitError),
}

/// Generates code by running `program` with `arguments` and the path of a directory after them. The program
/// has to call [`run_child`] with that path.
///
/// # Errors
/// When the process can't be started or does not end with an answer; the message says what it printed.
pub fn emit_in_child(program: &Path, arguments: &[&str], lowered: &Lowered) -> Result<Vec<GeneratedFile>, ChildError> {
    let dir = tempfile::tempdir().map_err(|source| ChildError::File {
        action: "create a directory in",
        path: std::env::temp_dir(),
        source,
    })?;
    let path = dir.path().join(REQUEST);
    let request =
        serde_json::to_string(lowered).map_err(|source| ChildError::Foreign { path: path.clone(), source })?;
    std::fs::write(&path, request).map_err(|source| ChildError::File { action: "write", path, source })?;
    let output = Command::new(program)
        .args(arguments)
        .arg(dir.path())
        .stdin(Stdio::null())
        .env("RUST_BACKTRACE", "0")
        .output()
        .map_err(|source| ChildError::Start { program: program.to_owned(), source })?;
    if !output.status.success() {
        let said = last_lines(&String::from_utf8_lossy(&output.stderr));
        return Err(ChildError::Stopped { status: output.status, said });
    }
    let path = dir.path().join(ANSWER);
    let answer = std::fs::read_to_string(&path).map_err(|source| ChildError::File {
        action: "read",
        path: path.clone(),
        source,
    })?;
    serde_json::from_str(&answer).map_err(|source| ChildError::Foreign { path, source })
}

/// The child's side of [`emit_in_child`]: reads the request in `dir`, generates, writes the answer there. Standard
/// output may hold anything.
///
/// # Errors
/// When the request can't be read, the code can't be generated, or the answer can't be written.
pub fn run_child(dir: &Path) -> Result<(), ChildError> {
    let path = dir.join(REQUEST);
    let request = std::fs::read_to_string(&path).map_err(|source| ChildError::File {
        action: "read",
        path: path.clone(),
        source,
    })?;
    let lowered: Lowered = serde_json::from_str(&request).map_err(|source| ChildError::Foreign { path, source })?;
    let files = emit(&lowered, &dir.join("idl"))?;
    let path = dir.join(ANSWER);
    let answer = serde_json::to_string(&files).map_err(|source| ChildError::Foreign { path: path.clone(), source })?;
    std::fs::write(&path, answer).map_err(|source| ChildError::File { action: "write", path, source })
}

/// What a person needs of a panic or a report: its last lines.
fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}
