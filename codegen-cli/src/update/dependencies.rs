//! Dependencies that volplane's own files need no more, and the user's still use: they stay in the manifests.

use toml_edit::{DocumentMut, Item, TableLike};

use super::files::Files;
use crate::plan::NewFile;

/// Where a manifest lists dependencies.
const TABLES: [&[&str]; 4] =
    [&["dependencies"], &["dev-dependencies"], &["build-dependencies"], &["workspace", "dependencies"]];

/// A manifest as volplane would make it, with the dependencies that it had, has still, and that are used. All other files,
/// and the manifests of the packages if this is the workspace's, are brought up already.
pub(super) fn with_used(files: &Files<'_>, manifest: &NewFile) -> Option<NewFile> {
    let yours: DocumentMut = files.text(&manifest.path)?.parse().ok()?;
    let mut made = manifest.clone();
    for base in files.bases(&manifest.path) {
        let (Ok(before), Ok(now)) = (base.parse::<DocumentMut>(), made.text.parse::<DocumentMut>()) else { continue };
        for path in TABLES {
            let Some((old, mine)) = table(&before, path).zip(table(&yours, path)) else { continue };
            let is_left_out = |name: &str| table(&now, path).is_none_or(|table| !table.contains_key(name));
            for (name, _) in old.iter().filter(|(name, _)| is_left_out(name) && mine.contains_key(name)) {
                // A crate of the project's own goes with its folder.
                let is_used = if is_of_the_project(files, old, name) {
                    false
                } else if path.len() > 1 {
                    is_inherited(files, name)
                } else {
                    is_named(files, &manifest.path, &name.replace('-', "_"))
                };
                let restored = is_used.then(|| restore(base, &made.text, name)).flatten();
                // The text is taken only if it lists the dependency where it was.
                let is_there = |text: &String| {
                    let document = text.parse::<DocumentMut>().ok();
                    document
                        .is_some_and(|document| table(&document, path).is_some_and(|table| table.contains_key(name)))
                };
                if let Some(text) = restored.filter(is_there) {
                    made.text = text;
                }
            }
        }
    }
    (made.text != manifest.text).then_some(made)
}

fn table<'d>(document: &'d DocumentMut, path: &[&str]) -> Option<&'d dyn TableLike> {
    let mut item: &Item = document.as_item();
    for key in path {
        item = item.get(key)?;
    }
    item.as_table_like()
}

/// Whether a dependency is on a folder, in its manifest or in the workspace's.
fn is_of_the_project(files: &Files<'_>, listed: &dyn TableLike, name: &str) -> bool {
    let has_path = |table: &dyn TableLike| table.get(name).is_some_and(|item| item.get("path").is_some());
    let workspace = || files.text("Cargo.toml").and_then(|text| text.parse::<DocumentMut>().ok());
    has_path(listed)
        || workspace().is_some_and(|document| table(&document, &["workspace", "dependencies"]).is_some_and(has_path))
}

/// Whether a package's manifest takes a dependency from the workspace.
fn is_inherited(files: &Files<'_>, name: &str) -> bool {
    let inherits = |item: &Item| item.get("workspace").and_then(Item::as_bool) == Some(true);
    let lists = |text: &str| {
        let Ok(document) = text.parse::<DocumentMut>() else { return false };
        let own = TABLES.iter().filter(|path| path.len() == 1).filter_map(|path| table(&document, path));
        let targets = table(&document, &["target"]);
        let targets = targets.iter().flat_map(|targets| targets.iter());
        let of_targets = targets.flat_map(|(_, target)| {
            TABLES.iter().filter_map(|path| target.get(path.first()?).and_then(Item::as_table_like))
        });
        own.chain(of_targets).any(|table| table.get(name).is_some_and(inherits))
    };
    files.texts().any(|(path, text)| path.is_manifest() && lists(text))
}

/// Whether a Rust file of the manifest's package names a crate: `name::…`, `use name`.
fn is_named(files: &Files<'_>, manifest: &str, name: &str) -> bool {
    let folder = manifest.strip_suffix("Cargo.toml").unwrap_or_default();
    let of_package = |path: &str| path.starts_with(folder) && !files.is_unused(path);
    files.rust().into_iter().any(|(path, text)| of_package(path) && names_crate(text, name))
}

fn names_crate(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let lines = text.lines().map(str::trim_start).filter(|line| !line.starts_with("//"));
    lines.into_iter().any(|line| {
        line.match_indices(name).any(|(at, _)| {
            let (before, rest) = line.split_at(at);
            let behind = rest.strip_prefix(name).unwrap_or_default();
            let is_whole = !before.ends_with(is_word) && !behind.starts_with(is_word);
            let begins = before.trim_end();
            let is_path = behind.trim_start().starts_with("::") && !before.ends_with('.');
            is_whole && (is_path || begins.ends_with("use") || begins.ends_with("crate"))
        })
    })
}

/// A text with a line of another one: behind the same line as there.
fn restore(from: &str, text: &str, name: &str) -> Option<String> {
    let is_of = |line: &&str| {
        let rest = line.strip_prefix(name).map(str::trim_start);
        rest.is_some_and(|rest| rest.starts_with('=') || rest.starts_with('.'))
    };
    let old: Vec<&str> = from.lines().collect();
    let at = old.iter().position(is_of)?;
    let (before, line) = (old.get(..at)?, old.get(at)?);
    let mut lines: Vec<&str> = text.lines().collect();
    let place =
        before.iter().rev().find_map(|before| lines.iter().position(|line| !line.is_empty() && line == before))?;
    lines.insert(place + 1, line);
    Some(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::{names_crate, restore};

    #[test]
    fn a_crate_is_named_by_a_path_or_an_import() {
        for text in ["    tracing::info!(\"x\");", "use tracing;", "pub use tracing as log;", "#[tracing::instrument]"]
        {
            assert!(names_crate(text, "tracing"), "{text}");
        }
        for text in ["// tracing::info!()", "tracing_subscriber::fmt()", "let tracing = 1;", "self.tracing"] {
            assert!(!names_crate(text, "tracing"), "{text}");
        }
    }

    #[test]
    fn a_line_is_put_back_behind_its_neighbour() {
        let from = "[dependencies]\nclap = \"4\"\nserde = \"1\"\ntokio = \"1\"\n";
        let text = "[dependencies]\nclap = \"4\"\n";
        assert_eq!(restore(from, text, "tokio").as_deref(), Some("[dependencies]\nclap = \"4\"\ntokio = \"1\"\n"));
    }
}
