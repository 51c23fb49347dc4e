//! A project as templates see it: plain data, every name ready to be written.

use serde::Serialize;
use volplane_build::rust::{ArgumentApi, MethodApi, ServiceApi};

use super::paths::Imports;
use crate::settings::{Settings, Transport};

/// The width that rustfmt.toml gives to a line.
const WIDTH: usize = 120;

/// Everything that a template may say.
#[derive(Debug, Serialize)]
pub(crate) struct ProjectView {
    /// The prefix of the packages' names: `hello`.
    pub(crate) module: String,
    /// The same in Rust code.
    pub(crate) ident: String,
    /// `build-rs` or `checked-in`.
    pub(crate) codegen: &'static str,
    /// The destination name that clients use.
    pub(crate) destination: String,
    /// The same as TOML writes it, quotes included.
    pub(crate) destination_toml: String,
    /// The same as Rust writes it, quotes included.
    pub(crate) destination_rust: String,
    /// The version of volplane.
    pub(crate) volplane: &'static str,
    /// The version of volo-thrift.
    pub(crate) volo_thrift: &'static str,
    /// The programs' transports.
    pub(crate) transports: Vec<TransportView>,
    /// The services, in the order of the IDL; at least one.
    pub(crate) services: Vec<ServiceView>,
    /// The IDL that was asked for, relative to the project.
    pub(crate) idl: String,
    /// The folders to look includes up in, relative to the project.
    pub(crate) include_dirs: Vec<String>,
    /// The right-hand side of `runtime =` in volplane.toml.
    pub(crate) runtime: String,
    /// The folders of the vendored crates.
    pub(crate) vendored: Vec<String>,
}

/// A transport.
#[derive(Debug, Serialize)]
pub(crate) struct TransportView {
    /// `stdnet`
    pub(crate) name: &'static str,
    /// `02-stdnet`: its folder, and what its programs' names begin with.
    pub(crate) program: String,
    /// What it is, for people.
    pub(crate) title: &'static str,
    /// Where its server listens unless told otherwise.
    pub(crate) address: &'static str,
    /// The flag that tells it otherwise.
    pub(crate) flag: &'static str,
    /// What its client wants to be told.
    pub(crate) client_arguments: &'static str,
}

/// A service.
#[derive(Debug, Serialize)]
pub(crate) struct ServiceView {
    /// The trait: `Echo`.
    pub(crate) name: String,
    /// Its name in the IDL.
    pub(crate) idl_name: String,
    /// The module of the trait: `hello_generated::api`.
    pub(crate) module: String,
    /// That module as the generated crate itself sees it: `crate::api`.
    pub(crate) local_module: String,
    /// `EchoServer`
    pub(crate) server: String,
    /// `EchoClientBuilder`
    pub(crate) client_builder: String,
    /// `EchoRequestRecv`
    pub(crate) request: String,
    /// `EchoResponseSend`
    pub(crate) response: String,
    /// The type that implements the trait: `EchoHandler`.
    pub(crate) handler: String,
    /// The module, and file, that holds the handler.
    pub(crate) file: String,
    /// The handler file's `use` lines.
    pub(crate) uses: Vec<String>,
    /// The lines of the doc comment.
    pub(crate) doc: Vec<String>,
    /// All methods of the trait.
    pub(crate) methods: Vec<MethodView>,
}

/// A method.
#[derive(Debug, Serialize)]
pub(crate) struct MethodView {
    /// Its identifier.
    pub(crate) name: String,
    /// `Echo.echo`, with the names of the IDL.
    pub(crate) full_name: String,
    /// How the handler's method begins, without the brace; lines behind the first have their indentation.
    pub(crate) signature: String,
    /// The lines of the doc comment.
    pub(crate) doc: Vec<String>,
    /// Arguments for a call that is only an example.
    pub(crate) example_arguments: String,
    /// Whether it declares exceptions.
    pub(crate) throws: bool,
    /// Whether no answer is sent.
    pub(crate) oneway: bool,
}

impl TransportView {
    pub(super) fn new(transport: Transport) -> Self {
        let (title, address, flag, client_arguments) = match transport {
            Transport::Default => ("volo's own TCP", "127.0.0.1:8888", "--addr", ""),
            Transport::Stdnet => ("standard-library TCP", "127.0.0.1:8889", "--addr", ""),
            Transport::Websocket => ("WebSocket", "ws://127.0.0.1:8890/kitex-ws", "--url", ""),
            Transport::Yamux => ("yamux over WebSocket, both ways", "ws://127.0.0.1:8891/kitex-ws", "--url", "alice"),
        };
        let program = format!("{}-{}", transport.number(), transport.name());
        Self { name: transport.name(), program, title, address, flag, client_arguments }
    }
}

