//! Projects created by kitex or volo-cli: their settings, and the manual steps of a migration. Pure, but for
//! `read`.

pub(crate) mod go;
pub(crate) mod kitex;
mod options;
pub(crate) mod read;
pub(crate) mod report;
mod scan;
pub(crate) mod volo;
pub(crate) mod wire;

use volplane_build::internal::model::{File, Model};
use volplane_build::internal::rust::layout::RustPaths;
use volplane_build::internal::rust::{Api, ServiceApi};
use volplane_build::internal::span::FileId;

use crate::plan::{NewFile, Policy};
use crate::settings::PackageDir;
use report::Namespace;

/// A file of the project that is migrated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TextFile {
    /// Its path in the project, with `/` between its parts.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

/// A service of the new project, and where its handler's code goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HandlerTarget {
    /// Its name in the IDL.
    pub(crate) service: String,
    /// The trait that a handler implements.
    pub(crate) trait_name: String,
    /// The handler's file.
    pub(crate) file: String,
    /// The line of its `impl`.
    pub(crate) line: usize,
    /// Its methods.
    pub(crate) methods: Vec<TargetMethod>,
}

/// A method of such a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TargetMethod {
    /// Its name in the IDL.
    pub(crate) idl_name: String,
    /// Its line in the handler's file.
    pub(crate) line: usize,
}

/// The services with the handlers that were planned for them.
pub(crate) fn targets(api: &Api, files: &[NewFile]) -> Vec<HandlerTarget> {
    let handlers = files
        .iter()
        .filter(|file| file.policy == Policy::Skip && file.path.starts_with(&format!("{}/src/", PackageDir::DEFAULT)));
    let mut free: Vec<&NewFile> = handlers.collect();
    let mut targets = Vec::new();
    for service in &api.services {
        // Two traits of one name have their files in the services' order.
        let Some(place) = free.iter().position(|file| implementing(service, file).is_some()) else { continue };
        let file = free.remove(place);
        let start = implementing(service, file).unwrap_or(1);
        let line = |ident: &str| {
            let head = format!("async fn {ident}(");
            file.text.lines().position(|line| line.trim_start().starts_with(&head)).map_or(start, |place| place + 1)
        };
        let method = |idl_name: &String, ident: &str| TargetMethod { idl_name: idl_name.clone(), line: line(ident) };
        targets.push(HandlerTarget {
            service: service.idl_name.clone(),
            trait_name: service.ident.clone(),
            file: file.path.to_string(),
            line: start,
            methods: service.methods.iter().map(|found| method(&found.idl_name, &found.ident)).collect(),
        });
    }
    targets
}

/// The line at which a file implements a service's trait.
fn implementing(service: &ServiceApi, file: &NewFile) -> Option<usize> {
    let is_trait = |line: &str| {
        let path = line.strip_prefix("impl ").and_then(|rest| rest.split(" for ").next());
        path.is_some_and(|path| path.rsplit("::").next() == Some(service.ident.as_str()))
    };
    file.text.lines().position(is_trait).map(|place| place + 1)
}

/// What each file's namespace becomes: `rs` counts, without it `go`, then `*`, then the file's name. `shown` tells how to
/// name a file.
pub(crate) fn namespaces(model: &Model, root: &str, shown: impl Fn(&str) -> String) -> Vec<Namespace> {
    let layout = RustPaths::new(model);
    let namespace = |(place, file): (usize, &File)| {
        let counts = |scope: &str| file.namespaces.iter().find(|namespace| namespace.scope.text == scope);
        let line = ["rs", "go", "*"].into_iter().find_map(counts);
        Namespace {
            idl: shown(&file.path),
            line: line.map(|line| format!("namespace {} {}", line.scope.text, line.name.text)),
            module: format!("{root}::{}", layout.module_path(FileId(place as u32))),
        }
    };
    model.files.iter().enumerate().map(namespace).collect()
}
