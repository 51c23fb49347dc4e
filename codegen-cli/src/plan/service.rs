//! A service as templates see it.

use serde::Serialize;
use volplane_build::internal::rust::{MethodApi, ServiceApi};
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
    /// How a file that imports all services' servers writes this one: in short, unless an earlier one has that name.
    pub(crate) router_server: String,
    /// What its clients' folders are called, and behind the transport their programs: `client` for the service that
    /// example calls go to, `client-shop` for another.
    pub(crate) client: String,
    /// `EchoClientBuilder`
    pub(crate) client_builder: String,
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
    /// Its names in the file with the handlers of both ends of a session.
    pub(crate) hub: HubNames,
}

/// How the hub's file writes a service's names: in short, unless they mean something else there.
#[derive(Debug, Serialize)]
pub(crate) struct HubNames {
    /// `Echo`
    pub(crate) name: String,
    /// `EchoClient`
    pub(crate) client: String,
    /// `EchoClientBuilder`
    pub(crate) client_builder: String,
    /// `EchoServer`; empty for a project with one service, whose programs name it themselves.
    pub(crate) server: String,
    /// `EchoHandler`; empty for a service without methods, where nothing is passed on to it.
    pub(crate) handler: String,
}

/// A service, and the IDL that defines it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service<'a> {
    /// What the generated crate has of it.
    pub(crate) api: &'a ServiceApi,
    /// The IDL.
    pub(crate) idl: &'a IdlSettings,
}

/// The views of all services, each with a file of its own, and the `use` lines of the hub's file. `root` is the crate
/// with the generated code.
pub(super) fn services(services: &[Service<'_>], root: &str, example: usize) -> (Vec<ServiceView>, Vec<String>) {
    let several = services.len() > 1;
    let names = names(services.iter().map(|service| service.api));
    let mut hub = hub_imports(services, &names, several);
    let mut router = Imports::default();
    let mut views = Vec::new();
    for (place, (service, names)) in services.iter().zip(names).enumerate() {
        let client = if place == example { "client".to_owned() } else { format!("client-{}", dashed(&names.file)) };
        let router_server = router.import(&service.api.module, &service.api.server);
        views.push(ServiceView { client, router_server, ..service_view(*service, root, names, several, &mut hub) });
    }
    (views, hub.lines(WIDTH))
}

fn dashed(name: &str) -> String {
    name.replace('_', "-")
}

/// What the hub's file imports in any case; a type of the IDL that has such a name is written as a path.
fn hub_imports(services: &[Service<'_>], names: &[Names], several: bool) -> Imports {
    let mut taken = vec!["Compat".to_owned(), "Peer".to_owned()];
    for Names { handler, .. } in names {
        taken.extend(["Hub", "Peer"].map(|end| format!("{end}{handler}")));
    }
    let mut hub = Imports::new(&taken.iter().map(String::as_str).collect::<Vec<_>>());
    for name in ["ConnectWith", "Hub", "JoinError", "Outgoing", "Registration"] {
        hub.import("volplane_transport", name);
    }
    if several {
        hub.import("volo_thrift", "Router");
    }
    if services.iter().flat_map(|service| &service.api.methods).any(|method| method.exception.is_some()) {
        hub.import("volo_thrift", "MaybeException");
    }
    hub
}

fn service_view(
    Service { api: service, idl }: Service<'_>,
    root: &str,
    Names { handler, file }: Names,
    several: bool,
    hub: &mut Imports,
) -> ServiceView {
    let mut imports = Imports::new(&[&handler]);
    // What the file says itself goes before the types of arguments.
    if !service.methods.is_empty() {
        imports.import("crate", "not_implemented");
    }
    let trait_path = imports.import(&service.module, &service.ident);
    let hub_names = HubNames {
        name: hub.import(&service.module, &service.ident),
        client: hub.import(&service.module, &service.client),
        client_builder: hub.import(&service.module, &service.client_builder),
        server: if several { hub.import(&service.module, &service.server) } else { String::new() },
        handler: if service.methods.is_empty() { String::new() } else { hub.import("crate", &handler) },
    };
    let view = |method: &MethodApi| method_view(service, method, &mut imports, hub);
    let methods = service.methods.iter().map(view).collect();
    ServiceView {
        name: service.ident.clone(),
        idl_name: service.idl_name.clone(),
        local_module: service.module.trim_start_matches(root).trim_start_matches("::").to_owned(),
        module: service.module.clone(),
        idl: idl.path.clone(),
        destination: idl.service.clone(),
        router_server: String::new(),
        client: String::new(),
        server: service.server.clone(),
        client_builder: service.client_builder.clone(),
        request: service.request.clone(),
        handler,
        file,
        trait_path,
        uses: imports.lines(WIDTH),
        doc: doc_lines(service.doc.as_deref()),
        methods,
        hub: hub_names,
    }
}
