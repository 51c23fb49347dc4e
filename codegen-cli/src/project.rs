//! From IDL files to the files of a project: reads IDL, writes nothing.

#[cfg(test)]
mod several;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;
use volplane_build::lower::{Lowered, lower};
use volplane_build::model::Model;
use volplane_build::rust::{Api, ServiceApi};
use volplane_build::span::FileId;
use volplane_build::write::CodeOptions;
use volplane_build::{Checked, Code, Diagnostic, Disk, ReadSource, Sources};

use crate::generate::{self, GenerateError};
use crate::layout::{self, IdlFile, Layout};
use crate::plan::templates::Templates;
use crate::plan::{self, NewFile, PlanError, Policy, Service, Trial};
use crate::record::{self, Print};
use crate::settings::{Codegen, IdlSettings, Module, Settings};
use crate::update;

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
    /// It has no service.
    #[error("{path} defines no service, so there is nothing to serve or call")]
    NoService {
        /// The IDL.
        path: String,
    },
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
pub(crate) struct Meaning {
    /// In its own terms.
    pub(crate) model: Model,
}

impl Meaning {
    /// The services, in the words of the generated code.
    pub(crate) fn services(&self, module: &Module) -> Vec<ServiceApi> {
        Api::new(&self.model, &plan::generated_crate(module)).services
    }
}

/// IDL that was read and checked.
pub(crate) struct Idl {
    /// The texts, for diagnostics.
    pub(crate) sources: Sources,
    /// What is wrong or odd.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What it says, if nothing is wrong.
    pub(crate) meaning: Option<Meaning>,
    paths: Vec<PathBuf>,
    include_dirs: Vec<PathBuf>,
}

impl Idl {
    /// Reads `paths` and what they include.
    pub(crate) fn read(paths: &[PathBuf], include_dirs: &[PathBuf]) -> Self {
        Self::read_from(paths, include_dirs, &Disk)
    }

