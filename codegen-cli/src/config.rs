//! `volplane.toml`: the settings of a project. It is read here and edited in `edit`.

pub(crate) mod edit;
mod read;

use std::path::{Path, PathBuf};
use std::{fs, io};

use thiserror::Error;

use crate::command_error::{CommandError, Help};
use crate::exit::Exit;
use crate::settings::Settings;

/// The file's name; the folder that has it is the project's root.
pub(crate) const FILE: &str = "volplane.toml";

/// There are no settings to work with.
#[derive(Debug, Error)]
pub(crate) enum ConfigError {
    /// No project here or above.
    #[error("there is no {FILE} in {dir} or any directory above it")]
    NoProject {
        /// Where the search began.
        dir: String,
    },
    /// The file can't be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: String,
        #[source]
        source: io::Error,
    },
    /// The file says something wrong.
    #[error("{}", list(.0))]
    Settings(Vec<SettingError>),
}

impl CommandError for ConfigError {
    fn help(&self) -> Help {
        match self {
            Self::NoProject { .. } => {
                Some("create a project with `volplane new IDL DIR`, or change to the directory of one".into())
            }
            Self::Read { .. } | Self::Settings(_) => None,
        }
    }

    fn exit(&self) -> Exit {
        Exit::Usage
    }
}

/// Something wrong in the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SettingError {
    /// Counted from 1.
    pub(crate) line: usize,
    /// In characters, counted from 1.
    pub(crate) column: usize,
    /// What, and what to do.
    pub(crate) message: String,
}

fn list(errors: &[SettingError]) -> String {
    let lines: Vec<String> = errors
        .iter()
        .map(|SettingError { line, column, message }| format!("{FILE}:{line}:{column}: {message}"))
        .collect();
    lines.join("\n       ")
}

/// A project on the disk.
#[derive(Debug)]
pub(crate) struct Project {
    /// Its folder, absolute.
    pub(crate) root: PathBuf,
    /// The text of its volplane.toml.
    pub(crate) text: String,
    /// What that says.
    pub(crate) settings: Settings,
}

impl Project {
    /// Reads the project with this root.
    ///
    /// # Errors
    /// When its volplane.toml can't be read or says something wrong.
    pub(crate) fn read(root: &Path) -> Result<Self, ConfigError> {
        let path = root.join(FILE);
        let failed = |source| ConfigError::Read { path: path.display().to_string(), source };
        let text = fs::read_to_string(&path).map_err(failed)?;
        let settings = read::settings(&text).map_err(ConfigError::Settings)?;
        Ok(Self { root: root.to_owned(), text, settings })
    }
}

/// The folder of the project that `dir` lies in.
///
/// # Errors
/// When no folder upwards has a volplane.toml.
pub(crate) fn root(dir: &Path) -> Result<PathBuf, ConfigError> {
    let start =
        std::path::absolute(dir).map_err(|source| ConfigError::Read { path: dir.display().to_string(), source })?;
    let found = start.ancestors().find(|folder| folder.join(FILE).is_file());
    found.map(Path::to_owned).ok_or_else(|| ConfigError::NoProject { dir: start.display().to_string() })
}
