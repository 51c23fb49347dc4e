//! Which optional dependencies of a project's own packages and of volplane's crates are switched on: cargo locks those.

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{DocumentMut, Item, Value};

use super::lock::Local;
use super::manifests;

/// A package with its manifest.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// Whether it has an entry in the lock file.
    pub(crate) listed: bool,
    /// Whether it belongs to the workspace: cargo locks a member as if all its features were on.
    pub(crate) member: bool,
    dependencies: Vec<Dependency>,
    features: BTreeMap<String, Vec<String>>,
}

#[derive(Clone, Debug)]
struct Dependency {
    /// What features call it.
    key: String,
    /// The package.
    package: String,
    features: Vec<String>,
    default_features: bool,
    optional: bool,
}

impl Package {
    /// Reads a manifest that inherits nothing.
    pub(crate) fn new(name: String, version: String, manifest: &DocumentMut) -> Self {
        let table = manifest.get("features").and_then(Item::as_table_like);
        let features = table.into_iter().flat_map(|table| table.iter());
        Self {
            name,
            version,
            listed: true,
            member: true,
            dependencies: manifests::dependencies(manifest).map(|(key, item)| Dependency::new(key, item)).collect(),
            features: features.map(|(name, item)| (name.to_owned(), texts(Some(item)))).collect(),
        }
    }

    fn position(&self, key: &str) -> Option<usize> {
        self.dependencies.iter().position(|dependency| dependency.key == key)
    }
}

impl Dependency {
    fn new(key: &str, item: &Item) -> Self {
        let flag = |name: &str| item.get(name).and_then(Item::as_bool);
        Self {
            key: key.to_owned(),
            package: item.get("package").and_then(Item::as_str).unwrap_or(key).to_owned(),
            features: texts(item.get("features")),
            default_features: flag("default-features").unwrap_or(true),
            optional: flag("optional").unwrap_or(false),
        }
    }
}

fn texts(item: Option<&Item>) -> Vec<String> {
    let values = item.and_then(Item::as_array).into_iter().flat_map(|array| array.iter());
    values.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The members, and what they reach of the other packages, with the dependencies that they have in a project made of them.
pub(crate) fn locals(packages: &[Package]) -> Vec<Local> {
    let on = SwitchedOn::by(packages);
    let local = |(at, package): (usize, &Package)| {
        let dependencies = package.dependencies.iter().enumerate().filter(|(place, _)| on.dependency(at, *place));
        Local {
            name: package.name.clone(),
            version: package.version.clone(),
            dependencies: dependencies.map(|(_, dependency)| dependency.package.clone()).collect(),
            listed: package.listed,
        }
    };
    packages.iter().enumerate().filter(|(at, _)| on.packages.contains(at)).map(local).collect()
}

/// The features of the package `name` that are switched on in a project made of these packages.
pub(crate) fn of(name: &str, packages: &[Package]) -> BTreeSet<String> {
    let is_it = |at: usize| packages.get(at).is_some_and(|package| package.name == name);
    SwitchedOn::by(packages).features.into_iter().filter(|(at, _)| is_it(*at)).map(|(_, feature)| feature).collect()
}

/// What is switched on, each by the place of its package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct SwitchedOn {
    packages: BTreeSet<usize>,
    features: BTreeSet<(usize, String)>,
    dependencies: BTreeSet<(usize, usize)>,
}

impl SwitchedOn {
    /// By cargo's rules (The Cargo Book, "Features"): goes on until a round adds nothing.
    fn by(packages: &[Package]) -> Self {
        let mut on = Self::default();
        for (at, package) in packages.iter().enumerate().filter(|(_, package)| package.member) {
            on.packages.insert(at);
            on.features.extend(package.features.keys().map(|name| (at, name.clone())));
        }
        loop {
            let mut next = on.clone();
            for &at in &on.packages {
                let Some(package) = packages.get(at) else { continue };
                let places = package.dependencies.iter().enumerate();
                let places = places.filter(|(_, dependency)| package.member || !dependency.optional);
                next.dependencies.extend(places.map(|(place, _)| (at, place)));
            }
            for &(at, place) in &on.dependencies {
                let Some(dependency) = packages.get(at).and_then(|package| package.dependencies.get(place)) else {
                    continue;
                };
                next.packages.extend(packages.iter().position(|other| other.name == dependency.package));
                let default = dependency.default_features.then_some("default");
                for name in dependency.features.iter().map(String::as_str).chain(default) {
                    next.feature_of(packages, &dependency.package, name);
                }
            }
            for (at, name) in &on.features {
                let Some(package) = packages.get(*at) else { continue };
                match package.features.get(name) {
                    Some(values) => values.iter().for_each(|value| next.value(packages, *at, value)),
                    // An optional dependency that no feature names is a feature itself.
                    None => next.value(packages, *at, &format!("dep:{name}")),
                }
            }
            if next == on {
                return on;
            }
            on = next;
        }
    }

