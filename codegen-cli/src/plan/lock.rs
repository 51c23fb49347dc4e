//! A project's Cargo.lock: the versions that volplane itself was tested with, as far as the project reaches them.

mod tested;
mod upgrade;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use thiserror::Error;

use super::unused::Unused;
use crate::version::{Version, series};
use tested::LockedPackage;
pub(crate) use upgrade::{LockUpgrade, upgrade};

/// The lock file that is part of the command can't be used: a defect of this build.
#[derive(Debug, Error)]
pub(crate) enum CargoLockError {
    /// Not a lock file as cargo writes it.
    #[error("volplane's own Cargo.lock can't be parsed: unexpected form in line {line}")]
    Form {
        /// Counted from 1.
        line: usize,
    },
    /// Not the list beside it.
    #[error("volplane's own templates/lock.toml can't be read")]
    Toml(#[from] toml_edit::de::Error),
    /// A dependency that is not in it.
    #[error("volplane's own Cargo.lock has no {0}")]
    Missing(String),
}

/// A package of the project.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    /// Its name.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// Its direct dependencies.
    pub(crate) dependencies: BTreeSet<String>,
    /// Whether it has an entry; one that cargo fetches from elsewhere gets it from cargo, its dependencies are pinned all the same.
    pub(crate) listed: bool,
}

/// Name and version.
type Id = (String, Version);

/// Writes the lock file of a project with these packages. `required` has the version of a dependency that the workspace
/// asks for.
///
/// # Errors
/// When a dependency is not in `tested`.
pub(crate) fn lock(
    tested: &str,
    locals: &[Local],
    unused: &Unused,
    required: impl Fn(&str) -> Option<String>,
) -> Result<String, CargoLockError> {
    let packages = tested::packages(tested)?;
    let mut index = Index::new();
    for package in &packages {
        index.entry(package.name).or_default().insert(Version::new(package.version), package);
    }
    // What a package switches on in another is known when all packages are: each round finds more, or is the last.
    let mut present: BTreeSet<String> = locals.iter().map(|local| local.name.clone()).collect();
    loop {
        let entries =
            reach(&index, locals, |package, dependency| unused.has(package, dependency, &present), &required)?;
        let before = present.len();
        present.extend(entries.keys().map(|(name, _)| name.clone()));
        if present.len() == before {
            return Ok(write(&entries));
        }
    }
}

/// The tested packages by their names and versions.
type Index<'a> = BTreeMap<&'a str, BTreeMap<Version, &'a LockedPackage<'a>>>;

/// A lock file's packages, each with what it needs.
type Entries<'a> = BTreeMap<Id, (Option<&'a LockedPackage<'a>>, BTreeSet<Id>)>;

/// The packages that these need, directly or not.
fn reach<'a>(
    index: &Index<'a>,
    locals: &[Local],
    is_unused: impl Fn(&str, &str) -> bool,
    required: impl Fn(&str) -> Option<String>,
) -> Result<Entries<'a>, CargoLockError> {
    let local = |name: &str| locals.iter().find(|local| local.name == name);

    let mut entries = Entries::new();
    let mut waiting: Vec<Id> = Vec::new();
    for Local { name, version, dependencies, listed } in locals {
        let mut ids = BTreeSet::new();
        for dependency in dependencies {
            if let Some(other) = local(dependency) {
                if other.listed {
                    ids.insert((other.name.clone(), Version::new(&other.version)));
                }
                continue;
            }
            let id = choose(index, dependency, required(dependency).as_deref())?;
            waiting.push(id.clone());
            ids.insert(id);
        }
        if *listed {
            entries.insert((name.clone(), Version::new(version)), (None, ids));
        }
    }
    while let Some(id) = waiting.pop() {
        if entries.contains_key(&id) {
            continue;
        }
        let package = index.get(id.0.as_str()).and_then(|versions| versions.get(&id.1));
        let package = *package.ok_or_else(|| CargoLockError::Missing(format!("{} {}", id.0, id.1)))?;
        let mut ids = BTreeSet::new();
        for text in &package.dependencies {
            let mut words = text.split(' ');
            let name = words.next().unwrap_or_default();
            if is_unused(package.name, name) || is_unused(package.name, text) {
                continue;
            }
            let id = match words.next() {
                Some(version) => (name.to_owned(), Version::new(version)),
                None => choose(index, name, None)?,
            };
            waiting.push(id.clone());
            ids.insert(id);
        }
        entries.insert(id, (Some(package), ids));
    }
    Ok(entries)
}

