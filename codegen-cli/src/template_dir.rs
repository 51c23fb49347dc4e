//! Reads a user's own templates.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use thiserror::Error;

use crate::command_error::{CommandError, Help};
use crate::exit::Exit;
use crate::plan::templates::{Flavour, MANIFEST, SUFFIX, Templates};
use crate::settings::Settings;

/// Templates can't be read.
#[derive(Debug, Error)]
pub(crate) enum ReadTemplatesError {
    /// No folder.
    #[error("there is no directory {dir} with templates")]
    NoFolder {
        /// Where it should be.
        dir: String,
    },
    /// A folder with something else.
    #[error("{dir} has no {MANIFEST}, which lists the templates")]
    NoManifest {
        /// The folder.
        dir: String,
    },
    /// The system refused.
    #[error("cannot read {path}")]
    Io {
        /// What.
        path: String,
        #[source]
        source: io::Error,
    },
    /// Not UTF-8.
    #[error("{path} is not UTF-8")]
    NoText {
        /// What.
        path: String,
    },
}

impl CommandError for ReadTemplatesError {
    fn help(&self) -> Help {
        Some("to start from the built-in templates: volplane templates eject DIR".into())
    }

    fn exit(&self) -> Exit {
        Exit::Usage
    }
}

/// The templates that a project in the folder `project` is made from.
///
/// # Errors
/// When its own can't be read.
pub(crate) fn of(settings: &Settings, project: &Path) -> Result<Templates, ReadTemplatesError> {
    match &settings.templates {
        None => Ok(Templates::built_in(Flavour::General)),
        Some(dir) => read(&project.join(dir), dir),
    }
}

/// Reads the folder `dir`, which messages call `shown`: its list of templates, and every template at any depth.
///
/// # Errors
/// When there is no such folder, it has no list, or something in it can't be read.
pub(crate) fn read(dir: &Path, shown: &str) -> Result<Templates, ReadTemplatesError> {
    if !dir.is_dir() {
        return Err(ReadTemplatesError::NoFolder { dir: shown.to_owned() });
    }
    let mut files = BTreeMap::new();
    let mut waiting: Vec<(PathBuf, String)> = vec![(dir.to_owned(), String::new())];
    while let Some((folder, below)) = waiting.pop() {
        let failed = |source| ReadTemplatesError::Io { path: format!("{shown}/{below}"), source };
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = format!("{below}{}", entry.file_name().to_string_lossy());
            // A link to a folder may lead back here.
            if entry.file_type().map_err(failed)?.is_dir() {
                waiting.push((entry.path(), format!("{name}/")));
            } else if name == MANIFEST || name.ends_with(SUFFIX) {
                let text = text(&entry.path(), || format!("{shown}/{name}"))?;
                files.insert(name, text);
            }
        }
    }
    if !files.contains_key(MANIFEST) {
        return Err(ReadTemplatesError::NoManifest { dir: shown.to_owned() });
    }
    Ok(Templates::own(shown.to_owned(), files))
}

fn text(file: &Path, shown: impl Fn() -> String) -> Result<String, ReadTemplatesError> {
    let bytes = fs::read(file).map_err(|source| ReadTemplatesError::Io { path: shown(), source })?;
    String::from_utf8(bytes).map_err(|_| ReadTemplatesError::NoText { path: shown() })
}
