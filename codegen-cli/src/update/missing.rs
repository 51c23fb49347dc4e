//! Services whose handler is not found by its trait, and the event for each.

use std::path::Path;

use toml_edit::{DocumentMut, Item, TableLike};
use volplane_edit::handlers::{Service, Trait, implementations, in_macros};

use super::files::Files;
use super::report::Event;
use crate::plan::NewFile;
use crate::project_path::ProjectPath;

/// What is said of a service of which nothing that can be edited implements the trait. Nothing, if a macro does so and has
/// all methods.
pub(super) fn events(files: &Files<'_>, rendered: &[NewFile], pairs: &[Service<'_>], service: &Trait) -> Vec<Event> {
    let mut events = Vec::new();
    let mut is_in_macro = false;
    for (path, text) in files.rust() {
        for found in in_macros(text, service) {
            is_in_macro = true;
            if !found.missing.is_empty() || !found.gone.is_empty() {
                let (path, name) = (path.clone(), service.idl_name.clone());
                events.push(Event::InMacro { path, name, found });
            }
        }
    }
    if !is_in_macro {
        let (name, ident) = (service.idl_name.clone(), service.ident.clone());
        events.push(Event::NoHandler { name, ident, lost: lost(files, rendered, pairs, service) });
    }
    events
}

/// The file that volplane would make the handler in, if it is not there.
fn lost(files: &Files<'_>, rendered: &[NewFile], pairs: &[Service<'_>], service: &Trait) -> Option<ProjectPath> {
    let is_handler = |file: &&NewFile| {
        let found = implementations(&file.text, pairs).unwrap_or_default();
        found.iter().any(|one| one.trait_path == service.path())
    };
    let mut lost = rendered.iter().filter(|file| file.path.ends_with(".rs") && files.text(&file.path).is_none());
    lost.find(is_handler).map(|file| file.path.clone())
}

/// What the generated crate is called in the package of a file, if its manifest gives it another name.
pub(super) fn crate_name(files: &Files<'_>, path: &str, generated: &str) -> Option<String> {
    let manifest = |folder: &Path| files.text(&folder.join("Cargo.toml").to_string_lossy().replace('\\', "/"));
    let manifest = Path::new(path).ancestors().skip(1).find_map(manifest)?;
    // Most have no such name, and parsing takes time.
    if !manifest.contains("package = ") {
        return None;
    }
    let manifest: DocumentMut = manifest.parse().ok()?;
    let is_generated = |item: &Item| {
        let package = item.as_table_like().and_then(|table| table.get("package")).and_then(Item::as_str);
        package.is_some_and(|package| package.replace('-', "_") == generated)
    };
    let kinds = ["dependencies", "dev-dependencies"];
    let mut tables = kinds.iter().filter_map(|kind| manifest.get(kind).and_then(Item::as_table_like));
    let named = |table: &dyn TableLike| {
        table.iter().find(|(_, item)| is_generated(item)).map(|(name, _)| name.replace('-', "_"))
    };
    tables.find_map(named)
}
