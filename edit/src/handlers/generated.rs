//! The names that the generated crate exports, by module.

use std::collections::{BTreeMap, BTreeSet};

use super::scope::{plain, segments};

/// What the generated crate exports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GeneratedNames {
    /// The crate: `hello_generated`.
    root: String,
    /// The names in each module, by its path below the root.
    modules: BTreeMap<Vec<String>, BTreeSet<String>>,
}

impl GeneratedNames {
    /// A crate that exports nothing yet.
    pub fn new(root: &str) -> Self {
        Self { root: plain(root).to_owned(), ..Self::default() }
    }

    /// Adds a type, trait or constant, also what is generated for a service, such as `EchoServer`; `path` begins below the root: `api::Request`.
    pub fn insert(&mut self, path: &str) {
        let mut module = segments(path);
        if let Some(name) = module.pop() {
            self.modules.entry(module).or_default().insert(name);
        }
    }

    /// The crate's name in Rust.
    pub(super) fn root(&self) -> &str {
        &self.root
    }

    /// Whether something has this full path; `None` if the path is not one of this crate, or can't be decided.
    pub(super) fn has(&self, path: &[String]) -> Option<bool> {
        let (root, path) = path.split_first()?;
        if *root != self.root {
            return None;
        }
        let (name, module) = path.split_last()?;
        if self.is_module(path) {
            return Some(true);
        }
        match self.modules.get(module) {
            Some(names) if names.contains(name) => Some(true),
            // A leading underscore is volplane's own.
            Some(_) if name.starts_with('_') => None,
            Some(_) => Some(false),
            None => (!self.leads_to_type(module)).then_some(false).filter(|_| !self.modules.is_empty()),
        }
    }

    /// Where a name is now, if it is in one module only.
    pub(super) fn moved(&self, name: &str) -> Option<String> {
        let mut found = self.modules.iter().filter(|(_, names)| names.contains(name)).map(|(module, _)| module);
        let module = found.next().filter(|_| found.next().is_none())?;
        let segments = std::iter::once(self.root.as_str()).chain(module.iter().map(String::as_str)).chain([name]);
        Some(segments.collect::<Vec<_>>().join("::"))
    }

    /// Whether any module has something of this name.
    pub(super) fn has_name(&self, name: &str) -> bool {
        self.modules.values().any(|names| names.contains(name))
    }

    fn is_module(&self, path: &[String]) -> bool {
        self.modules.keys().any(|module| module.starts_with(path))
    }

    /// Whether what looks like a module is a type: `Request::default`, `Status::OK`. A leading underscore is volplane's own.
    fn leads_to_type(&self, module: &[String]) -> bool {
        module.first().is_some_and(|first| first.starts_with('_'))
            || (1..=module.len()).any(|end| {
                let (before, rest) = module.split_at(end - 1);
                rest.first().is_some_and(|name| self.modules.get(before).is_some_and(|names| names.contains(name)))
                    || rest.first().is_some_and(|name| name.starts_with(char::is_uppercase))
            })
    }
}
