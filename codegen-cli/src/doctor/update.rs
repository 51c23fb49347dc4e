//! A project's files, compared with what an update would write: its vendored crates, versions and handlers.

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{DocumentMut, Item};
use volplane_edit::newlines::Newlines;

use super::{Finding, Subject};
use crate::exit::Exit;
use crate::plan::{NewFile, is_vendored};
use crate::project_path::ProjectPath;
use crate::summary::count;
use crate::update::report::KeepReason;
use crate::update::tree::Tree;
use crate::update::{Event, EventLevel, Tense};
use crate::update_run::Planned;

/// What an update would do.
#[derive(Debug, Default)]
pub(crate) struct UpdateFacts {
    /// The services, as the IDL names them.
    services: Vec<String>,
    /// The vendored crates; `None` if the project has none.
    vendored: Option<VendoredFacts>,
    /// Versions that are not those that volplane was tested with.
    untested: Vec<UntestedVersion>,
    /// How many versions were compared.
    compared: usize,
    /// Whether an update would leave nothing to the user.
    is_settled: bool,
    /// How many files would change, those of the vendored crates aside.
    changes: usize,
    /// What an update would leave to the user.
    events: Vec<Event>,
}

/// The files of the vendored crates, by what is wrong with them.
#[derive(Debug, Default, PartialEq, Eq)]
struct VendoredFacts {
    /// All that there should be.
    files: usize,
    /// They are not there.
    missing: Vec<String>,
    /// The user edited them.
    edited: Vec<String>,
    /// Another version or other settings of volplane wrote them.
    stale: usize,
}

/// A dependency in another version than the tested one.
#[derive(Debug, PartialEq, Eq)]
struct UntestedVersion {
    name: String,
    version: String,
    tested: String,
}

impl UpdateFacts {
    /// What a planned update says of the project. Files with conflict markers are left to `markers`.
    pub(crate) fn of(planned: &Planned, markers: &[(String, usize)]) -> Self {
        let Planned { events, services, rendered, changes, tree, .. } = planned;
        let tested = rendered.iter().find(|file| file.path == "Cargo.toml").map_or("", |file| file.text.as_str());
        let (untested, compared) = untested(tested, tree.text("Cargo.toml").unwrap_or_default());
        let has_markers = |path: &str| markers.iter().any(|(other, _)| other == path);
        let is_for_the_user = |event: &&Event| match event {
            // Told with the lock, the vendored crates and the markers.
            Event::Lock { .. } => false,
            Event::Kept { path, reason: KeepReason::EditedOwn } => !is_vendored(path),
            Event::ParseFailed { path, .. } | Event::Unresolved { path, .. } => !has_markers(path),
            event => event.level() == EventLevel::ActionRequired,
        };
        Self {
            services: services.clone(),
            vendored: vendored(rendered, tree, changes),
            untested,
            compared,
            is_settled: planned.exit() == Exit::Success,
            changes: changes.keys().filter(|path| **path != *crate::record::FILE && !is_vendored(path)).count(),
            events: events.iter().filter(is_for_the_user).cloned().collect(),
        }
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.files().into_iter().collect();
        findings.extend(self.vendored.iter().flat_map(VendoredFacts::findings));
        findings.extend(self.dependencies());
        findings.extend(self.events.iter().map(event));
        let is_handled = !findings.iter().any(|finding| finding.subject == Subject::Handlers);
        if is_handled && !self.services.is_empty() {
            let message = format!("every service has a complete handler: {}", self.services.join(", "));
            findings.push(Finding::ok(Subject::Handlers, message));
        }
        findings
    }

    fn files(&self) -> Option<Finding> {
        if self.changes == 0 {
            let message = "the project matches its IDL and volplane.toml";
            return self.is_settled.then(|| Finding::ok(Subject::Files, message));
        }
        let message = format!("an update would change {}", count(self.changes, "file"));
        let help = "`volplane update --diff` shows the changes, `volplane update` makes them";
        Some(Finding::warning(Subject::Files, message, help))
    }

