//! What `build.rs` put into the command, by its path in volplane's repository.

use std::collections::BTreeSet;

/// Every embedded file, sorted by path.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The sources of the crates that projects get copies of, sorted by path.
const SOURCES: &[Source] = include!(concat!(env!("OUT_DIR"), "/vendored.rs"));

/// A file of a crate that projects get copies of.
struct Source {
    /// Its path in volplane's repository.
    path: &'static str,
    text: &'static str,
    /// When the crate has the file.
    when: When,
    /// Items, from where to where, that are left out unless their condition holds: in the order of the text.
    cuts: &'static [(usize, usize, When)],
}

/// A condition on the cargo features of a crate.
enum When {
    Feature(&'static str),
    Not(&'static When),
    All(&'static [When]),
    Any(&'static [When]),
}

impl When {
    fn holds(&self, features: &BTreeSet<String>) -> bool {
        match self {
            Self::Feature(name) => features.contains(*name),
            Self::Not(part) => !part.holds(features),
            Self::All(parts) => parts.iter().all(|part| part.holds(features)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(features)),
        }
    }
}

/// The sources of the crate in a folder, as far as they are compiled with these features, by their paths in volplane's
/// repository.
pub(crate) fn sources(folder: &str, features: &BTreeSet<String>) -> impl Iterator<Item = (&'static str, String)> {
    let in_folder = move |path: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    let sources = SOURCES.iter().filter(move |source| in_folder(source.path) && source.when.holds(features));
    sources.map(|source| (source.path, source.text(features)))
}

impl Source {
    fn text(&self, features: &BTreeSet<String>) -> String {
        let mut text = String::new();
        let mut at = 0;
        for (start, end, _) in self.cuts.iter().filter(|(_, _, when)| !when.holds(features)) {
            // build.rs has measured this very text; of an item in one that is cut nothing is left to cut.
            text.push_str(self.text.get(at..*start).unwrap_or_default());
            at = at.max(*end);
        }
        text.push_str(self.text.get(at..).unwrap_or_default());
        text
    }
}

/// The text of a file.
///
/// # Errors
/// When the file is not embedded, which is a defect of this build.
pub(crate) fn file(path: &str) -> Result<&'static str, Missing> {
    FILES.iter().find(|(name, _)| *name == path).map(|(_, text)| *text).ok_or_else(|| Missing(path.to_owned()))
}

/// The files in a folder, at any depth, by their path in it.
pub(crate) fn folder(path: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().filter_map(move |(name, text)| Some((name.strip_prefix(path)?.strip_prefix('/')?, *text)))
}

/// A file that this build of the command should hold.
#[derive(Debug, thiserror::Error)]
#[error("this build of volplane lacks {0}")]
pub(crate) struct Missing(String);
