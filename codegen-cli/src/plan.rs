//! From settings, checked IDL and templates to the files of a project. Pure: neither reads nor writes the disk.

mod functions;
mod lock;
mod manifests;
mod method;
mod names;
mod runtime;
mod service;
pub(crate) mod templates;
mod unused;
mod view;

use serde::Deserialize;
use thiserror::Error;

use crate::embedded;
use crate::settings::{Codegen, Module, Runtime, Settings};
pub(crate) use service::Service;
use templates::Templates;
use view::{IdlView, ProjectView, TransportView};

/// A file to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewFile {
    /// Its path in the project, with `/` between its parts.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
    /// What an update does with it.
    pub(crate) policy: Policy,
}

/// What an update does with a file that was made before: whose file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Policy {
    /// volplane's: made anew whenever it would differ, removed when nothing makes it any more.
    Overwrite,
    /// Both sides': what the user changed and what volplane changed are merged.
    Merge,
    /// The user's, once it is made.
    Skip,
}

/// What a project is planned from.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// How it is to be made.
    pub(crate) settings: &'a Settings,
    /// The services, in the order of the IDL files and of their texts.
    pub(crate) services: &'a [Service<'a>],
    /// The generated code, if it is checked in.
    pub(crate) generated: &'a [NewFile],
    /// Which templates.
    pub(crate) templates: &'a Templates,
}

/// A project can't be planned: always a defect of this build.
#[derive(Debug, Error)]
pub(crate) enum PlanError {
    /// Templates.
    #[error(transparent)]
    Template(#[from] templates::TemplateError),
    /// Manifests.
    #[error(transparent)]
    Manifest(#[from] manifests::ManifestError),
    /// The lock file.
    #[error(transparent)]
    Lock(#[from] lock::LockError),
    /// The embedded files.
    #[error(transparent)]
    Missing(#[from] embedded::Missing),
}

/// All files of a project but for its IDL, sorted by path.
///
/// # Errors
/// When the templates or this build's manifests are defective.
pub(crate) fn project(request: &Request<'_>) -> Result<Vec<NewFile>, PlanError> {
    let settings = request.settings;
    let mut files = templates::render(&project_view(request), request.templates)?;
    files.extend(request.generated.iter().cloned());
    let rustfmt = embedded::file("rustfmt.toml")?.to_owned();
    files.push(NewFile { path: "rustfmt.toml".to_owned(), text: rustfmt, policy: Policy::Skip });
    runtime::complete(&mut files, settings)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn project_view(request: &Request<'_>) -> ProjectView {
    let settings = request.settings;
    let example = request.services.iter().position(|service| !service.api.methods.is_empty()).unwrap_or(0);
    let (services, hub_uses) = service::services(request.services, &generated_crate(&settings.module), example);
    ProjectView {
        module: settings.module.as_str().to_owned(),
        ident: settings.module.ident(),
        codegen: settings.codegen.name(),
        volplane: env!("CARGO_PKG_VERSION"),
        volo_thrift: env!("VOLO_THRIFT_VERSION"),
        transports: settings.transports.iter().map(|&transport| TransportView::new(transport)).collect(),
        services,
        hub_uses,
        example,
        idls: settings.idls.iter().map(IdlView::new).collect(),
        include_dirs: settings.include_dirs().into_iter().map(str::to_owned).collect(),
        runtime: runtime_setting(&settings.runtime),
        vendored: match settings.runtime {
            Runtime::Vendored => runtime::crates(settings).iter().map(|known| known.folder.to_owned()).collect(),
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
