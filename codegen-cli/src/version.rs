//! Versions of packages, of volplane and of rustc.

use std::fmt;
use std::str::FromStr;

/// A version, ordered by its numbers as cargo orders them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    numbers: Vec<u64>,
    text: String,
}

impl Version {
    /// Reads a version; one number that is not there, as in `1.95`, is 0.
    pub(crate) fn new(text: &str) -> Self {
        let mut numbers: Vec<u64> = text.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect();
        numbers.resize(numbers.len().max(3), 0);
        Self { numbers, text: text.to_owned() }
    }

    /// The version of this command.
    pub(crate) fn own() -> Self {
        Self::new(env!("CARGO_PKG_VERSION"))
    }

    /// As it is written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether its numbers are lower.
    pub(crate) fn is_older_than(&self, other: &Self) -> bool {
        self.numbers < other.numbers
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (numbers, _) = text.split_once(['-', '+']).unwrap_or((text, ""));
        let is_version = numbers.split('.').all(|part| part.parse::<u64>().is_ok());
        is_version.then(|| Self::new(text)).ok_or_else(|| "expected a version such as 0.1.0".to_owned())
    }
}

/// The part of a version that says what it is compatible with: `1` of 1.2.3, `0.2` of 0.2.3.
pub(crate) fn series(version: &str) -> &str {
    let end = |nth| version.match_indices('.').nth(nth).map_or(version.len(), |(at, _)| at);
    if version.starts_with("0.") { &version[..end(1)] } else { &version[..end(0)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        let older = |a: &str, b: &str| Version::new(a).is_older_than(&Version::new(b));
        assert!(older("1.9.0", "1.10.0") && older("0.0.9", "0.1.0") && older("1.94.9", "1.95"));
        assert!(!older("1.95.0", "1.95") && !older("1.95", "1.95.0") && !older("2.0.0", "1.99.99"));
        assert!("0.1.0-rc.1".parse::<Version>().is_ok() && "v1".parse::<Version>().is_err());
        assert_eq!((series("1.2.3"), series("0.2.3"), series("2")), ("1", "0.2", "2"));
    }
}