    fn dependency(&self, at: usize, place: usize) -> bool {
        self.dependencies.contains(&(at, place))
    }

    fn feature_of(&mut self, packages: &[Package], package: &str, feature: &str) {
        if let Some(at) = packages.iter().position(|other| other.name == package) {
            self.features.insert((at, feature.to_owned()));
        }
    }

    /// What a feature says: `feature`, `dep:name`, `name/feature` or `name?/feature`.
    fn value(&mut self, packages: &[Package], at: usize, value: &str) {
        let Some(package) = packages.get(at) else { return };
        let (key, feature) = match (value.strip_prefix("dep:"), value.split_once('/')) {
            (Some(key), _) => (key, None),
            (None, Some((key, feature))) => (key, Some(feature)),
            (None, None) => {
                self.features.insert((at, value.to_owned()));
                return;
            }
        };
        let Some(place) = package.position(key.trim_end_matches('?')) else { return };
        if !key.ends_with('?') {
            self.dependencies.insert((at, place));
        }
        if let (Some(feature), true, Some(dependency)) =
            (feature, self.dependency(at, place), package.dependencies.get(place))
        {
            self.feature_of(packages, &dependency.package, feature);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = r#"
[features]
default = ["web"]
web = ["dep:tungsten"]
mux = ["dep:yam", "helper?/fast"]
both = ["web", "helper/slow"]

[dependencies]
always = "1"
tungsten = { version = "1", optional = true }
yam = { version = "1", optional = true }
implicit = { version = "1", optional = true }
helper = { path = "../helper", optional = true, default-features = false }
"#;

    const HELPER: &str = r#"
[features]
default = ["dep:usual"]
fast = ["dep:quick"]
slow = []

[dependencies]
usual = { version = "1", optional = true }
quick = { version = "1", optional = true }
renamed = { version = "1", package = "real" }
"#;

    /// What is locked of the crates `run` and `helper`, if a project asks for `run` like this.
    fn locked(asked: &str) -> Result<String, toml_edit::TomlError> {
        let package = |name: &str, text: &str, member| -> Result<Package, toml_edit::TomlError> {
            Ok(Package { member, ..Package::new(name.to_owned(), "0.1.0".to_owned(), &text.parse()?) })
        };
        let cmd = format!("[dependencies]\nrun = {{ path = \"run\"{asked} }}");
        let packages = [package("cmd", &cmd, true)?, package("run", RUN, false)?, package("helper", HELPER, false)?];
        let locals = locals(&packages);
        let of = |local: &Local| local.dependencies.iter().cloned().collect::<Vec<_>>().join(" ");
        Ok(locals.iter().skip(1).map(of).collect::<Vec<_>>().join(" | "))
    }

    #[test]
    fn only_what_is_asked_for_is_switched_on() -> Result<(), toml_edit::TomlError> {
        let asked = [
            "",
            ", default-features = false",
            ", default-features = false, features = [\"mux\"]",
            ", features = [\"mux\", \"both\"]",
            ", features = [\"implicit\"]",
        ];
        let locked: Vec<String> = asked.into_iter().map(locked).collect::<Result<_, _>>()?;
        insta::assert_snapshot!(locked.join("\n"), @"
        always tungsten
        always
        always yam
        always helper tungsten yam | quick real
        always implicit tungsten
        ");
        Ok(())
    }

    #[test]
    fn a_member_has_all_its_features() -> Result<(), toml_edit::TomlError> {
        let package = Package::new("run".to_owned(), "0.1.0".to_owned(), &RUN.parse()?);
        let names: Vec<String> = locals(&[package]).into_iter().flat_map(|local| local.dependencies).collect();
        assert_eq!(names, ["always", "helper", "implicit", "tungsten", "yam"]);
        Ok(())
    }
}
