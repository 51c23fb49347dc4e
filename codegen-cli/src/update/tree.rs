//! The files of a project as they were read.

use std::collections::{BTreeMap, BTreeSet};

/// What is on the disk, by path; what is not listed is not there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    content: BTreeMap<String, OnDisk>,
    links: BTreeSet<String>,
}

/// A path's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OnDisk {
    /// A text.
    Text(String),
    /// A file that is no UTF-8.
    Bytes(Vec<u8>),
}

impl Tree {
    /// Notes a file.
    pub(crate) fn insert(&mut self, path: impl Into<String>, content: Vec<u8>) {
        let content = String::from_utf8(content).map_or_else(|error| OnDisk::Bytes(error.into_bytes()), OnDisk::Text);
        self.content.insert(path.into(), content);
    }

    /// Forgets a file.
    pub(crate) fn remove(&mut self, path: &str) {
        self.content.remove(path);
    }

    /// Notes that a path is a link to another one that is listed.
    pub(crate) fn link(&mut self, path: impl Into<String>) {
        self.links.insert(path.into());
    }

    /// Whether a path is a link to another one that is listed.
    pub(crate) fn is_link(&self, path: &str) -> bool {
        self.links.contains(path)
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
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.content.iter().filter_map(|(path, content)| match content {
            OnDisk::Text(text) => Some((path.as_str(), text.as_str())),
            OnDisk::Bytes(_) => None,
        })
    }
}
