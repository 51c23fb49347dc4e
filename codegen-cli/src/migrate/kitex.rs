//! What kitex left in a project: kitex_info.yaml, the IDL that it compiled, handlers and options. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::go::{self, Method};
use super::options;
use super::report::{HandOver, Replacement, SourcePlace};
use super::scan::{self, Language};
use super::{HandlerTarget, TextFile};

/// kitex_info.yaml.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Info {
    /// What `-service` was; empty without it.
    #[serde(default)]
    pub(crate) service_name: String,
    /// The version of kitex.
    #[serde(default)]
    pub(crate) tool_version: String,
}

/// Reads kitex_info.yaml.
///
/// # Errors
/// When it is not valid YAML or has no `kitexinfo`.
pub(crate) fn info(text: &str) -> Result<Info, serde_yaml::Error> {
    #[derive(Deserialize)]
    struct File {
        kitexinfo: Info,
    }
    serde_yaml::from_str::<File>(text).map(|file| file.kitexinfo)
}

/// The IDL files that kitex was run on: those with a service that has a package in the file's own under kitex_gen. Files that
/// were only included have none.
///
/// `generated` has every folder below kitex_gen, with `/` between its parts.
pub(crate) fn roots(idl: &[TextFile], generated: &BTreeSet<String>) -> Vec<String> {
    let is_root = |file: &&TextFile| {
        let facts = facts(&file.text);
        let stem = file.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".thrift");
        let package = facts.namespace.as_deref().unwrap_or(stem).replace('.', "/");
        facts.services.iter().any(|name| generated.contains(&format!("{package}/{}", plain(name))))
    };
    idl.iter().filter(is_root).map(|file| file.path.clone()).collect()
}

/// What an IDL file says of itself, as far as it can be seen without understanding it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Facts {
    /// `namespace go`
    namespace: Option<String>,
    services: Vec<String>,
}

fn facts(text: &str) -> Facts {
    let code = scan::code(text, Language::Thrift);
    let mut facts = Facts::default();
    for (place, word) in scan::words(&code) {
        let rest = code.get(place + word.len()..).unwrap_or_default();
        let mut next = rest.split_whitespace();
        match word {
            "namespace" if next.next() == Some("go") => {
                facts.namespace = next.next().map(|name| name.trim_end_matches([';', ',']).to_owned());
            }
            "service" => {
                let Some((at, name)) = scan::words(rest).next() else { continue };
                let behind = rest.get(at + name.len()..).unwrap_or_default().trim_start();
                let is_definition = rest.get(..at).is_some_and(|between| between.trim().is_empty())
                    && (behind.starts_with('{') || behind.starts_with("extends"));
                if is_definition {
                    facts.services.push(name.to_owned());
                }
            }
            _ => {}
        }
    }
    facts
}

/// The bodies of handlers' methods that somebody wrote, and where each goes.
///
/// A handler is a type named as kitex names it (`EchoImpl`), in whatever file, or one that has all methods of a service.
pub(crate) fn bodies(go: &[TextFile], targets: &[HandlerTarget]) -> Vec<HandOver> {
    let mut types: BTreeMap<String, Vec<(&str, Method)>> = BTreeMap::new();
    for file in go {
        for method in go::methods(&file.text).into_iter().filter(|method| method.takes_context) {
            types.entry(method.receiver.clone()).or_default().push((&file.path, method));
        }
    }
    let mut found = Vec::new();
    for target in targets {
        for (receiver, methods) in &types {
            let has = |idl: &str| methods.iter().any(|(_, method)| is_same(&method.name, idl));
            let has_all = !target.methods.is_empty() && target.methods.iter().all(|method| has(&method.idl_name));
            if !is_same(receiver, &format!("{}Impl", target.service)) && !has_all {
                continue;
            }
            for (path, method) in methods.iter().filter(|(_, method)| method.is_written) {
                let Some(to) = target.methods.iter().find(|to| is_same(&method.name, &to.idl_name)) else { continue };
                found.push(HandOver {
                    from: SourcePlace { path: (*path).to_owned(), line: method.line },
                    what: format!("{receiver}.{}", method.name),
                    to: SourcePlace { path: target.file.clone(), line: to.line },
                });
            }
        }
    }
    found.sort_by(|a, b| a.from.cmp(&b.from));
    found
}

/// Whether Go's name stands for the IDL's: thriftgo changes cases and drops underscores.
fn is_same(go: &str, idl: &str) -> bool {
    plain(go) == plain(idl)
}

fn plain(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}

/// The options of kitex's that the project uses, and what there is for each here.
pub(crate) fn replacements(go: &[TextFile]) -> Vec<Replacement> {
    let uses = go.iter().flat_map(|file| go::options(&file.text).into_iter().map(move |found| (file, found)));
    let mut found: Vec<Replacement> = uses
        .map(|(file, found)| Replacement {
            from: SourcePlace { path: file.path.clone(), line: found.line },
            what: format!("{}.{}", found.package.rsplit('/').next().unwrap_or_default(), found.name),
            instead: options::instead(&found.package, &found.name),
        })
        .collect();
    found.sort_by(|a, b| a.from.cmp(&b.from));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> TextFile {
        TextFile { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn kitex_info_names_the_service() {
        let read = info("kitexinfo:\n   ServiceName: 'example'\n   ToolVersion: 'v0.16.3'\n").ok();
        assert_eq!(read, Some(Info { service_name: "example".to_owned(), tool_version: "v0.16.3".to_owned() }));
        assert_eq!(info("kitexinfo:\n   ServiceName: ''\n").ok().map(|info| info.service_name), Some(String::new()));
        assert!(info("other: 1").is_err());
    }

    #[test]
    fn roots_are_what_kitex_gen_has_services_of() {
        let echo = file("idl/echo.thrift", "namespace go shop.api\nservice Echo extends base.Base { }");
        let base = file("idl/base.thrift", "namespace go base;\nservice Base {}");
        let types = file("idl/types.thrift", "namespace go types\n// service X {}\nstruct A { 1: string service }");
        let bare = file("idl/bare.thrift", "service Bare {}");
        let other = file("idl/other.thrift", "namespace go elsewhere\nservice Other {}");
        let all = [echo, base, types, bare, other];
        let folders = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let generated = folders(&["shop", "shop/api", "shop/api/echo", "base", "types"]);
        assert_eq!(roots(&all, &generated), ["idl/echo.thrift"]);
        assert_eq!(roots(&all, &folders(&["shop/api", "base"])), [""; 0]);
        assert_eq!(roots(&all, &folders(&["bare", "bare/bare"])), ["idl/bare.thrift"]);
        assert_eq!(roots(&all, &folders(&[])), [""; 0]);
    }
}
