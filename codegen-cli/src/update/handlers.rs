//! Handlers: found by their traits in whichever file the user keeps them, and edited there.

use std::collections::{BTreeMap, BTreeSet};

use volplane_edit::handlers::{self, EventKind, GeneratedNames, Implementation, Outcome, Request, Service, Stub};
use volplane_edit::merge::unresolved;
use volplane_edit::newlines::Newlines;

use super::files::Files;
use super::missing;
use super::report::Event;
use super::services::ServicePairs;
use crate::plan::{NewFile, Policy};
use crate::project_path::ProjectPath;

/// What a new method says in a crate that has no `not_implemented`.
const INLINE: &str = "Err(::volo_thrift::ApplicationException::new(::volo_thrift::ApplicationExceptionKind::UNKNOWN, \"{method} is not implemented\").into())";

/// Updates every handler to match its trait. Returns the paths of the traits whose handlers are not all updated, because they need a
/// manual fix or are missing.
pub(super) fn bring_up(
    files: &mut Files<'_>,
    rendered: &[NewFile],
    services: &ServicePairs,
    exports: Option<&GeneratedNames>,
    prune: bool,
) -> BTreeSet<String> {
    for event in services.events() {
        files.report(event.clone());
    }
    let pairs: Vec<Service<'_>> =
        services.list().iter().map(|pair| Service { before: pair.before.as_ref(), after: &pair.after }).collect();
    let by_path: BTreeMap<&str, &NewFile> = rendered.iter().map(|file| (file.path.as_str(), file)).collect();
    let generated = pairs.first().and_then(|pair| pair.after.module.split("::").next()).unwrap_or_default();
    let mut implemented: BTreeSet<String> = BTreeSet::new();
    let mut waiting: BTreeSet<String> = BTreeSet::new();
    // Its files change while it goes on.
    let texts: Vec<(ProjectPath, String)> =
        files.rust().into_iter().map(|(path, text)| (path.clone(), text.to_owned())).collect();
    for (path, text) in texts {
        let made = by_path.get(path.as_str()).copied();
        let by_template = made.filter(|file| file.policy == Policy::Merge);
        // It is unmodified.
        if by_template.is_some_and(|file| file.text == text) {
            continue;
        }
        // Rendered files are updated by merging; a template that renders no Rust has no handlers either.
        let skip = by_template.and_then(|file| handlers::implementations(&file.text, &pairs).ok()).unwrap_or_default();
        let crate_name = missing::crate_name(files, &path, generated);
        let request = Request {
            services: &pairs,
            generated: exports,
            crate_name: crate_name.as_deref(),
            skip: &skip,
            stub: &stub(files, &path),
            prune,
        };
        match handlers::update(&text, &request) {
            Ok(outcome) => {
                let by_template = |one: &Implementation| {
                    skip.iter().any(|skip| (&skip.trait_path, &skip.self_ty) == (&one.trait_path, &one.self_ty))
                };
                let found = outcome.implementations.iter().filter(|one| !by_template(one));
                implemented.extend(found.map(|one| one.trait_path.clone()));
                let made = made.filter(|_| files.is_untouched(&path));
                let stale = |text: &str| {
                    let stale = exports.map(|exports| handlers::stale_paths(text, exports, crate_name.as_deref()));
                    stale.unwrap_or_default()
                };
                let made =
                    made.filter(|made| !stale(&outcome.text).is_empty() || has_other_imports(&outcome.text, made));
                let outcome = tidied(outcome, made, &text, services);
                if outcome.text != text && files.is_read_only(&path) {
                    let found = outcome.implementations.iter().map(|one| one.trait_path.clone());
                    waiting.extend(found);
                    continue;
                }
                if outcome.text != text && outcome.events.is_empty() {
                    files.report(Event::Updated { path: path.clone() });
                }
                let is_pruned = outcome.events.iter().any(|event| event.what == EventKind::Pruned);
                let stale = stale(&outcome.text);
                for event in outcome.events {
                    if matches!(event.what, EventKind::NotRewritten { .. } | EventKind::TraitMoved { .. }) {
                        let pair = services.list().iter().find(|pair| pair.after.idl_name == event.service);
                        waiting.extend(pair.map(|pair| pair.after.path()));
                    }
                    // A `use` of the trait that leads nowhere is named by its own line.
                    let is_told = |from: &String| stale.iter().any(|stale| stale.path == *from);
                    if !matches!(&event.what, EventKind::TraitMoved { from, .. } if is_told(from)) {
                        files.report(Event::Handler { path: path.clone(), event });
                    }
                }
                // An `impl` of a service that is gone is named as such.
                let is_gone = |stale: &handlers::StalePath| {
                    services.gone().iter().any(|gone| gone.path() == stale.path) && text.contains("impl")
                };
                for stale in stale.into_iter().filter(|stale| !is_gone(stale)) {
                    files.report(Event::StalePath { path: path.clone(), stale });
                }
                if outcome.text != text {
                    files.edit(&path, outcome.text, is_pruned);
                }
            }
            Err(error) => {
                let mentioned = services.list().iter().filter(|pair| text.contains(&pair.after.ident));
                waiting.extend(mentioned.map(|pair| pair.after.path()));
                if !files.has_conflict(&path) {
                    files.report(match unresolved(&text) {
                        Some(line) => Event::Unresolved { path, line },
                        None => Event::ParseFailed { path, error },
                    });
                }
            }
        }
    }
    let mut left: Vec<Event> = Vec::new();
    for gone in services.gone() {
        let service = [Service { before: None, after: gone }];
        // A rendered handler is updated by merging.
        let is_made = |path: &str| by_path.get(path).is_some_and(|file| file.policy == Policy::Merge);
        for (path, text) in files.rust().into_iter().filter(|(path, _)| !is_made(path)) {
            for one in handlers::implementations(text, &service).unwrap_or_default() {
                let likely = services.likely_name(gone).map(str::to_owned);
                let (path, name) = (path.clone(), gone.idl_name.clone());
                left.push(Event::GoneHandler { path, line: one.line, name, likely });
                waiting.insert(gone.path());
            }
        }
    }
    left.into_iter().for_each(|event| files.report(event));
    for pair in services.list() {
        if !implemented.contains(&pair.after.path()) && !waiting.contains(&pair.after.path()) {
            for event in missing::events(files, rendered, &pairs, &pair.after) {
                files.report(event);
            }
            // It may come back: from another branch, or once it is a text again.
            waiting.insert(pair.after.path());
        }
    }
    waiting
}