/// The views of all services; each gets a file of its own.
pub(super) fn services(services: &[ServiceApi], settings: &Settings) -> Vec<ServiceView> {
    let root = format!("{}_generated", settings.module.ident());
    let mut files: Vec<String> = Vec::new();
    services
        .iter()
        .map(|service| {
            let file = free_file(&service.snake, &files);
            files.push(file.clone());
            service_view(service, &root, file)
        })
        .collect()
}

fn service_view(service: &ServiceApi, root: &str, file: String) -> ServiceView {
    let handler = format!("{}Handler", service.ident);
    let mut imports = Imports::new(&[&handler]);
    // What the file says itself goes before the types of arguments.
    imports.import("crate", "not_implemented");
    imports.import(&service.module, &service.ident);
    let methods = service.methods.iter().map(|method| method_view(service, method, &mut imports)).collect();
    ServiceView {
        name: service.ident.clone(),
        idl_name: service.idl_name.clone(),
        local_module: service.module.replacen(root, "crate", 1),
        module: service.module.clone(),
        server: service.server.clone(),
        client_builder: service.client_builder.clone(),
        request: service.request.clone(),
        response: format!("{}ResponseSend", service.ident),
        handler,
        file,
        uses: imports.lines(WIDTH),
        doc: doc_lines(service.doc.as_deref()),
        methods,
    }
}

fn method_view(service: &ServiceApi, method: &MethodApi, imports: &mut Imports) -> MethodView {
    let parameters: Vec<String> = std::iter::once("&self".to_owned())
        .chain(method.arguments.iter().map(|argument| parameter(argument, &method.arguments, imports)))
        .collect();
    let output = imports.shorten(&method.output);
    MethodView {
        name: method.ident.clone(),
        full_name: format!("{}.{}", service.idl_name, method.idl_name),
        signature: signature(&method.ident, &parameters, &output),
        doc: doc_lines(method.doc.as_deref()),
        example_arguments: vec!["Default::default()"; method.arguments.len()].join(", "),
        throws: method.exception.is_some(),
        oneway: method.oneway,
    }
}

/// A parameter that nothing uses yet: with an underscore before its name.
fn parameter(argument: &ArgumentApi, all: &[ArgumentApi], imports: &mut Imports) -> String {
    let mut name = format!("_{}", argument.ident.trim_start_matches("r#"));
    while all.iter().any(|other| other.ident == name) {
        name.insert(0, '_');
    }
    format!("{name}: {}", imports.shorten(&argument.ty))
}

/// As rustfmt breaks it: on one line, or one parameter a line.
fn signature(name: &str, parameters: &[String], output: &str) -> String {
    let line = format!("async fn {name}({}) -> {output}", parameters.join(", "));
    if "    ".len() + line.len() + " {".len() <= WIDTH {
        return line;
    }
    let parameters: String = parameters.iter().map(|parameter| format!("        {parameter},\n")).collect();
    format!("async fn {name}(\n{parameters}    ) -> {output}")
}

fn doc_lines(doc: Option<&str>) -> Vec<String> {
    doc.map(|doc| doc.lines().map(|line| line.trim_end().to_owned()).collect()).unwrap_or_default()
}

/// A name for a handler's file that no other file of the crate has, and that needs no escaping in `mod`.
fn free_file(snake: &str, taken: &[String]) -> String {
    let reserved = ["lib", "main"].contains(&snake) || crate::settings::is_keyword(snake);
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
    fn a_long_signature_has_one_parameter_a_line() {
        let parameters = ["&self".to_owned(), format!("_a: {}", "A".repeat(90))];
        let text = signature("long", &parameters, "Result<(), ServerError>");
        assert_eq!(
            text.lines().map(|line| line.chars().take(8).collect::<String>()).collect::<Vec<_>>(),
            ["async fn", "        ", "        ", "    ) ->"]
        );
        assert!(!signature("short", &parameters[..1], "Result<(), ServerError>").contains('\n'));
    }

    #[test]
    fn files_have_names_that_modules_can_have() {
        assert_eq!(free_file("echo", &[]), "echo");
        assert_eq!(free_file("echo", &["echo".into(), "echo2".into()]), "echo3");
        assert_eq!(free_file("lib", &[]), "lib_service");
        assert_eq!(free_file("type", &[]), "type_service");
    }
}
