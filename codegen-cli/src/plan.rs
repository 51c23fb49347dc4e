//! From settings, checked IDL and templates to the files of a project. Pure: neither reads nor writes the disk.

mod context;
mod features;
mod functions;
mod lock;
pub(crate) mod manifests;
mod method;
mod names;
mod runtime;
mod service;
pub(crate) mod templates;
mod unused;
mod view;

use std::collections::BTreeSet;

use serde::Deserialize;
use thiserror::Error;

use crate::embedded;
use crate::project_path::{ProjectPath, ProjectPathError};
use crate::settings::{Codegen, Module, Runtime, Settings};
pub(crate) use lock::{LockUpgrade, upgrade as upgrade_lock};
pub(crate) use manifests::{highest_rust_version, turned_on};
pub(crate) use runtime::{VENDORED, is_vendored};
pub(crate) use service::Service;
use templates::{TemplateError, TemplateErrors, Templates, Unreadable};
use view::{IdlView, ProjectView, TransportView, transport_features};

/// A file to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewFile {
    /// Its path in the project.
    pub(crate) path: ProjectPath,
    /// Its text.
    pub(crate) text: String,
    /// What an update does with it.
    pub(crate) policy: Policy,
}

/// What an update does with an existing file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Policy {
    /// volplane-owned: written again if it differs, removed if it is no longer generated.
    Overwrite,
    /// Both sides': what the user changed and what volplane changed are merged.
    Merge,
    /// The user's, once it is made.
    Skip,
}

/// What a project is planned from.
#[derive(Debug)]
pub(crate) struct PlanRequest<'a> {
    /// How it is to be made.
    pub(crate) settings: &'a Settings,
    /// The services, in the order of the IDL files and of their texts.
    pub(crate) services: &'a [Service<'a>],
    /// The generated code, if it is checked in.
    pub(crate) generated: &'a [NewFile],
    /// Which templates.
    pub(crate) templates: &'a Templates,
}

/// A project can't be planned: a defect of this build, if it is not in the templates.
#[derive(Debug, Error)]
pub(crate) enum PlanError {
    /// Templates.
    #[error(transparent)]
    Templates(#[from] TemplateErrors),
    /// Manifests.
    #[error(transparent)]
    Manifest(#[from] manifests::ManifestError),
    /// The lock file.
    #[error(transparent)]
    Lock(#[from] lock::CargoLockError),
    /// An embedded file that has no path in a project.
    #[error("the path of an embedded file")]
    Path(#[from] ProjectPathError),
    /// The embedded files.
    #[error(transparent)]
    Missing(#[from] embedded::Missing),
}

/// All files of a project but for its IDL, sorted by path.
///
/// # Errors
/// When the templates or this build's manifests are defective.
pub(crate) fn project(request: &PlanRequest<'_>) -> Result<Vec<NewFile>, PlanError> {
    let templates = request.templates;
    let outcome = templates::render(&project_view(request), templates);
    if !outcome.errors.is_empty() {
        return Err(templates.errors(outcome.errors).into());
    }
    let mut files: Vec<NewFile> = outcome.made.into_iter().map(|made| made.file).collect();
    let rustfmt = embedded::file("rustfmt.toml")?.to_owned();
    let rustfmt = NewFile { path: ProjectPath::known("rustfmt.toml"), text: rustfmt, policy: Policy::Skip };
    add(&mut files, request.generated.iter().cloned().chain([rustfmt]));
    runtime::complete(&mut files, request)?;
    // Templates and IDL may be Windows', and the users' files have newlines of their own: merging takes plain ones.
    let is_foreign = |text: &str| text.contains('\r') || text.starts_with('\u{feff}');
    for file in files.iter_mut().filter(|file| is_foreign(&file.text)) {
        file.text = file.text.trim_start_matches('\u{feff}').replace('\r', "");
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// What came of trying templates on a project.
#[derive(Debug)]
pub(crate) struct Trial {
    /// How many files were made.
    pub(crate) files: usize,
    /// What is wrong with the templates.
    pub(crate) errors: Vec<TemplateError>,
    /// What is wrong with the files.
    pub(crate) unreadable: Vec<Unreadable>,
}

/// Finds everything that is wrong with templates, as far as it shows in a project like this one.
pub(crate) fn try_templates(request: &PlanRequest<'_>) -> Trial {
    let outcome = templates::render(&project_view(request), request.templates);
    let unreadable = templates::unreadable(&outcome.made, request.templates);
    Trial { files: outcome.made.len(), errors: outcome.errors, unreadable }
}

/// Adds the files that volplane generates without a template, unless a template has the same path.
pub(crate) fn add(files: &mut Vec<NewFile>, more: impl Iterator<Item = NewFile>) {
    let mut taken: BTreeSet<ProjectPath> = files.iter().map(|file| file.path.clone()).collect();
    files.extend(more.filter(|file| taken.insert(file.path.clone())));
}

fn project_view(request: &PlanRequest<'_>) -> ProjectView {
    let settings = request.settings;
    let example = request.services.iter().position(|service| !service.api.methods.is_empty()).unwrap_or(0);
    let serves = !request.services.is_empty();
    ProjectView {
        module: settings.module.as_str().to_owned(),
        ident: settings.module.ident(),
        package: settings.package.as_str().to_owned(),
        workspace: settings.workspace.clone(),
        build_context: context::build_context(settings),
        codegen: settings.codegen.name(),
        volplane: env!("CARGO_PKG_VERSION"),
        volo_thrift: env!("VOLO_THRIFT_VERSION"),
        transports: settings.transports.iter().map(|&transport| TransportView::new(transport)).collect(),
        with: settings.with.clone(),
        transport_features: if serves { transport_features(&settings.transports) } else { None },
        generated: settings.generated.clone(),
        services: service::services(request.services, &generated_crate(&settings.module)),
        example,
        idls: settings.idls.iter().map(IdlView::new).collect(),
        include_dirs: settings.include_dirs().into_iter().map(str::to_owned).collect(),
        runtime: runtime_setting(&settings.runtime),
        vendored: match settings.runtime {
            Runtime::Vendored => {
                runtime::crates(settings, serves).iter().map(|known| known.folder.to_owned()).collect()
            }
            _ => Vec::new(),
        },
        templates: settings.templates.clone(),
        set: settings.set.clone(),
    }
}

/// The crate with the generated code, as Rust code names it.
pub(crate) fn generated_crate(module: &Module) -> String {
    format!("{}_generated", module.ident())
}

/// What volplane.toml says of the runtime.
fn runtime_setting(runtime: &Runtime) -> String {
    let text = |value: &str| toml_edit::Value::from(value).to_string();
    match runtime {
        Runtime::Vendored => text("vendored"),
        Runtime::Path(path) => format!("{{ path = {} }}", text(path)),
        Runtime::Git(url) => format!("{{ git = {} }}", text(url)),
        Runtime::Version(req) => format!("{{ version = {} }}", text(req)),
    }
}

/// Whether a project has a build script that compiles its IDL.
pub(crate) fn compiles_itself(settings: &Settings) -> bool {
    settings.codegen == Codegen::BuildRs
}
