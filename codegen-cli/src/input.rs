//! IDL from standard input, beside the files that it includes.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;
use volplane_build::internal::{Disk, ReadSource};

use crate::command_error::CommandError;
use crate::exit::Exit;

/// The argument that stands for standard input.
const DASH: &str = "-";

/// What standard input is called where a path is shown. Its includes are looked for in the current folder.
pub(crate) const STDIN: &str = "<stdin>";

/// The disk, and standard input if it was asked for.
#[derive(Debug)]
pub(crate) struct Input {
    stdin: Option<Vec<u8>>,
}

/// Standard input can't be read.
#[derive(Debug, Error)]
#[error("cannot read standard input")]
pub(crate) struct StdinError(#[from] io::Error);

impl CommandError for StdinError {
    fn exit(&self) -> Exit {
        Exit::Failure
    }
}

impl Input {
    /// Reads standard input if one of the paths is `-`. The paths, with `-` under the name [`STDIN`].
    ///
    /// # Errors
    /// When standard input can't be read.
    pub(crate) fn new(paths: &[PathBuf]) -> Result<(Self, Vec<PathBuf>), StdinError> {
        let is_dash = |path: &Path| path == Path::new(DASH);
        let mut stdin = None;
        if paths.iter().any(|path| is_dash(path)) {
            let mut bytes = Vec::new();
            // Of a text beyond the front-end's limit, a byte more is enough to be refused.
            io::stdin().lock().take(Self::LIMIT).read_to_end(&mut bytes)?;
            stdin = Some(bytes);
        }
        let name = |path: &PathBuf| if is_dash(path) { PathBuf::from(STDIN) } else { path.clone() };
        Ok((Self { stdin }, paths.iter().map(name).collect()))
    }

    /// What [`ReadSource::read`] asks for at most.
    const LIMIT: u64 = (64 << 20) + 1;

    /// The bytes of standard input, if it was read.
    pub(crate) fn stdin(&self) -> Option<&[u8]> {
        self.stdin.as_deref()
    }
}

impl ReadSource for Input {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match &self.stdin {
            Some(bytes) if path == Path::new(STDIN) => Ok(bytes.clone()),
            _ => Disk.read(path),
        }
    }

    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        if self.stdin.is_some() && path == Path::new(STDIN) { Ok(path.to_owned()) } else { Disk.identity(path) }
    }
}
