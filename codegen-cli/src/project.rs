//! From IDL files to the files of a project: reads IDL, writes nothing.

mod copies;
#[cfg(test)]
mod several;
mod source;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;
use volplane_build::internal::lower::{Lowered, lower};
use volplane_build::internal::model::Model;
use volplane_build::internal::rust::keys::definitions;
use volplane_build::internal::rust::layout::RustPaths;
use volplane_build::internal::rust::{Api, ServiceApi};
use volplane_build::internal::write::unknown_service;
use volplane_build::internal::{Checked, Diagnostic, Disk, ReadSource, Sources};
use volplane_edit::handlers::GeneratedNames;

use crate::command_error::{CommandError, Help};
use crate::config::{ConfigError, SettingError};
use crate::exit::Exit;
use crate::generate::{self, GenerateError};
use crate::plan::templates::Templates;
use crate::plan::{self, NewFile, PlanError, Policy, Service, Trial};
use crate::project_path::{ProjectPath, ProjectPathError};
use crate::record::{self, Fingerprint};
use crate::settings::{ChosenService, Codegen, Settings};
use crate::update;
pub(crate) use copies::{Copies, Hidden};
use source::ProjectSource;

/// A project can't be made of this IDL.
#[derive(Debug, Error)]
pub(crate) enum ProjectError {
    /// A path can't be made absolute: the current folder is gone.
    #[error("cannot find the absolute path of {path}")]
    Path {
        /// The path.
        path: String,
        #[source]
        source: io::Error,
    },
    /// A file of the IDL has a name that it can't have in a project.
    #[error("the path `{path}` {wrong}")]
    Copy {
        /// Where it would be.
        path: String,
        /// What is wrong with it.
        wrong: ProjectPathError,
    },
    /// The settings do not go with the IDL.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Two services of one name, which a server can't distinguish.
    #[error("{first} and {second} both define a service {name}, and services of one server need different names")]
    SameService {
        /// The name.
        name: String,
        /// The one IDL.
        first: String,
        /// The other.
        second: String,
    },
    /// Two paths to one file.
    #[error("duplicate IDL file in {paths}")]
    SameIdl {
        /// All of them.
        paths: String,
    },
    /// A copy of the IDL would not find what it includes.
    #[error(transparent)]
    Hidden(#[from] Hidden),
    /// The compiler.
    #[error(transparent)]
    Generate(#[from] GenerateError),
    /// This build of the command.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

impl CommandError for ProjectError {
    fn help(&self) -> Help {
        match self {
            Self::Config(error) => error.help(),
            Self::SameService { .. } => Some("rename one of the two services".into()),
            Self::Hidden(_) => Some(
                "a file that is included through a link can't be copied; leave the IDL where it is: --idl-in-place"
                    .into(),
            ),
            Self::Path { .. } | Self::Copy { .. } | Self::SameIdl { .. } | Self::Generate(_) | Self::Plan(_) => None,
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Generate(error) => error.exit(),
            Self::Plan(_) => Exit::Failure,
            Self::Path { .. }
            | Self::Copy { .. }
            | Self::Config(_)
            | Self::SameService { .. }
            | Self::SameIdl { .. }
            | Self::Hidden(_) => Exit::Usage,
        }
    }
}

/// IDL that was read and checked.
pub(crate) struct Idl {
    /// The texts, for diagnostics.
    pub(crate) sources: Sources,
    /// What is wrong or odd.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What it says, if nothing is wrong.
    pub(crate) model: Option<Model>,
    include_dirs: Vec<PathBuf>,
    /// Where relative paths begin; empty for the current folder.
    base: PathBuf,
}

impl Idl {
    /// Reads `paths` and what they include.
    pub(crate) fn read(paths: &[PathBuf], include_dirs: &[PathBuf]) -> Self {
        Self::read_from(paths, include_dirs, &Disk)
    }

    /// The same from elsewhere than the disk.
    pub(crate) fn read_from(paths: &[PathBuf], include_dirs: &[PathBuf], reader: &dyn ReadSource) -> Self {
        let Checked { sources, diagnostics, model } = volplane_build::internal::check(paths, include_dirs, reader);
        Self { sources, diagnostics, model, include_dirs: include_dirs.to_vec(), base: PathBuf::new() }
    }

    /// The same for a project with this root, to which paths are relative, as if the files in `brings` existed already.
    pub(crate) fn read_in(
        root: &Path,
        paths: &[PathBuf],
        include_dirs: &[PathBuf],
        brings: &BTreeMap<ProjectPath, String>,
    ) -> Self {
        let idl = Self::read_from(paths, include_dirs, &ProjectSource { root, brings });
        Self { base: root.to_owned(), ..idl }
    }
}

/// IDL that goes with the settings of a project: everything that its files are rendered from, worked out once.
pub(crate) struct CheckedIdl<'a> {
    settings: &'a Settings,
    /// Its services in the terms of the generated code.
    api: Api,
    /// The services that the project has: their places in `api` and in the settings' IDLs.
    services: Vec<(usize, usize)>,
    /// What is compiled for a project whose generated code is checked in.
    lowered: Option<Lowered>,
    exports: GeneratedNames,
}

impl<'a> CheckedIdl<'a> {
    /// The model of `settings.idls`, which were read in their order; where from makes no difference.
    ///
    /// # Errors
    /// When two services have one name, or one that the settings name is not there.
    pub(crate) fn new(model: &Model, settings: &'a Settings) -> Result<Self, ProjectError> {
        let api = Api::new(model, &plan::generated_crate(&settings.module));
        let services = services(model, &api, settings)?;
        let lowered = (settings.codegen == Codegen::CheckedIn).then(|| {
            let options = settings.generated.options(!services.is_empty());
            // Its files are named as they are in the project, so that the code is the same wherever it was made.
            let sources = settings.idls.iter().map(|idl| idl.path.clone()).collect();
            Lowered { sources, ..lower(model, &options) }
        });
        Ok(Self { settings, api, services, lowered, exports: exports(model, settings) })
    }

    /// The services that the project has, in the terms of the generated code.
    pub(crate) fn services(&self) -> Vec<ServiceApi> {
        self.services.iter().filter_map(|(service, _)| self.api.services.get(*service)).cloned().collect()
    }

    /// The names that the generated crate exports.
    pub(crate) fn exports(&self) -> &GeneratedNames {
        &self.exports
    }

    /// The generated code, if it is checked in.
    ///
    /// # Errors
    /// When the compiler fails.
    pub(crate) fn compile(&self) -> Result<Vec<NewFile>, ProjectError> {
        match &self.lowered {
            Some(lowered) => Ok(generate::generate(lowered)?),
            None => Ok(Vec::new()),
        }
    }

    /// What [`CheckedIdl::compile`] makes code from; `None` when it makes none. The version counts, too.
    pub(crate) fn compiled_from(&self) -> Option<Fingerprint> {
        // Lowered IDL is plain data, which can be written.
        let text = serde_json::to_string(self.lowered.as_ref()?).ok()?;
        Some(Fingerprint::of(&format!("{}\n{text}", env!("CARGO_PKG_VERSION"))))
    }

    /// The files of the project but for its IDL, sorted by path, with this generated code.
    ///
    /// # Errors
    /// When the templates are defective.
    pub(crate) fn render(&self, templates: &Templates, generated: &[NewFile]) -> Result<Vec<NewFile>, ProjectError> {
        let services = self.described();
        let request = plan::PlanRequest { settings: self.settings, services: &services, generated, templates };
        Ok(plan::project(&request)?)
    }

    /// Renders templates only to find their errors.
    pub(crate) fn try_templates(&self, templates: &Templates) -> Trial {
        let services = self.described();
        plan::try_templates(&plan::PlanRequest {
            settings: self.settings,
            services: &services,
            generated: &[],
            templates,
        })
    }

    /// The files of a new project, sorted by path: `rendered`, the copies of its IDL, and the memory that the first update
    /// starts from, which is what `lasting` says.
    ///
    /// # Errors
    /// When an IDL file can't have its name in a project.
    pub(crate) fn files(
        &self,
        rendered: Vec<NewFile>,
        copies: Copies,
        lasting: &[NewFile],
    ) -> Result<Vec<NewFile>, ProjectError> {
        let mut files = rendered;
        plan::add(&mut files, copies.into_files()?.into_iter());
        let mut memory = update::first_record(lasting, &self.services());
        if let Some(input) = self.compiled_from() {
            let generated = files.iter().filter(|file| generate::is_generated(&file.path));
            memory.inputs.extend(generated.map(|file| (file.path.clone(), input.clone())));
        }
        files.push(NewFile { path: ProjectPath::known(record::FILE), text: memory.text(), policy: Policy::Overwrite });
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    /// The services with the IDL that each comes from.
    fn described(&self) -> Vec<Service<'_>> {
        let service = |(service, idl): &(usize, usize)| {
            Some(Service { api: self.api.services.get(*service)?, idl: self.settings.idls.get(*idl)? })
        };
        self.services.iter().filter_map(service).collect()
    }
}

/// The places of every service that the project has, and of the IDL that it comes from.
fn services(model: &Model, api: &Api, settings: &Settings) -> Result<Vec<(usize, usize)>, ProjectError> {
    if model.roots.len() != settings.idls.len() {
        let paths: Vec<&str> = settings.idls.iter().map(|idl| idl.path.as_str()).collect();
        return Err(ProjectError::SameIdl { paths: paths.join(", ") });
    }
    known_services(model, settings.generated.services.as_deref().unwrap_or_default())?;
    let mut found = Vec::new();
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    let all = model.services().zip(&api.services).enumerate();
    for (service, ((id, ..), api)) in all.filter(|(_, (_, api))| settings.generated.has_service(&api.idl_name)) {
        let place = model.roots.iter().position(|root| *root == id.file);
        let Some((place, idl)) = place.and_then(|place| Some((place, settings.idls.get(place)?))) else { continue };
        if let Some(first) = names.insert(&api.idl_name, &idl.path) {
            let (name, first, second) = (api.idl_name.clone(), first.to_owned(), idl.path.clone());
            return Err(ProjectError::SameService { name, first, second });
        }
        found.push((service, place));
    }
    Ok(found)
}

/// The names that the generated crate exports.
fn exports(model: &Model, settings: &Settings) -> GeneratedNames {
    let layout = RustPaths::new(model);
    let mut names = GeneratedNames::new(&plan::generated_crate(&settings.module));
    for (id, _) in definitions(model) {
        let module = layout.module_path(id.file);
        for name in layout.names_of(model, id) {
            names.insert(&format!("{module}::{name}"));
        }
    }
    names
}

/// Whether the IDL has all services that volplane.toml names.
fn known_services(model: &Model, chosen: &[ChosenService]) -> Result<(), ConfigError> {
    let error = |ChosenService { name, line, column }: &ChosenService| {
        let message = unknown_service(name, model)?.to_string();
        Some(SettingError { line: *line, column: *column, message })
    };
    let errors: Vec<SettingError> = chosen.iter().filter_map(error).collect();
    if errors.is_empty() { Ok(()) } else { Err(ConfigError::Settings(errors)) }
}
