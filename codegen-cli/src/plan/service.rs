//! A service as templates see it.

use serde::Serialize;
use volplane_build::internal::rust::ServiceApi;
use volplane_edit::rust::{Imports, WIDTH, doc_lines};

use super::method::{MethodView, method_view};
use super::names::{Names, names};
use crate::settings::IdlSettings;

/// A service.
#[derive(Debug, Serialize)]
pub(crate) struct ServiceView {
    /// The trait: `Echo`.
    pub(crate) name: String,
    /// Its name in the IDL.
    pub(crate) idl_name: String,
    /// The module of the trait: `hello_generated::api`.
    pub(crate) module: String,
    /// That module below the generated crate's root: `api`.
    pub(crate) local_module: String,
    /// The IDL that defines it, relative to the project.
    pub(crate) idl: String,
    /// The destination name that its clients use.
    pub(crate) destination: String,
    /// `EchoServer`
    pub(crate) server: String,
    /// How `services.rs` writes it, which imports the servers of all services: in short, unless an earlier one has that name.
    pub(crate) server_path: String,
    /// `EchoClient`
    pub(crate) client: String,
    /// How `clients.rs` writes it, which imports the clients of all services.
    pub(crate) client_path: String,
    /// `EchoClientBuilder`
    pub(crate) client_builder: String,
    /// How `clients.rs` writes it.
    pub(crate) client_builder_path: String,
    /// What stands for it in the arguments of client programs: `echo`.
    pub(crate) argument: String,
    /// The same as a variant of an enum: `Echo`.
    pub(crate) variant: String,
    /// `EchoRequestRecv`
    pub(crate) request: String,
    /// The type that implements the trait: `EchoHandler`.
    pub(crate) handler: String,
    /// The module, and file, that holds the handler.
    pub(crate) file: String,
    /// How the handler's file writes the trait: in short, unless that means something else there.
    pub(crate) trait_path: String,
    /// The handler file's `use` lines.
    pub(crate) uses: Vec<String>,
    /// The lines of the doc comment.
    pub(crate) doc: Vec<String>,
    /// All methods of the trait.
    pub(crate) methods: Vec<MethodView>,
}

/// A service, and the IDL that defines it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service<'a> {
    /// What the generated crate has of it.
    pub(crate) api: &'a ServiceApi,
    /// The IDL.
    pub(crate) idl: &'a IdlSettings,
}

/// The views of all services, each with a file of its own. `root` is the crate with the generated code.
pub(super) fn services(services: &[Service<'_>], root: &str) -> Vec<ServiceView> {
    let names = names(services.iter().map(|service| service.api));
    let mut shared = SharedImports::default();
    let views = services.iter().zip(names).map(|(service, names)| service_view(*service, root, names, &mut shared));
    views.collect()
}

/// What the files import that are about all services.
#[derive(Default)]
struct SharedImports {
    services: Imports,
    clients: Imports,
}

fn service_view(
    Service { api: service, idl }: Service<'_>,
    root: &str,
    Names { handler, file }: Names,
    shared: &mut SharedImports,
) -> ServiceView {
    let mut imports = Imports::new(&[&handler]);
    // What the file says itself goes before the types of arguments.
    if !service.methods.is_empty() {
        imports.import("crate", "not_implemented");
    }
    let trait_path = imports.import(&service.module, &service.ident);
    let methods = service.methods.iter().map(|method| method_view(service, method, &mut imports)).collect();
    ServiceView {
        name: service.ident.clone(),
        idl_name: service.idl_name.clone(),
        local_module: service.module.trim_start_matches(root).trim_start_matches("::").to_owned(),
        module: service.module.clone(),
        idl: idl.path.clone(),
        destination: idl.service.clone(),
        server_path: shared.services.import(&service.module, &service.server),
        server: service.server.clone(),
        client_path: shared.clients.import(&service.module, &service.client),
        client: service.client.clone(),
        client_builder_path: shared.clients.import(&service.module, &service.client_builder),
        client_builder: service.client_builder.clone(),
        argument: file.replace('_', "-"),
        variant: handler.trim_end_matches("Handler").to_owned(),
        request: service.request.clone(),
        handler,
        file,
        trait_path,
        uses: imports.lines(WIDTH),
        doc: doc_lines(service.doc.as_deref()),
        methods,
    }
}