    fn dependencies(&self) -> Vec<Finding> {
        if self.untested.is_empty() {
            let message = format!("{} in Cargo.toml as tested with this volplane", count(self.compared, "version"));
            return if self.compared == 0 { Vec::new() } else { vec![Finding::ok(Subject::Dependencies, message)] };
        }
        let finding = |UntestedVersion { name, version, tested }: &UntestedVersion| {
            let message = format!("Cargo.toml asks for {name} {version}, and this volplane was tested with {tested}");
            let help = format!("set it to \"{tested}\" in [workspace.dependencies]");
            // An exact version is asked for where another one may not compile.
            if tested.starts_with('=') {
                Finding::error(Subject::Dependencies, message, help)
            } else {
                Finding::warning(Subject::Dependencies, message, help)
            }
        };
        self.untested.iter().map(finding).collect()
    }
}

impl VendoredFacts {
    fn findings(&self) -> Vec<Finding> {
        const UPDATE: &str = "run `volplane update`";
        let mut findings = Vec::new();
        if let Some(first) = self.missing.first() {
            let message = format!("missing in runtime/: {first}{}", more(&self.missing));
            findings.push(Finding::error(Subject::Runtime, message, UPDATE));
        }
        if self.stale > 0 {
            let are = if self.stale == 1 { "is" } else { "are" };
            let message = format!("{} in runtime/ {are} not as this volplane writes them", count(self.stale, "file"));
            findings.push(Finding::warning(Subject::Runtime, message, UPDATE));
        }
        if let Some(first) = self.edited.first() {
            let message = format!("edited in runtime/, and left by updates: {first}{}", more(&self.edited));
            let help = "delete what you do not want to keep, then run `volplane update`";
            findings.push(Finding::warning(Subject::Runtime, message, help));
        }
        if findings.is_empty() {
            let message = format!("runtime/ is as this volplane writes it ({})", count(self.files, "file"));
            findings.push(Finding::ok(Subject::Runtime, message));
        }
        findings
    }
}

fn more(paths: &[String]) -> String {
    match paths.len() {
        0 | 1 => String::new(),
        len => format!(" and {} more", len - 1),
    }
}

fn event(event: &Event) -> Finding {
    let text = event.text(Tense::Would);
    let finding = |subject, level| Finding { subject, level, message: text.clone(), help: None };
    use super::FindingLevel::{Error, Warning};
    match event {
        Event::ParseFailed { .. } => {
            let help = "make it valid Rust, then run `volplane update`";
            Finding::error(Subject::Handlers, text, help)
        }
        // Nothing is in conflict yet.
        Event::Conflict { .. } => finding(Subject::Files, Warning),
        Event::Unresolved { .. } => finding(Subject::Conflicts, Error),
        Event::Kept { .. } => finding(Subject::Files, Error),
        _ => finding(Subject::Handlers, Error),
    }
}

/// Compares the vendored crates with what an update would write.
fn vendored(
    rendered: &[NewFile],
    tree: &Tree,
    changes: &BTreeMap<ProjectPath, Option<String>>,
) -> Option<VendoredFacts> {
    let wanted: Vec<&NewFile> = rendered.iter().filter(|file| is_vendored(&file.path)).collect();
    if wanted.is_empty() {
        return None;
    }
    let mut facts = VendoredFacts { files: wanted.len(), ..VendoredFacts::default() };
    for file in &wanted {
        let is_same = || tree.text(&file.path).is_some_and(|text| Newlines::of(text).plain(text) == file.text);
        match tree.get(&file.path) {
            None => facts.missing.push(file.path.to_string()),
            Some(_) if changes.contains_key(&file.path) => facts.stale += 1,
            Some(_) if !is_same() => facts.edited.push(file.path.to_string()),
            Some(_) => {}
        }
    }
    let names: BTreeSet<&str> = wanted.iter().map(|file| file.path.as_str()).collect();
    facts.stale += changes.keys().filter(|path| is_vendored(path) && !names.contains(path.as_str())).count();
    Some(facts)
}

