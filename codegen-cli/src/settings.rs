//! What a project is made with, resolved: every value here has been checked.

mod extra;
mod generated;
mod module;
mod package;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;
use serde::Serialize;
use thiserror::Error;

pub(crate) use extra::Extra;
pub(crate) use generated::{ChosenService, Generated};
pub(crate) use module::{Module, ModuleError, is_keyword};
pub(crate) use package::PackageDir;

/// The settings of one project.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The prefix of its packages.
    pub(crate) module: Module,
    /// Its IDL files, in the order of `volplane.toml`; at least one.
    pub(crate) idls: Vec<IdlSettings>,
    /// The folder of its handlers and programs.
    pub(crate) package: PackageDir,
    /// The way to the folder of the cargo workspace that its packages belong to; `None` if they have one of their own.
    pub(crate) workspace: Option<String>,
    /// Features of volplane-transport that manifests turn on besides those that volplane wrote there.
    pub(crate) features_by_hand: BTreeSet<String>,
    /// Its programs' transports, in the order of their numbers, each once; none in a project without programs.
    pub(crate) transports: Vec<Transport>,
    /// Its files for running the servers elsewhere, each kind once.
    pub(crate) with: Vec<Extra>,
    /// When the IDL is compiled.
    pub(crate) codegen: Codegen,
    /// Where the runtime crates come from.
    pub(crate) runtime: Runtime,
    /// What the generated code holds.
    pub(crate) generated: Generated,
    /// The folder with templates, relative to the project, instead of the built-in ones.
    pub(crate) templates: Option<String>,
    /// Values for templates: `set.key`.
    pub(crate) set: BTreeMap<String, String>,
}

/// An IDL file of a project, with its includes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdlSettings {
    /// Its path, relative to the project, with `/` between its parts.
    pub(crate) path: String,
    /// The destination name that clients of its services use.
    pub(crate) service: String,
    /// The folders that includes are looked up in, relative to the project.
    pub(crate) include: Vec<String>,
}

impl Settings {
    /// The folders that includes are looked up in, each once, in the order of the IDL files.
    pub(crate) fn include_dirs(&self) -> Vec<&str> {
        let mut dirs: Vec<&str> = Vec::new();
        for dir in self.idls.iter().flat_map(|idl| &idl.include) {
            if !dirs.contains(&dir.as_str()) {
                dirs.push(dir);
            }
        }
        dirs
    }
}

/// A kind of connection that programs are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Transport {
    /// volo's own TCP
    Default,
    /// Standard-library TCP, the simplest custom connection
    Stdnet,
    /// WebSocket
    Websocket,
    /// yamux over WebSocket: calls in both directions over one connection
    Yamux,
    /// WebSocket with TLS, with a certificate made on the spot
    Tls,
    /// HTTP: each call is a POST, as Apache's HTTP clients send it
    Http,
}

impl Transport {
    /// All of them, by number.
    pub(crate) const ALL: [Self; 6] =
        [Self::Default, Self::Stdnet, Self::Websocket, Self::Yamux, Self::Tls, Self::Http];

    /// The name in `volplane.toml`, and in the programs' names behind the number.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Stdnet => "stdnet",
            Self::Websocket => "websocket",
            Self::Yamux => "yamux",
            Self::Tls => "tls",
            Self::Http => "http",
        }
    }

    /// The number that its programs carry: up to 04 the article's.
    pub(crate) fn number(self) -> &'static str {
        match self {
            Self::Default => "01",
            Self::Stdnet => "02",
            Self::Websocket => "03",
            Self::Yamux => "04",
            Self::Tls => "05",
            Self::Http => "06",
        }
    }
}