/// The tested package of this name; of several versions, the one that the requirement allows.
fn choose(index: &Index<'_>, name: &str, required: Option<&str>) -> Result<Id, CargoLockError> {
    let mut found: Vec<&Version> = index.get(name).into_iter().flat_map(BTreeMap::keys).collect();
    if let (true, Some(required)) = (found.len() > 1, required) {
        found.retain(|version| series(version.text()) == series(required.trim_start_matches(['=', '^', '~'])));
    }
    let version = *found.last().ok_or_else(|| CargoLockError::Missing(name.to_owned()))?;
    Ok((name.to_owned(), version.clone()))
}

fn write(entries: &Entries<'_>) -> String {
    let mut versions: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, _) in entries.keys() {
        *versions.entry(name).or_default() += 1;
    }
    let mut out = String::from(
        "# This file is automatically @generated by Cargo.\n# It is not intended for manual editing.\nversion = 4\n",
    );
    // Writing to a string does not fail.
    for ((name, version), (package, dependencies)) in entries {
        let _ = write!(out, "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n");
        if let Some(source) = package.and_then(|package| package.source) {
            let _ = writeln!(out, "source = \"{source}\"");
        }
        if let Some(checksum) = package.and_then(|package| package.checksum) {
            let _ = writeln!(out, "checksum = \"{checksum}\"");
        }
        if dependencies.is_empty() {
            continue;
        }
        out.push_str("dependencies = [\n");
        for (name, version) in dependencies {
            let _ = match versions.get(name.as_str()) {
                // cargo names the version only where a name alone is not enough.
                Some(1) => writeln!(out, " \"{name}\","),
                _ => writeln!(out, " \"{name} {version}\","),
            };
        }
        out.push_str("]\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TESTED: &str = r#"
version = 4

[[package]]
name = "a"
version = "1.0.0"
source = "registry"
checksum = "aa"
dependencies = [
 "b 0.2.9",
 "c",
]

[[package]]
name = "b"
version = "0.2.9"
source = "registry"

[[package]]
name = "b"
version = "0.3.1"
source = "registry"

[[package]]
name = "c"
version = "2.0.0"
source = "registry"

[[package]]
name = "unreached"
version = "2.0.0"
source = "registry"
"#;

    fn local(name: &str, dependencies: &[&str], listed: bool) -> Local {
        let dependencies = dependencies.iter().map(|name| (*name).to_owned()).collect();
        Local { name: name.to_owned(), version: "0.1.0".to_owned(), dependencies, listed }
    }

    #[test]
    fn only_what_is_reached_is_locked() -> Result<(), CargoLockError> {
        let text = lock(
            TESTED,
            &[local("hello-cmd", &["a", "run"], true), local("run", &["c"], true)],
            &Unused::default(),
            |_| None,
        )?;
        insta::assert_snapshot!(text, @r#"
        # This file is automatically @generated by Cargo.
        # It is not intended for manual editing.
        version = 4

        [[package]]
        name = "a"
        version = "1.0.0"
        source = "registry"
        checksum = "aa"
        dependencies = [
         "b",
         "c",
        ]

        [[package]]
        name = "b"
        version = "0.2.9"
        source = "registry"

        [[package]]
        name = "c"
        version = "2.0.0"
        source = "registry"

        [[package]]
        name = "hello-cmd"
        version = "0.1.0"
        dependencies = [
         "a",
         "run",
        ]

        [[package]]
        name = "run"
        version = "0.1.0"
        dependencies = [
         "c",
        ]
        "#);
        Ok(())
    }

    #[test]
    fn of_several_versions_the_required_one_is_taken() -> Result<(), CargoLockError> {
        let text = lock(TESTED, &[local("x", &["b"], true)], &Unused::default(), |_| Some("=0.2.1".to_owned()))?;
        assert!(text.contains("version = \"0.2.9\"") && !text.contains("0.3.1"), "{text}");
        assert!(matches!(
            lock(TESTED, &[local("x", &["nope"], true)], &Unused::default(), |_| None),
            Err(CargoLockError::Missing(_))
        ));
        Ok(())
    }

    #[test]
    fn a_package_from_elsewhere_has_no_entry_but_its_dependencies_do() -> Result<(), CargoLockError> {
        let text =
            lock(TESTED, &[local("x", &["run"], true), local("run", &["c"], false)], &Unused::default(), |_| None)?;
        assert!(text.contains("\"c\"") && !text.contains("\"run\""), "{text}");
        Ok(())
    }

    #[test]
    fn what_a_project_does_not_switch_on_is_left_out() -> Result<(), CargoLockError> {
        let unused = Unused::parse("[[unused]]\npackage = \"a\"\ndependencies = [\"b\"]\nwithout = \"unreached\"\n")?;
        let has_b = |needs: &[&str]| -> Result<bool, CargoLockError> {
            Ok(lock(TESTED, &[local("x", needs, true)], &unused, |_| None)?.contains("name = \"b\""))
        };
        assert_eq!((has_b(&["a"])?, has_b(&["a", "unreached"])?), (false, true));
        Ok(())
    }
}