/// The dependencies of a workspace in other versions than the tested ones, and how many were compared. A manifest that is
/// not TOML has none: cargo explains it.
fn untested(tested: &str, yours: &str) -> (Vec<UntestedVersion>, usize) {
    let (tested, yours) = (versions(tested), versions(yours));
    let both = tested.iter().filter_map(|(name, tested)| Some((name, tested, yours.get(name)?)));
    let found = both.clone().filter(|(_, tested, version)| tested != version);
    let untested = found.map(|(name, tested, version)| UntestedVersion {
        name: name.clone(),
        version: version.clone(),
        tested: tested.clone(),
    });
    (untested.collect(), both.count())
}

/// The versions in `[workspace.dependencies]`.
fn versions(manifest: &str) -> BTreeMap<String, String> {
    let Ok(manifest) = manifest.parse::<DocumentMut>() else { return BTreeMap::new() };
    let table = manifest.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    let version = |item: &Item| item.as_str().or_else(|| item.get("version")?.as_str()).map(str::to_owned);
    let entries = table.and_then(Item::as_table_like).into_iter().flat_map(|table| table.iter());
    entries.filter_map(|(name, item)| Some((name.to_owned(), version(item)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Policy;

    fn text(findings: &[Finding]) -> String {
        let lines: Vec<String> =
            findings.iter().map(|finding| format!("{} {}", finding.level.verb(), finding.text())).collect();
        lines.join("\n")
    }

    #[test]
    fn versions_that_were_not_tested_are_found() {
        let tested = "[workspace.dependencies]\nours = { path = \"x\" }\npilota = \"=0.13.1\"\ntokio = { version = \"1.54.1\" }\nvolo = \"0.12.4\"\n";
        let yours = tested.replace("=0.13.1", "=0.13.0").replace("1.54.1", "1.50") + "serde = \"1\"\n";
        let (untested, compared) = untested(tested, &yours);
        let facts = UpdateFacts { untested, compared, ..UpdateFacts::default() };
        insta::assert_snapshot!(text(&facts.dependencies()), @r#"
        Error Cargo.toml asks for pilota =0.13.0, and this volplane was tested with =0.13.1: set it to "=0.13.1" in [workspace.dependencies]
        Warning Cargo.toml asks for tokio 1.50, and this volplane was tested with 1.54.1: set it to "1.54.1" in [workspace.dependencies]
        "#);
        let (untested, compared) = super::untested(tested, tested);
        let facts = UpdateFacts { untested, compared, ..UpdateFacts::default() };
        insta::assert_snapshot!(text(&facts.dependencies()), @"Ok 3 versions in Cargo.toml as tested with this volplane");
        assert_eq!(super::untested(tested, "[[[ no TOML").1, 0);
    }

    #[test]
    fn vendored_files_are_missing_stale_or_edited() {
        let file = |name: &'static str| NewFile {
            path: ProjectPath::known(name),
            text: format!("{name}\n"),
            policy: Policy::Overwrite,
        };
        let names = ["runtime/a.rs", "runtime/b.rs", "runtime/c.rs", "runtime/d.rs", "src/e.rs"];
        let rendered = names.map(file);
        let mut tree = Tree::default();
        for (name, text) in [("runtime/a.rs", "runtime/a.rs\r\n"), ("runtime/b.rs", "old"), ("runtime/c.rs", "mine")] {
            tree.insert(ProjectPath::known(name), text.into());
        }
        let stale = [("runtime/b.rs", Some("new".to_owned())), ("runtime/gone.rs", None), ("src/e.rs", None)];
        let changes = stale.map(|(name, text)| (ProjectPath::known(name), text)).into();
        let facts = vendored(&rendered, &tree, &changes);
        let expected = VendoredFacts {
            files: 4,
            missing: vec!["runtime/d.rs".into()],
            edited: vec!["runtime/c.rs".into()],
            stale: 2,
        };
        assert_eq!(facts, Some(expected));
        insta::assert_snapshot!(text(&facts.map(|facts| facts.findings()).unwrap_or_default()), @"
        Error missing in runtime/: runtime/d.rs: run `volplane update`
        Warning 2 files in runtime/ are not as this volplane writes them: run `volplane update`
        Warning edited in runtime/, and left by updates: runtime/c.rs: delete what you do not want to keep, then run `volplane update`
        ");
        assert_eq!(vendored(&rendered[4..], &tree, &changes), None);
    }
}
