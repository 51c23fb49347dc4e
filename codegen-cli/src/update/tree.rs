//! The files of a project as they were read.

use std::collections::{BTreeMap, BTreeSet};

use crate::project_path::ProjectPath;

/// What is on the disk, by path; what is not listed is not there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    content: BTreeMap<ProjectPath, OnDisk>,
    links: BTreeSet<ProjectPath>,
    read_only: BTreeSet<ProjectPath>,
}

/// A path's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OnDisk {
    /// A text.
    Text(String),
    /// A file that is not valid UTF-8.
    Bytes(Vec<u8>),
}

impl Tree {
    /// Notes a file.
    pub(crate) fn insert(&mut self, path: ProjectPath, content: Vec<u8>) {
        let content = String::from_utf8(content).map_or_else(|error| OnDisk::Bytes(error.into_bytes()), OnDisk::Text);
        self.content.insert(path, content);
    }

    /// Forgets a file.
    pub(crate) fn remove(&mut self, path: &str) {
        self.content.remove(path);
    }

    /// Notes that a path is a link to another one that is listed.
    pub(crate) fn link(&mut self, path: ProjectPath) {
        self.links.insert(path);
    }

    /// Whether a path is a link to another one that is listed.
    pub(crate) fn is_link(&self, path: &str) -> bool {
        self.links.contains(path)
    }

    /// Notes that a file has no permission to be written.
    pub(crate) fn read_only(&mut self, path: ProjectPath) {
        self.read_only.insert(path);
    }

    /// Whether a file has no permission to be written.
    pub(crate) fn is_read_only(&self, path: &str) -> bool {
        self.read_only.contains(path)
    }

    /// What is at a path.
    pub(crate) fn get(&self, path: &str) -> Option<&OnDisk> {
        self.content.get(path)
    }

    /// The text at a path.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        match self.get(path)? {
            OnDisk::Text(text) => Some(text),
            OnDisk::Bytes(_) => None,
        }
    }

    /// The bytes at a path.
    pub(crate) fn bytes(&self, path: &str) -> Option<&[u8]> {
        Some(match self.get(path)? {
            OnDisk::Text(text) => text.as_bytes(),
            OnDisk::Bytes(bytes) => bytes,
        })
    }

    /// All texts, by path.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&ProjectPath, &str)> {
        self.content.iter().filter_map(|(path, content)| match content {
            OnDisk::Text(text) => Some((path, text.as_str())),
            OnDisk::Bytes(_) => None,
        })
    }
}
