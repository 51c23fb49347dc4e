//! A project's Cargo.lock belongs to the user. This takes it to the tested versions where nothing of the user's is lost.

use std::collections::BTreeMap;

use super::tested::packages;
use crate::version::{Version, series};

/// What an upgrade does with a Cargo.lock.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LockUpgrade {
    /// Nothing: no package is older than the tested one, or it is not in cargo's form, which cargo explains.
    Nothing,
    /// The tested one takes its place.
    Replace,
    /// It stays, because it has packages or newer versions that the tested one lacks. These commands upgrade the others.
    Commands(Vec<String>),
}

/// What to do with a Cargo.lock that the user may have changed.
pub(crate) fn upgrade(yours: &str, tested: &str) -> LockUpgrade {
    let (Ok(yours), Ok(tested)) = (packages(yours), packages(tested)) else { return LockUpgrade::Nothing };
    let known: BTreeMap<(&str, &str), Version> =
        tested.iter().map(|package| ((package.name, series(package.version)), Version::new(package.version))).collect();
    let mut is_of_the_user = false;
    let mut commands = Vec::new();
    for package in &yours {
        let version = Version::new(package.version);
        match known.get(&(package.name, series(package.version))) {
            Some(tested) if version.is_older_than(tested) => {
                commands.push(format!("cargo update -p {}@{version} --precise {tested}", package.name));
            }
            Some(tested) => is_of_the_user |= tested.is_older_than(&version),
            None => is_of_the_user = true,
        }
    }
    match (commands.is_empty(), is_of_the_user) {
        (true, _) => LockUpgrade::Nothing,
        (false, true) => LockUpgrade::Commands(commands),
        (false, false) => LockUpgrade::Replace,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(packages: &[(&str, &str)]) -> String {
        let entry =
            |(name, version): &(&str, &str)| format!("\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n");
        format!("version = 4\n{}", packages.iter().map(entry).collect::<String>())
    }

    #[test]
    fn the_tested_lock_takes_the_place_of_an_older_one_with_the_same_packages() {
        let tested = lock(&[("a", "1.2.0"), ("b", "0.3.1"), ("c", "1.0.0")]);
        let result = |yours: &[(&str, &str)]| upgrade(&lock(yours), &tested);
        assert_eq!(result(&[("a", "1.1.0"), ("b", "0.3.1")]), LockUpgrade::Replace);
        assert_eq!(result(&[("a", "1.2.0"), ("b", "0.3.1")]), LockUpgrade::Nothing);
        let command = || LockUpgrade::Commands(vec!["cargo update -p a@1.1.0 --precise 1.2.0".to_owned()]);
        // A package, another series and a newer version of the user's.
        assert_eq!(result(&[("a", "1.1.0"), ("mine", "1.0.0")]), command());
        assert_eq!(result(&[("a", "1.1.0"), ("b", "0.2.9")]), command());
        assert_eq!(result(&[("a", "1.1.0"), ("c", "1.0.1")]), command());
        assert_eq!(result(&[("mine", "1.0.0")]), LockUpgrade::Nothing);
        assert_eq!(upgrade("<<<<<<< a\n", &tested), LockUpgrade::Nothing);
    }
}
