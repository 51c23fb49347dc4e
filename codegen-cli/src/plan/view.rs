//! A project as templates see it: plain data, every name ready to be written.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::service::ServiceView;
use crate::settings::{Extra, Generated, IdlSettings, Transport};

/// Everything that a template may say.
#[derive(Debug, Serialize)]
pub(crate) struct ProjectView {
    /// The prefix of the packages' names: `hello`.
    pub(crate) module: String,
    /// The same in Rust code.
    pub(crate) ident: String,
    /// The folder of the handlers and programs: `cmd`.
    pub(crate) package: String,
    /// The way to the cargo workspace that the packages belong to, if that is not the project's own.
    pub(crate) workspace: Option<String>,
    /// The nearest folder that holds everything that a build reads, seen from the project: `.`, `../..`.
    pub(crate) build_context: String,
    /// `build-rs` or `checked-in`.
    pub(crate) codegen: &'static str,
    /// The version of volplane.
    pub(crate) volplane: &'static str,
    /// The version of volo-thrift.
    pub(crate) volo_thrift: &'static str,
    /// The programs' transports.
    pub(crate) transports: Vec<TransportView>,
    /// What the project has for running the servers elsewhere: `docker`, `systemd`.
    pub(crate) with: Vec<Extra>,
    /// The features of volplane-transport that the programs need, sorted; `None` if no program uses that crate.
    pub(crate) transport_features: Option<BTreeSet<&'static str>>,
    /// What `[generated]` in volplane.toml says.
    pub(crate) generated: Generated,
    /// The services, in the order of the IDL files and of their texts; none in a project that has types alone.
    pub(crate) services: Vec<ServiceView>,
    /// The service that example calls go to: the first that has a method; 0 if there is no service.
    pub(crate) example: usize,
    /// The IDL files, in the order of volplane.toml.
    pub(crate) idls: Vec<IdlView>,
    /// The folders to look includes up in, relative to the project, each once.
    pub(crate) include_dirs: Vec<String>,
    /// The right-hand side of `runtime =` in volplane.toml.
    pub(crate) runtime: String,
    /// The folders of the vendored crates.
    pub(crate) vendored: Vec<String>,
    /// The folder with templates of the project's own, relative to the project.
    pub(crate) templates: Option<String>,
    /// Values for templates, which also see them as `set`.
    pub(crate) set: BTreeMap<String, String>,
}

/// An IDL file.
#[derive(Debug, Serialize)]
pub(crate) struct IdlView {
    /// Its path, relative to the project.
    pub(crate) path: String,
    /// The destination name that clients of its services use.
    pub(crate) service: String,
    /// The folders that includes are looked up in, relative to the project.
    pub(crate) include: Vec<String>,
}

impl IdlView {
    pub(super) fn new(idl: &IdlSettings) -> Self {
        Self { path: idl.path.clone(), service: idl.service.clone(), include: idl.include.clone() }
    }
}

/// The features of volplane-transport that programs over these transports need; `None` if no program uses that crate.
pub(super) fn transport_features(transports: &[Transport]) -> Option<BTreeSet<&'static str>> {
    let needed: Vec<_> = transports.iter().filter_map(|transport| transport.features()).collect();
    (!needed.is_empty()).then(|| needed.concat().into_iter().collect())
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
    /// The default address of its server.
    pub(crate) address: &'static str,
    /// The same on every network interface of its host.
    pub(crate) public_address: String,
    /// The port in it.
    pub(crate) port: &'static str,
    /// The flag that sets the address.
    pub(crate) flag: &'static str,
    /// A value for that flag that takes a free port.
    pub(crate) any_port: &'static str,
    /// Its client's arguments.
    pub(crate) client_arguments: &'static str,
    /// What the echo demo's client says.
    pub(crate) greeting: &'static str,
}

impl TransportView {
    pub(super) fn new(transport: Transport) -> Self {
        let (title, address, client_arguments, greeting) = match transport {
            Transport::Default => ("volo's own connections", "127.0.0.1:8888", "", "Say hello by volo default"),
            Transport::Stdnet => ("standard-library TCP", "127.0.0.1:8889", "", "Say hello by std net"),
            Transport::Websocket => ("WebSocket", "ws://127.0.0.1:8890/kitex-ws", "", "Say hello by websocket"),
            Transport::Yamux => {
                ("yamux on WebSocket, both ways", "ws://127.0.0.1:8891/kitex-ws", "alice", "Say hello by yamux")
            }
            Transport::Tls => ("WebSocket with TLS", "wss://127.0.0.1:8892/kitex-ws", "", "Say hello by tls"),
            Transport::Http => ("HTTP", "http://127.0.0.1:8893/thrift", "", "Say hello by http"),
        };
        Self {
            name: transport.name(),
            program: format!("{}-{}", transport.number(), transport.name()),
            title,
            address,
            public_address: address.replace("127.0.0.1", "0.0.0.0"),
            port: transport.port(),
            flag: transport.address_flag(),
            any_port: transport.any_port(),
            client_arguments,
            greeting,
        }
    }
}
