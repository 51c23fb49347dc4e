//! The folder that holds the package of the programs.

use std::str::FromStr;

use thiserror::Error;

/// What other folders of a project are called.
const TAKEN: [&str; 5] = ["generated", "idl", "runtime", "target", "tests"];

/// A folder in the root of the project, with the package of the handlers and programs: one name, such as `cmd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PackageDir(String);

impl PackageDir {
    /// The name of the folder where volplane.toml does not say otherwise.
    pub(crate) const DEFAULT: &str = "cmd";

    /// The name.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for PackageDir {
    fn default() -> Self {
        Self(Self::DEFAULT.to_owned())
    }
}

/// A text that can't be the name of the programs' folder.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum PackageDirError {
    /// A path, a hidden folder, or a name that some system or cargo understands in another way.
    #[error(
        "expected the name of a directory in the project's root, of ASCII letters, digits, `-` and `_`, found `{0}`"
    )]
    Name(String),
    /// Another folder has that name.
    #[error("the programs can't be in `{0}`, which the project uses for something else; choose another name")]
    Taken(String),
}

impl FromStr for PackageDir {
    type Err = PackageDirError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if text.is_empty() || text.starts_with('-') || !text.chars().all(is_plain) {
            return Err(PackageDirError::Name(text.to_owned()));
        }
        if TAKEN.iter().any(|taken| taken.eq_ignore_ascii_case(text)) {
            return Err(PackageDirError::Taken(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_one_name_that_nothing_else_has() {
        for good in ["cmd", "server", "my-service_2", "Programs"] {
            assert_eq!(good.parse(), Ok(PackageDir(good.to_owned())));
        }
        for bad in ["", ".", "..", ".hidden", "a/b", "a\\b", "C:", "-x", "a*", "größe", "a b"] {
            assert_eq!(bad.parse::<PackageDir>(), Err(PackageDirError::Name(bad.to_owned())));
        }
        for taken in ["generated", "idl", "runtime", "target", "tests", "Target"] {
            assert_eq!(taken.parse::<PackageDir>(), Err(PackageDirError::Taken(taken.to_owned())));
        }
    }
}
