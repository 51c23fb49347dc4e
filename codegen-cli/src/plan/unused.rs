//! What a project leaves out of the tested lock file.

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
    /// Only in projects with this way of compiling.
    codegen: Option<String>,
}

impl Unused {
    /// Reads the list, as far as it concerns projects with this way of compiling.
    ///
    /// # Errors
    /// When it is not such a list.
    pub(crate) fn parse(text: &str, codegen: &str) -> Result<Self, toml_edit::de::Error> {
        let mut list: Self = toml_edit::de::from_str(text)?;
        list.unused.retain(|entry| entry.codegen.as_deref().is_none_or(|only| only == codegen));
        Ok(list)
    }

    /// Whether a package's dependency is one of these: by its name, or, where the lock file has several of that name, by
    /// name and version.
    pub(crate) fn has(&self, package: &str, dependency: &str) -> bool {
        let mut entries = self.unused.iter().filter(|entry| entry.package == package);
        entries.any(|entry| entry.dependencies.iter().any(|name| name == dependency))
    }
}