impl Transport {
    /// The features of volplane-transport that its programs need; `None` if they do not use that crate.
    pub(crate) fn features(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Default => None,
            Self::Stdnet | Self::Http => Some(&["endpoints"]),
            Self::Websocket => Some(&["endpoints", "websocket"]),
            Self::Yamux => Some(&["endpoints", "websocket", "yamux"]),
            Self::Tls => Some(&["endpoints", "tls", "websocket"]),
        }
    }

    /// The flag of its programs that gives the address.
    pub(crate) fn address_flag(self) -> &'static str {
        match self {
            Self::Default | Self::Stdnet => "--addr",
            Self::Websocket | Self::Yamux | Self::Tls | Self::Http => "--url",
        }
    }

    /// The default port of the server.
    pub(crate) fn port(self) -> &'static str {
        match self {
            Self::Default => "8888",
            Self::Stdnet => "8889",
            Self::Websocket => "8890",
            Self::Yamux => "8891",
            Self::Tls => "8892",
            Self::Http => "8893",
        }
    }

    /// An address for the server that takes a free port.
    pub(crate) fn any_port(self) -> &'static str {
        match self {
            Self::Default | Self::Stdnet => "127.0.0.1:0",
            Self::Websocket | Self::Yamux => "ws://127.0.0.1:0/kitex-ws",
            Self::Tls => "wss://127.0.0.1:0/kitex-ws",
            Self::Http => "http://127.0.0.1:0/thrift",
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// When the IDL is compiled to Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Codegen {
    /// On `cargo build`, by generated/build.rs: an edit of the IDL is picked up by itself
    BuildRs,
    /// Now, into generated/src: the project builds without the compiler, about 90 s faster the first time
    CheckedIn,
}

impl Codegen {
    /// The name in `volplane.toml`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::BuildRs => "build-rs",
            Self::CheckedIn => "checked-in",
        }
    }
}

/// Where the project gets volplane's crates from, as given on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RuntimeArg {
    /// A copy in the project.
    Vendored,
    /// A checkout of volplane, relative to the current folder.
    Path(PathBuf),
    /// A git repository.
    Git(String),
    /// A registry version.
    Version(String),
}

/// `--runtime` is none of the four forms.
#[derive(Debug, Error)]
#[error("expected vendored, path=DIR, git=URL or version=REQ")]
pub(crate) struct ParseRuntimeError;

impl FromStr for RuntimeArg {
    type Err = ParseRuntimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            None if text == "vendored" => Ok(Self::Vendored),
            Some((_, "")) => Err(ParseRuntimeError),
            Some(("path", dir)) => Ok(Self::Path(dir.into())),
            Some(("git", url)) => Ok(Self::Git(url.to_owned())),
            Some(("version", req)) => Ok(Self::Version(req.to_owned())),
            _ => Err(ParseRuntimeError),
        }
    }
}

/// `--set`: a value for templates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Set {
    key: String,
    value: String,
}

/// `--set` is not as it should be.
#[derive(Debug, Error)]
#[error("expected KEY=VALUE, where the key consists of ASCII letters, digits and `_` and does not begin with a digit")]
pub(crate) struct ParseSetError;

impl FromStr for Set {
    type Err = ParseSetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, value) = text.split_once('=').ok_or(ParseSetError)?;
        if !is_set_key(key) {
            return Err(ParseSetError);
        }
        Ok(Self { key: key.to_owned(), value: value.to_owned() })
    }
}

impl Set {
    /// All values by their keys; of two with one key, the last.
    pub(crate) fn all(given: &[Self]) -> BTreeMap<String, String> {
        given.iter().map(|set| (set.key.clone(), set.value.clone())).collect()
    }
}

/// Whether templates can say `set.key`.
pub(crate) fn is_set_key(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Where the project gets volplane's crates from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Runtime {
    /// A copy in its `runtime` folder.
    Vendored,
    /// A checkout of volplane: relative to the project, or absolute; with `/` between its parts.
    Path(String),
    /// A git repository.
    Git(String),
    /// A registry version.
    Version(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_has_four_forms() {
        assert_eq!("vendored".parse::<RuntimeArg>().ok(), Some(RuntimeArg::Vendored));
        assert_eq!("path=../volplane".parse::<RuntimeArg>().ok(), Some(RuntimeArg::Path("../volplane".into())));
        assert_eq!("git=https://x/y?a=b".parse::<RuntimeArg>().ok(), Some(RuntimeArg::Git("https://x/y?a=b".into())));
        assert_eq!("version=0.1".parse::<RuntimeArg>().ok(), Some(RuntimeArg::Version("0.1".into())));
        for bad in ["", "path", "path=", "vendored=x", "registry=1"] {
            assert!(bad.parse::<RuntimeArg>().is_err(), "{bad:?}");
        }
    }
}
