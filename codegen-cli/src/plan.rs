//! From settings, checked IDL and templates to the files of a project. Pure: neither reads nor writes the disk.

mod functions;
mod lock;
mod manifests;
mod method;
mod paths;
mod runtime;
mod service;
pub(crate) mod templates;
mod unused;
mod view;

use serde::Deserialize;
use thiserror::Error;
use volplane_build::rust::ServiceApi;

use crate::embedded;
use crate::layout::Layout;
use crate::settings::{Codegen, Runtime, Settings};
use templates::Flavour;
use view::{ProjectView, TransportView};

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
    /// The services, in the order of the IDL.
    pub(crate) services: &'a [ServiceApi],
    /// The IDL files' texts, in the order of `layout`; the first is the one that was asked for.
    pub(crate) idl: &'a [String],
    /// Where they go.
    pub(crate) layout: &'a Layout,
    /// The generated code, if it is checked in: paths below generated/src.
    pub(crate) generated: &'a [NewFile],
    /// Which templates.
    pub(crate) flavour: Flavour,
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

/// All files of a new project, sorted by path.
///
/// # Errors
/// When this build's templates or manifests are defective.
pub(crate) fn new_project(request: &Request<'_>) -> Result<Vec<NewFile>, PlanError> {
    let settings = request.settings;
    let mut files = templates::render(&project_view(request), request.flavour)?;
    let copies = request.layout.targets.iter().zip(request.idl);
    files.extend(copies.map(|(path, text)| NewFile { path: path.clone(), text: text.clone(), policy: Policy::Skip }));
    files.extend(request.generated.iter().cloned());
    let rustfmt = embedded::file("rustfmt.toml")?.to_owned();
    files.push(NewFile { path: "rustfmt.toml".to_owned(), text: rustfmt, policy: Policy::Skip });
    runtime::complete(&mut files, settings)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn project_view(request: &Request<'_>) -> ProjectView {
    let settings = request.settings;
    let (services, hub_uses) = service::services(request.services, &settings.module);
    ProjectView {
        module: settings.module.as_str().to_owned(),
        ident: settings.module.ident(),
        codegen: settings.codegen.name(),
        destination_toml: toml_edit::Value::from(settings.service.as_str()).to_string(),
        destination_rust: format!("{:?}", settings.service),
        volplane: env!("CARGO_PKG_VERSION"),
        volo_thrift: env!("VOLO_THRIFT_VERSION"),
        transports: settings.transports.iter().map(|&transport| TransportView::new(transport)).collect(),
        example: services.iter().position(|service| !service.methods.is_empty()).unwrap_or(0),
        services,
        hub_uses,
        idl: request.layout.targets.first().cloned().unwrap_or_default(),
        include_dirs: request.layout.include_dirs.clone(),
        runtime: runtime_setting(&settings.runtime),
        vendored: match settings.runtime {
            Runtime::Vendored => runtime::crates(settings).iter().map(|known| known.folder.to_owned()).collect(),
            _ => Vec::new(),
        },
    }
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