/// An unmodified file is rendered again if an edit would leave imports that are unused, or
/// that do not resolve. `made` is the rendered text.
fn tidied(outcome: Outcome, made: Option<&NewFile>, before: &str, services: &ServicePairs) -> Outcome {
    let goes = |event: &&handlers::Event| {
        matches!(event.what, EventKind::Gone | EventKind::Pruned | EventKind::LikelyRename { .. })
    };
    let Some(made) = made.filter(|_| !outcome.events.iter().any(|event| goes(&event))) else { return outcome };
    let is_moved = outcome.events.iter().any(|event| matches!(event.what, EventKind::TraitMoved { .. }));
    if outcome.text == before && !is_moved {
        return outcome;
    }
    let newlines = Newlines::of(before);
    let mut events = outcome.events;
    events.retain(|event| !matches!(event.what, EventKind::TraitMoved { .. }));
    for event in &mut events {
        let mut methods = services.list().iter().flat_map(|pair| &pair.after.methods);
        let ident = methods.find(|method| method.idl_name == event.method).map(|method| method.ident.as_str());
        let head = format!("fn {}(", ident.unwrap_or(&event.method));
        let line = made.text.lines().position(|line| line.contains(&head));
        event.line = line.map_or(event.line, |line| line + 1);
    }
    Outcome { text: newlines.restore(made.text.clone()), events, ..outcome }
}

/// Whether a file imports something that volplane would not import in it.
fn has_other_imports(text: &str, made: &NewFile) -> bool {
    !imported(text).is_subset(&imported(&made.text))
}

/// Every word of a file's imports.
fn imported(text: &str) -> BTreeSet<&str> {
    let mut is_import = false;
    let lines = text.lines().filter(|line| {
        let begins = line.starts_with("use ");
        let is_part = is_import || begins;
        is_import = is_part && !line.contains(';');
        is_part
    });
    lines.flat_map(|line| line.split(|c: char| !(c.is_alphanumeric() || c == '_'))).collect()
}

/// What a new method says, as far as the file can reach it.
fn stub(files: &Files<'_>, path: &str) -> Stub {
    let sources = path.match_indices("src/").last().map_or("", |(place, _)| path.get(..place).unwrap_or_default());
    let root = ["lib.rs", "main.rs"].iter().find_map(|name| files.text(&format!("{sources}src/{name}")));
    if root.is_some_and(|text| text.contains("fn not_implemented(")) {
        Stub::NotImplemented
    } else {
        Stub::Inline(INLINE.to_owned())
    }
}
