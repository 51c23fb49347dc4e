//! The journal: which files a run is changing, so that another can undo it.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::project_path::ProjectPath;

/// The form that this build writes and reads.
const VERSION: u32 = 1;

/// What a run is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    version: u32,
    /// The folders that it makes, outermost first.
    pub(super) folders: Vec<ProjectPath>,
    /// The files that it changes. The number of a file in here is its name in `stage/` and `backup/`.
    pub(super) files: Vec<JournalEntry>,
}

/// What a run does with a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JournalEntry {
    /// Where it is, with all links followed.
    pub(super) path: ProjectPath,
    /// Whether it was there before: then `backup/` holds it.
    pub(super) existed: bool,
    /// The text that it gets; none when it is removed. All of it, since who undoes has to tell it from a user's edit.
    pub(super) after: Option<String>,
}

/// A journal can't be understood.
#[derive(Debug, Error)]
pub(crate) enum JournalError {
    /// Another form.
    #[error("expected version {VERSION}, found {found}")]
    Version {
        /// Its version.
        found: u64,
    },
    /// Cut short, or not a journal.
    #[error(transparent)]
    Form(#[from] serde_json::Error),
}

impl Journal {
    /// A journal of this build's form.
    pub(super) fn new(folders: Vec<ProjectPath>, files: Vec<JournalEntry>) -> Self {
        Self { version: VERSION, folders, files }
    }

    /// The text to store.
    ///
    /// # Errors
    /// None that is known: all keys are text.
    pub(super) fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }

    /// Reads what [`Journal::text`] wrote.
    ///
    /// # Errors
    /// When it is something else, or names files outside a project.
    pub(super) fn parse(text: &[u8]) -> Result<Self, JournalError> {
        /// The part that every version has.
        #[derive(Deserialize)]
        struct Head {
            version: u64,
        }
        let head: Head = serde_json::from_slice(text)?;
        if head.version != u64::from(VERSION) {
            return Err(JournalError::Version { found: head.version });
        }
        Ok(serde_json::from_slice(text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        let path = |path: &str| ProjectPath::new(path).unwrap();
        let new =
            JournalEntry {
                path: path("src/ä new.rs"), existed: false, after: Some("fn new() {}\r\n\u{0}".to_owned())
            };
        let gone = JournalEntry { path: path("src/gone.rs"), existed: true, after: None };
        Journal::new(vec![path("src")], vec![new, gone])
    }

    #[test]
    fn a_journal_is_read_as_it_was_written() {
        let text = journal().text().unwrap();
        assert_eq!(Journal::parse(text.as_bytes()).unwrap(), journal());
    }

    #[test]
    fn a_torn_journal_is_none() {
        let text = journal().text().unwrap();
        // All but the final newline is needed.
        for length in 0..text.len() - 1 {
            assert!(Journal::parse(&text.as_bytes()[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn errors_of_a_journal_are_reported() {
        let wrong = |text: &str| Journal::parse(text.as_bytes()).unwrap_err().to_string();
        insta::assert_snapshot!(wrong(""), @"EOF while parsing a value at line 1 column 0");
        insta::assert_snapshot!(wrong(r#"{"version": 2, "steps": []}"#), @"expected version 1, found 2");
        let leaving = r#"{"version": 1, "folders": [], "files": [{"path": "../x", "existed": false, "after": null}]}"#;
        insta::assert_snapshot!(wrong(leaving), @"is outside the project: `..` is not allowed at line 1 column 55");
        let folder = r#"{"version": 1, "folders": ["/etc"], "files": []}"#;
        assert!(wrong(folder).starts_with("is absolute"));
        let more = r#"{"version": 1, "folders": [], "files": [], "also": 1}"#;
        insta::assert_snapshot!(wrong(more), @"unknown field `also`, expected one of `version`, `folders`, `files` at line 1 column 49");
    }
}
