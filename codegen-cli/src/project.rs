//! From IDL files to the files of a project: reads IDL, writes nothing.

mod copies;
#[cfg(test)]
mod several;

use std::io;
use std::path::PathBuf;

use thiserror::Error;
use volplane_build::internal::lower::{Lowered, lower};
use volplane_build::internal::model::{DefinitionKind, Model};
use volplane_build::internal::rust::keys::definitions;
use volplane_build::internal::rust::layout::Layout;
use volplane_build::internal::rust::{Api, ServiceApi};
use volplane_build::internal::write::{CodeOptions, unknown_service};
use volplane_build::internal::{Checked, Code, Diagnostic, Disk, ReadSource, Sources};
use volplane_edit::handlers::GeneratedNames;

use crate::config::{ConfigError, Mistake};
use crate::generate::{self, GenerateError};
use crate::plan::templates::Templates;
use crate::plan::{self, NewFile, PlanError, Policy, Service, Trial};
use crate::record::{self, Fingerprint};
use crate::settings::{ChosenService, Codegen, Settings};
use crate::update;
pub(crate) use copies::{Copies, Hidden};

/// A project can't be made of this IDL.
#[derive(Debug, Error)]
pub(crate) enum ProjectError {
    /// A path can't be made absolute: the current folder is gone.
    #[error("cannot tell where {path} is")]
    Path {
        /// The path.
        path: String,
        #[source]
        source: io::Error,
    },
    /// The settings do not go with the IDL.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Two services that a server could not tell apart.
    #[error("{first} and {second} both define a service {name}, and a server tells services apart by their names")]
    SameService {
        /// The name.
        name: String,
        /// The one IDL.
        first: String,
        /// The other.
        second: String,
    },
    /// Two paths to one file.
    #[error("{paths} are not as many files as paths: one stands there twice")]
    SameIdl {
        /// All of them.
        paths: String,
    },
    /// The compiler.
    #[error(transparent)]
    Generate(#[from] GenerateError),
    /// This build of the command.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

/// What IDL without a mistake says.
pub(crate) struct CheckedIdl {
    /// In its own terms.
    pub(crate) model: Model,
}

impl CheckedIdl {
    /// The services that the project has, in the words of the generated code.
    pub(crate) fn services(&self, settings: &Settings) -> Vec<ServiceApi> {
        let mut services = Api::new(&self.model, &plan::generated_crate(&settings.module)).services;
        services.retain(|service| settings.generated.has_service(&service.idl_name));
        services
    }

    /// The names that the generated crate exports.
    pub(crate) fn exports(&self, settings: &Settings) -> GeneratedNames {
        let layout = Layout::new(&self.model);
        let mut names = GeneratedNames::new(&plan::generated_crate(&settings.module));
        for (id, definition) in definitions(&self.model) {
            match definition.kind {
                DefinitionKind::Service(_) => names.insert_service(&layout.path(id)),
                _ => names.insert(&layout.path(id)),
            }
        }
        names
    }

    /// What the project's generated code holds.
    fn options(&self, settings: &Settings) -> CodeOptions {
        let mut names = self.model.services().map(|(_, definition, _)| definition.name.text.as_str());
        settings.generated.options(names.any(|name| settings.generated.has_service(name)))
    }
}

/// IDL that was read and checked.
pub(crate) struct Idl {
    /// The texts, for diagnostics.
    pub(crate) sources: Sources,
    /// What is wrong or odd.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What it says, if nothing is wrong.
    pub(crate) meaning: Option<CheckedIdl>,
    include_dirs: Vec<PathBuf>,
}

impl Idl {
    /// Reads `paths` and what they include.
    pub(crate) fn read(paths: &[PathBuf], include_dirs: &[PathBuf]) -> Self {
        Self::read_from(paths, include_dirs, &Disk)
    }

    /// The same from elsewhere than the disk.
    pub(crate) fn read_from(paths: &[PathBuf], include_dirs: &[PathBuf], reader: &dyn ReadSource) -> Self {
        let Checked { sources, diagnostics, model } = volplane_build::internal::check(paths, include_dirs, reader);
        let meaning = model.map(|model| CheckedIdl { model });
        Self { sources, diagnostics, meaning, include_dirs: include_dirs.to_vec() }
    }

    /// Whether a file could not be found or read, rather than saying something wrong.
    pub(crate) fn is_unreadable(&self) -> bool {
        self.diagnostics.iter().any(|found| matches!(found.code(), Code::E001 | Code::E002))
    }
}

/// The files of a project but for its IDL, sorted by path. `meaning` is that of `settings.idls`, read in their order;
/// where from makes no difference.
///
/// # Errors
/// When two services have one name, or one that the settings name is not there, or the templates are defective, or the
/// compiler fails.
pub(crate) fn render(
    meaning: &CheckedIdl,
    settings: &Settings,
    templates: &Templates,
) -> Result<Vec<NewFile>, ProjectError> {
    planned(meaning, settings, templates, &compiled(meaning, settings)?)
}

/// The generated code, if it is checked in.
///
/// # Errors
/// When the compiler fails.
pub(crate) fn compiled(meaning: &CheckedIdl, settings: &Settings) -> Result<Vec<NewFile>, ProjectError> {
    if settings.codegen == Codegen::BuildRs {
        return Ok(Vec::new());
    }
    Ok(generate::generate(&lowered(meaning, settings))?)
}

/// What [`compiled`] code is made from; `None` when it makes none. The version counts, too.
pub(crate) fn input(meaning: &CheckedIdl, settings: &Settings) -> Option<Fingerprint> {
    if settings.codegen == Codegen::BuildRs {
        return None;
    }
    // Lowered IDL is plain data, which can be written.
    let text = serde_json::to_string(&lowered(meaning, settings)).ok()?;
    Some(Fingerprint::of(&format!("{}\n{text}", env!("CARGO_PKG_VERSION"))))
}

/// What the compiler gets. Its files are named as they are in the project, so that the code is the same wherever it was made.
fn lowered(meaning: &CheckedIdl, settings: &Settings) -> Lowered {
    let sources = settings.idls.iter().map(|idl| idl.path.clone()).collect();
    Lowered { sources, ..lower(&meaning.model, &meaning.options(settings)) }
}

/// The same as [`render`], with the generated code at hand.
///
/// # Errors
/// As [`render`], but for the compiler.
pub(crate) fn planned(
    meaning: &CheckedIdl,
    settings: &Settings,
    templates: &Templates,
    generated: &[NewFile],
) -> Result<Vec<NewFile>, ProjectError> {
    let api = Api::new(&meaning.model, &plan::generated_crate(&settings.module));
    let services = services(&meaning.model, &api, settings)?;
    let request = plan::Request { settings, services: &services, generated, templates };
    Ok(plan::project(&request)?)
}

/// Renders templates for nothing but to see what is wrong with them.
///
/// # Errors
/// When two services have one name, or one that the settings name is not there.
pub(crate) fn try_templates(
    CheckedIdl { model, .. }: &CheckedIdl,
    settings: &Settings,
    templates: &Templates,
) -> Result<Trial, ProjectError> {
    let api = Api::new(model, &plan::generated_crate(&settings.module));
    let services = services(model, &api, settings)?;
    Ok(plan::try_templates(&plan::Request { settings, services: &services, generated: &[], templates }))
}

/// Every service that the project has, with the IDL that it comes from.
fn services<'a>(model: &Model, api: &'a Api, settings: &'a Settings) -> Result<Vec<Service<'a>>, ProjectError> {
    if model.roots.len() != settings.idls.len() {
        let paths: Vec<&str> = settings.idls.iter().map(|idl| idl.path.as_str()).collect();
        return Err(ProjectError::SameIdl { paths: paths.join(", ") });
    }
    known_services(model, settings.generated.services.as_deref().unwrap_or_default())?;
    let mut services: Vec<Service<'a>> = Vec::new();
    let all = model.services().zip(&api.services);
    for ((id, ..), api) in all.filter(|(_, api)| settings.generated.has_service(&api.idl_name)) {
        let place = model.roots.iter().position(|root| *root == id.file);
        let Some(idl) = place.and_then(|place| settings.idls.get(place)) else { continue };
        if let Some(first) = services.iter().find(|other| other.api.idl_name == api.idl_name) {
            let (first, second) = (first.idl.path.clone(), idl.path.clone());
            return Err(ProjectError::SameService { name: api.idl_name.clone(), first, second });
        }
        services.push(Service { api, idl });
    }
    Ok(services)
}

/// Whether the IDL has all services that volplane.toml names.
fn known_services(model: &Model, chosen: &[ChosenService]) -> Result<(), ConfigError> {
    let mistake = |ChosenService { name, line, column }: &ChosenService| {
        let message = unknown_service(name, model)?.to_string();
        Some(Mistake { line: *line, column: *column, message })
    };
    let mistakes: Vec<Mistake> = chosen.iter().filter_map(mistake).collect();
    if mistakes.is_empty() { Ok(()) } else { Err(ConfigError::Mistakes(mistakes)) }
}

/// The files of a new project, sorted by path: those of [`render`], the copies of its IDL, and the memory that the first
/// update starts from, which is what `lasting` says.
pub(crate) fn files(
    meaning: &CheckedIdl,
    settings: &Settings,
    rendered: Vec<NewFile>,
    copies: Copies,
    lasting: &[NewFile],
) -> Vec<NewFile> {
    let mut files = rendered;
    plan::add(&mut files, copies.into_files());
    let mut memory = update::first_record(lasting, &meaning.services(settings));
    if let Some(input) = input(meaning, settings) {
        let generated = files.iter().filter(|file| generate::is_generated(&file.path));
        memory.inputs.extend(generated.map(|file| (file.path.clone(), input.clone())));
    }
    files.push(NewFile { path: record::FILE.to_owned(), text: memory.text(), policy: Policy::Overwrite });
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}
