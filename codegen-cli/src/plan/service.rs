//! A service as templates see it.

use serde::Serialize;
use volplane_build::rust::{MethodApi, ServiceApi};

use super::method::{MethodView, doc_lines, method_view};
use super::paths::Imports;
use crate::settings::{self, Module};

/// The width that rustfmt.toml gives to a line.
pub(super) const WIDTH: usize = 120;

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
    /// `EchoServer`
    pub(crate) server: String,
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

/// The views of all services, each with a file of its own, and the `use` lines of the hub's file.
pub(super) fn services(services: &[ServiceApi], module: &Module) -> (Vec<ServiceView>, Vec<String>) {
    let root = format!("{}_generated", module.ident());
    let several = services.len() > 1;
    let mut hub = hub_imports(services, several);
    let mut files: Vec<String> = Vec::new();
    let views = services
        .iter()
        .map(|service| {
            let file = free_file(&service.snake, &files);
            files.push(file.clone());
            service_view(service, &root, file, several, &mut hub)
        })
        .collect();
    (views, hub.lines(WIDTH))
}

/// What the hub's file imports in any case; a type of the IDL that has such a name is written as a path.
fn hub_imports(services: &[ServiceApi], several: bool) -> Imports {
    let mut taken = vec!["Peer".to_owned()];
    for service in services {
        taken.extend(["Hub", "Peer"].map(|end| format!("{end}{}Handler", service.ident)));
    }
    let mut hub = Imports::new(&taken.iter().map(String::as_str).collect::<Vec<_>>());
    for name in ["ConnectWith", "Hub", "Registration", "Streams"] {
        hub.import("volplane_transport", name);
    }
    if several {
        hub.import("volo_thrift", "Router");
    }
    if services.iter().flat_map(|service| &service.methods).any(|method| method.exception.is_some()) {
        hub.import("volo_thrift", "MaybeException");
    }
    hub
}

fn service_view(service: &ServiceApi, root: &str, file: String, several: bool, hub: &mut Imports) -> ServiceView {
    let handler = format!("{}Handler", service.ident);
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

/// A name for a handler's file that no other file of the crate has, and that needs no escaping in `mod`.
fn free_file(snake: &str, taken: &[String]) -> String {
    let reserved = ["lib", "main", "hub"].contains(&snake) || settings::is_keyword(snake);
    let base = if reserved { format!("{snake}_service") } else { snake.to_owned() };
    let mut name = base.clone();
    let mut number = 2;
    while taken.contains(&name) {
        name = format!("{base}{number}");
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_names_that_modules_can_have() {
        assert_eq!(free_file("echo", &[]), "echo");
        assert_eq!(free_file("echo", &["echo".into(), "echo2".into()]), "echo3");
        assert_eq!(free_file("lib", &[]), "lib_service");
        assert_eq!(free_file("hub", &[]), "hub_service");
        assert_eq!(free_file("type", &[]), "type_service");
    }
}
