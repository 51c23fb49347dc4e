//! What a project leaves out of the tested lock file.

use std::collections::BTreeSet;

use serde::Deserialize;

/// Dependencies that the tested lock file has and a project does not need: templates/lock.toml says why.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unused {
    #[serde(default)]
    unused: Vec<UnusedDependencies>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnusedDependencies {
    package: String,
    dependencies: Vec<String>,
    /// Only in projects without this package.
    without: Option<String>,
}

impl Unused {
    /// Reads the list.
    ///
    /// # Errors
    /// When it is not such a list.
    pub(crate) fn parse(text: &str) -> Result<Self, toml_edit::de::Error> {
        toml_edit::de::from_str(text)
    }

    /// Whether a package's dependency is one of these, in a project with the packages `present`: by its name, or, where the
    /// lock file has several of that name, by name and version.
    pub(crate) fn has(&self, package: &str, dependency: &str, present: &BTreeSet<String>) -> bool {
        let applies = |without: &Option<String>| without.as_ref().is_none_or(|name| !present.contains(name));
        let mut entries = self.unused.iter().filter(|entry| entry.package == package && applies(&entry.without));
        entries.any(|entry| entry.dependencies.iter().any(|name| name == dependency))
    }
}