    /// The same from elsewhere than the disk.
    pub(crate) fn read_from(paths: &[PathBuf], include_dirs: &[PathBuf], reader: &dyn ReadSource) -> Self {
        let Checked { sources, diagnostics, model } = volplane_build::check(paths, include_dirs, reader);
        let meaning = model.map(|model| Meaning { model });
        Self { sources, diagnostics, meaning, paths: paths.to_vec(), include_dirs: include_dirs.to_vec() }
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
/// When there is no service, or two of one name, or the templates are defective, or the compiler fails.
pub(crate) fn render(
    meaning: &Meaning,
    settings: &Settings,
    templates: &Templates,
) -> Result<Vec<NewFile>, ProjectError> {
    planned(meaning, settings, templates, &compiled(meaning, settings)?)
}

/// The generated code, if it is checked in.
///
/// # Errors
/// When the compiler fails.
pub(crate) fn compiled(meaning: &Meaning, settings: &Settings) -> Result<Vec<NewFile>, ProjectError> {
    if settings.codegen == Codegen::BuildRs {
        return Ok(Vec::new());
    }
    Ok(generate::generate(&lowered(meaning, settings))?)
}

/// What [`compiled`] code is made from; `None` when it makes none. The version counts, too.
pub(crate) fn input(meaning: &Meaning, settings: &Settings) -> Option<Print> {
    if settings.codegen == Codegen::BuildRs {
        return None;
    }
    // Lowered IDL is plain data, which can be written.
    let text = serde_json::to_string(&lowered(meaning, settings)).ok()?;
    Some(Print::of(&format!("{}\n{text}", env!("CARGO_PKG_VERSION"))))
}

/// What the compiler gets. Its files are named as they are in the project, so that the code is the same wherever it was made.
fn lowered(meaning: &Meaning, settings: &Settings) -> Lowered {
    let sources = settings.idls.iter().map(|idl| idl.path.clone()).collect();
    Lowered { sources, ..lower(&meaning.model, &CodeOptions::default()) }
}

/// The same as [`render`], with the generated code at hand.
///
/// # Errors
/// As [`render`], but for the compiler.
pub(crate) fn planned(
    meaning: &Meaning,
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
/// When there is no service, or two of one name.
pub(crate) fn try_templates(
    Meaning { model, .. }: &Meaning,
    settings: &Settings,
    templates: &Templates,
) -> Result<Trial, ProjectError> {
    let api = Api::new(model, &plan::generated_crate(&settings.module));
    let services = services(model, &api, settings)?;
    Ok(plan::try_templates(&plan::Request { settings, services: &services, generated: &[], templates }))
}

/// Every service with the IDL that it comes from.
fn services<'a>(model: &Model, api: &'a Api, settings: &'a Settings) -> Result<Vec<Service<'a>>, ProjectError> {
    let paths = || settings.idls.iter().map(|idl| idl.path.as_str()).collect::<Vec<_>>().join(", ");
    if model.roots.len() != settings.idls.len() {
        return Err(ProjectError::SameIdl { paths: paths() });
    }
    let mut services: Vec<Service<'a>> = Vec::new();
    for ((id, ..), api) in model.services().zip(&api.services) {
        let place = model.roots.iter().position(|root| *root == id.file);
        let Some(idl) = place.and_then(|place| settings.idls.get(place)) else { continue };
        if let Some(first) = services.iter().find(|other| other.api.idl_name == api.idl_name) {
            let (first, second) = (first.idl.path.clone(), idl.path.clone());
            return Err(ProjectError::SameService { name: api.idl_name.clone(), first, second });
        }
        services.push(Service { api, idl });
    }
    if services.is_empty() {
        return Err(ProjectError::NoService { path: paths() });
    }
    Ok(services)
}

/// An IDL file and all that it includes, as they lie in a project that they are copied to.
#[derive(Debug)]
pub(crate) struct Copies {
    /// The copies.
    pub(crate) files: Vec<NewFile>,
    /// The paths of the files that were asked for.
    paths: Vec<String>,
    /// The folders that includes are looked up in.
    include: Vec<String>,
}

impl Copies {
    /// Plans the copies of an IDL's files, such that every `include` in them still finds its file.
    ///
    /// # Errors
    /// When the IDL has no service, or the current folder is gone.
    pub(crate) fn new(idl: &Idl, meaning: &Meaning) -> Result<Self, ProjectError> {
        let model = &meaning.model;
        if model.services().next().is_none() {
            let paths: Vec<_> = idl.paths.iter().map(|path| path.display().to_string()).collect();
            return Err(ProjectError::NoService { path: paths.join(", ") });
        }
        let (order, Layout { targets, include_dirs }) = places(idl, model)?;
        let text = |file: usize| idl.sources.file(FileId(file as u32)).map(|source| source.text().to_owned());
        let files = order
            .iter()
            .zip(&targets)
            .filter_map(|(&file, path)| Some(NewFile { path: path.clone(), text: text(file)?, policy: Policy::Skip }));
        let paths = targets.iter().take(model.roots.len()).cloned().collect();
        Ok(Self { files: files.collect(), paths, include: include_dirs })
    }

    /// What `volplane.toml` says of this IDL, whose services' clients use the destination name `service`.
    pub(crate) fn settings(&self, service: String) -> IdlSettings {
        let path = self.paths.first().cloned().unwrap_or_default();
        IdlSettings { path, service, include: self.include.clone() }
    }

    /// The same of all IDLs that were asked for.
    pub(crate) fn all_settings(&self, services: impl IntoIterator<Item = String>) -> Vec<IdlSettings> {
        let idl =
            |(path, service): (&String, _)| IdlSettings { path: path.clone(), service, include: self.include.clone() };
        self.paths.iter().zip(services).map(idl).collect()
    }
}

/// The files of a new project, sorted by path: those of [`render`], the copies of its IDL, and the memory that the first
/// update starts from, which is what `lasting` says.
pub(crate) fn files(
    meaning: &Meaning,
    settings: &Settings,
    rendered: Vec<NewFile>,
    copies: Copies,
    lasting: &[NewFile],
) -> Vec<NewFile> {
    let mut files = rendered;
    plan::add(&mut files, copies.files.into_iter());
    let mut memory = update::first_record(lasting, &meaning.services(&settings.module));
    memory.inputs.extend(input(meaning, settings).map(|input| (generate::TARGET.to_owned(), input)));
    files.push(NewFile { path: record::FILE.to_owned(), text: memory.text(), policy: Policy::Overwrite });
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The model's files with those that were asked for first, and where each goes.
fn places(idl: &Idl, model: &Model) -> Result<(Vec<usize>, Layout), ProjectError> {
    let absolute = |path: &Path| {
        let failed = |source| ProjectError::Path { path: path.display().to_string(), source };
        std::path::absolute(path).map(|path| layout::normal(&path)).map_err(failed)
    };
    let roots: Vec<usize> = model.roots.iter().map(|id| id.0 as usize).collect();
    let others = (0..model.files.len()).filter(|file| !roots.contains(file));
    let order: Vec<usize> = roots.iter().copied().chain(others).collect();
    let place: BTreeMap<usize, usize> = order.iter().enumerate().map(|(place, &file)| (file, place)).collect();

    let mut files = Vec::new();
    for &file in &order {
        let file = &model.files[file];
        let includes = file.includes.iter();
        let includes = includes.map(|include| (include.path.text.clone(), place[&(include.file.0 as usize)])).collect();
        files.push(IdlFile { path: absolute(Path::new(&file.path))?, includes });
    }
    let dirs = idl.include_dirs.iter().map(|dir| absolute(dir)).collect::<Result<Vec<_>, _>>()?;
    let layout = layout::layout(&files, roots.len(), &dirs);
    Ok((order, layout))
}
