//! Handlers: found by their traits in whichever file the user keeps them, and edited there.

use std::collections::{BTreeMap, BTreeSet};

use volplane_edit::handlers::{self, Implementation, Request, Service, Stub};
use volplane_edit::merge::unresolved;

use super::files::Files;
use super::report::Event;
use super::services::Services;
use crate::plan::{NewFile, Policy};

/// What a new method says in a crate that has no `not_implemented`.
const INLINE: &str = "Err(::volo_thrift::ApplicationException::new(::volo_thrift::ApplicationExceptionKind::UNKNOWN, \"{method} is not implemented\").into())";

/// Brings every handler up to its trait.
pub(super) fn bring_up(files: &mut Files<'_>, rendered: &[NewFile], services: &Services, prune: bool) {
    for event in services.events() {
        files.report(event.clone());
    }
    let pairs: Vec<Service<'_>> =
        services.list().iter().map(|pair| Service { before: pair.before.as_ref(), after: &pair.after }).collect();
    let merged = merged(rendered, &pairs);
    let mut implemented: BTreeSet<String> = BTreeSet::new();
    // A file with conflicts has been told of, and is no Rust until they are resolved.
    for (path, text) in files.rust().into_iter().filter(|(_, text)| unresolved(text).is_none()) {
        let skip = merged.get(path.as_str()).map_or(&[][..], Vec::as_slice);
        let request = Request { services: &pairs, skip, stub: &stub(files, &path), prune };
        match handlers::update(&text, &request) {
            Ok(outcome) => {
                let by_template = |one: &Implementation| {
                    skip.iter().any(|skip| (&skip.trait_path, &skip.self_ty) == (&one.trait_path, &one.self_ty))
                };
                let own = outcome.implementations.into_iter().filter(|one| !by_template(one));
                implemented.extend(own.map(|one| one.trait_path));
                for event in outcome.events {
                    files.report(Event::Handler { path: path.clone(), event });
                }
                if outcome.text != text {
                    files.edit(&path, outcome.text);
                }
            }
            Err(error) => files.report(Event::NoRust { path, error }),
        }
    }
    for pair in services.list() {
        if !implemented.contains(&pair.after.path()) {
            let (name, ident) = (pair.after.idl_name.clone(), pair.after.ident.clone());
            files.report(Event::NoHandler { name, ident });
        }
    }
}

/// The implementations that templates make, by file: merging brings those up.
fn merged<'r>(rendered: &'r [NewFile], services: &[Service<'_>]) -> BTreeMap<&'r str, Vec<Implementation>> {
    let both_sides = rendered.iter().filter(|file| file.policy == Policy::Merge && file.path.ends_with(".rs"));
    let found = both_sides.map(|file| {
        // A template that makes no Rust has no handlers either.
        (file.path.as_str(), handlers::implementations(&file.text, services).unwrap_or_default())
    });
    found.filter(|(_, found)| !found.is_empty()).collect()
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
