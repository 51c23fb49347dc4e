//! What a project would have been made of before it had some of its services. Merges start from that where volplane.lock
//! does not say what they start from.

use volplane_build::internal::model::Model;
use volplane_build::internal::rust::ServiceApi;

use crate::generate;
use crate::plan::NewFile;
use crate::plan::templates::Templates;
use crate::project::{CheckedIdl, ProjectError};
use crate::settings::{ChosenService, Settings};
use crate::update::tree::Tree;

/// The files as they would be without the services that no Rust file speaks of, then without each one service.
///
/// # Errors
/// As [`CheckedIdl::new`] and [`CheckedIdl::render`].
pub(super) fn guesses(
    model: &Model,
    settings: &Settings,
    templates: &Templates,
    services: &[ServiceApi],
    tree: &Tree,
) -> Result<Vec<Vec<NewFile>>, ProjectError> {
    let is_own = |path: &str| path.ends_with(".rs") && !generate::is_in_package(path);
    let own: Vec<&str> = tree.texts().filter(|(path, _)| is_own(path)).map(|(_, text)| text).collect();
    let has_word = |text: &str, word: &str| text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|w| w == word);
    let is_spoken_of = |service: &&ServiceApi| own.iter().any(|text| has_word(text, &service.ident));
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
        guesses.push(CheckedIdl::new(model, &settings)?.render(templates, &[])?);
    }
    Ok(guesses)
}
