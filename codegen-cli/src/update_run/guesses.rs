//! What a project would have been made of before it had some of its services. Merges start from that where volplane.lock
//! does not say what they start from.

use crate::plan::NewFile;
use crate::plan::templates::Templates;
use crate::project::{self, CheckedIdl, ProjectError};
use crate::settings::{ChosenService, Settings};
use crate::update::tree::Tree;
use volplane_build::rust::ServiceApi;

/// The files as they would be without the services that no Rust file speaks of, then without each one service.
///
/// # Errors
/// As [`project::planned`].
pub(super) fn guesses(
    meaning: &CheckedIdl,
    settings: &Settings,
    templates: &Templates,
    services: &[ServiceApi],
    tree: &Tree,
) -> Result<Vec<Vec<NewFile>>, ProjectError> {
    let is_spoken_of = |service: &&ServiceApi| {
        let own = tree.texts().filter(|(path, _)| path.ends_with(".rs") && !crate::generate::is_in_package(path));
        let words =
            |text: &'_ str| text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == service.ident);
        own.into_iter().any(|(_, text)| words(text))
    };
    let known: Vec<&ServiceApi> = services.iter().filter(is_spoken_of).collect();
    let without = |left: &ServiceApi| services.iter().filter(|one| one.idl_name != left.idl_name).collect::<Vec<_>>();
    let mut guesses = Vec::new();
    for fewer in [known].into_iter().chain(services.iter().map(without)) {
        if fewer.is_empty() || fewer.len() == services.len() {
            continue;
        }
        let name = |service: &&ServiceApi| ChosenService { name: service.idl_name.clone(), line: 0, column: 0 };
        let mut settings = settings.clone();
        settings.generated.services = Some(fewer.iter().map(name).collect());
        guesses.push(project::planned(meaning, &settings, templates, &[])?);
    }
    Ok(guesses)
}
