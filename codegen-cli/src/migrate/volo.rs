//! What volo-cli left in a project: volo.yml and handlers. Pure.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_yaml::Value;

use super::report::{HandOver, SourcePlace};
use super::scan::{self, Language};
use super::{HandlerTarget, TextFile};

/// volo.yml, as volo-build 0.12 reads it, and 0.10's form with `idls`.
#[derive(Debug, Deserialize)]
struct Config {
    entries: BTreeMap<String, VoloEntry>,
}

#[derive(Debug, Deserialize)]
struct VoloEntry {
    protocol: String,
    #[serde(default)]
    repos: BTreeMap<String, Repo>,
    #[serde(default)]
    services: Vec<VoloService>,
    #[serde(default)]
    idls: Vec<VoloIdl>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Repo {
    url: String,
    #[serde(rename = "ref", default)]
    reference: String,
}

#[derive(Debug, Deserialize)]
struct VoloService {
    idl: VoloIdl,
    #[serde(default)]
    codegen_option: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
struct VoloIdl {
    source: String,
    #[serde(default)]
    repo: String,
    path: String,
    /// Of a repository, in the old form.
    #[serde(rename = "ref", default)]
    reference: Option<String>,
    #[serde(default)]
    includes: Option<Vec<String>>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

/// What volo.yml says, for us.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct VoloSettings {
    /// The thrift files on the disk, relative to volo.yml.
    pub(crate) idls: Vec<String>,
    /// The folders that includes are looked up in, relative to volo.yml.
    pub(crate) includes: Vec<String>,
    /// What is not carried over, in sentences.
    pub(crate) left_out: Vec<String>,
}

/// Reads volo.yml.
///
/// # Errors
/// When it is not valid YAML, or not of that form.
pub(crate) fn settings(text: &str) -> Result<VoloSettings, serde_yaml::Error> {
    let config: Config = serde_yaml::from_str(text)?;
    let mut settings = VoloSettings::default();
    for (name, mut entry) in config.entries {
        if entry.protocol != "thrift" {
            settings.left_out.push(format!("volo.yml, `{name}`: {} is not taken over", entry.protocol));
            continue;
        }
        // The name of the generated file; there is one way for that here.
        entry.others.remove("filename");
        let mut options: Vec<String> = entry.others.into_keys().collect();
        let services = entry.services.into_iter().map(|service| (service.idl, service.codegen_option));
        let idls = entry.idls.into_iter().map(|mut idl| {
            let mut others = std::mem::take(&mut idl.others);
            others.remove("lock");
            (idl, others)
        });
        for (idl, others) in services.chain(idls) {
            options.extend(others.into_keys());
            if idl.source == "local" {
                settings.idls.push(idl.path);
                settings.includes.extend(idl.includes.unwrap_or_default());
            } else {
                settings.left_out.push(not_fetched(&name, &idl, &entry.repos));
            }
        }
        options.sort();
        options.dedup();
        let told =
            options.iter().map(|option| format!("volo.yml, `{name}`: the option `{option}` is not carried over"));
        settings.left_out.extend(told);
    }
    settings.includes.sort();
    settings.includes.dedup();
    Ok(settings)
}

fn not_fetched(entry: &str, idl: &VoloIdl, repos: &BTreeMap<String, Repo>) -> String {
    let (url, reference) = repos
        .get(&idl.repo)
        .map_or((&idl.repo, idl.reference.as_deref().unwrap_or_default()), |repo| (&repo.url, &repo.reference));
    let at = if reference.is_empty() { String::new() } else { format!(" at {reference}") };
    format!(
        "volo.yml, `{entry}`: `{}` of {url}{at} is not fetched; with a copy in the new project: `volplane add IDL`",
        idl.path
    )
}

/// The `impl` blocks of the services' traits, and where each goes.
pub(crate) fn handlers(rust: &[TextFile], targets: &[HandlerTarget]) -> Vec<HandOver> {
    let mut found = Vec::new();
    for file in rust {
        for (line, name, handler) in impls(&file.text) {
            let Some(target) = targets.iter().find(|target| target.trait_name == name) else { continue };
            found.push(HandOver {
                from: SourcePlace { path: file.path.clone(), line },
                what: format!("impl {name} for {handler}"),
                to: SourcePlace { path: target.file.clone(), line: target.line },
            });
        }
    }
    found.sort_by(|a, b| a.from.cmp(&b.from));
    found
}

/// Every `impl Trait for Type` with its line, the trait's name and the type.
fn impls(text: &str) -> Vec<(usize, String, String)> {
    let code = scan::code(text, Language::Rust);
    let blocks = scan::words(&code).filter(|(_, word)| *word == "impl").filter_map(|(place, _)| {
        let rest = code.get(place + "impl".len()..)?;
        let head = rest.get(..rest.find(['{', ';'])?)?;
        let (path, ty) = head.split_once(" for ")?;
        let ty = ty.split(" where ").next()?.split_whitespace().collect::<Vec<_>>().join(" ");
        // Without type parameters, before and behind.
        let path = path.trim_end().trim_end_matches('>');
        let name = scan::words(path.rsplit("::").next()?).map(|(_, word)| word).last()?;
        Some((scan::line(&code, place), name.to_owned(), ty))
    });
    blocks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volo_yml_of_today() {
        let text = "entries:
  default:
    filename: volo_gen.rs
    protocol: thrift
    repos:
      common:
        url: https://example.com/common.git
        ref: main
        lock: 0123456
    services:
    - idl:
        source: local
        path: ../idl/shop.thrift
        includes:
        - ../idl/common
      codegen_option:
        touch: [Item]
    - idl:
        source: git
        repo: common
        path: base.thrift
    split_generated_files: true
  grpc:
    filename: grpc.rs
    protocol: protobuf
    services: []
";
        let settings = settings(text).expect("it is of the form");
        assert_eq!(settings.idls, ["../idl/shop.thrift"]);
        assert_eq!(settings.includes, ["../idl/common"]);
        assert_eq!(
            settings.left_out,
            [
                "volo.yml, `default`: `base.thrift` of https://example.com/common.git at main is not fetched; with a copy in the new project: `volplane add IDL`",
                "volo.yml, `default`: the option `split_generated_files` is not carried over",
                "volo.yml, `default`: the option `touch` is not carried over",
                "volo.yml, `grpc`: protobuf is not taken over",
            ]
        );
    }

    #[test]
    fn volo_yml_of_old() {
        let text = "entries:\n  default:\n    protocol: thrift\n    filename: volo_gen.rs\n    idls:\n    - source: local\n      path: ../a.thrift\n      includes: null\n    - source: git\n      repo: git@example.com:x/y.git\n      ref: v1\n      lock: 0\n      path: b.thrift\n";
        let settings = settings(text).expect("it is of the form");
        assert_eq!(settings.idls, ["../a.thrift"]);
        assert_eq!(
            settings.left_out,
            [
                "volo.yml, `default`: `b.thrift` of git@example.com:x/y.git at v1 is not fetched; with a copy in the new project: `volplane add IDL`",
            ]
        );
        assert!(super::settings("entries: 3").is_err());
    }

    #[test]
    fn implementations_of_traits() {
        let text = "struct S;\n// impl volo_gen::api::Echo for No {}\nimpl volo_gen::shop::api::Echo for S {\n}\nimpl S {}\n#[volo::async_trait]\nimpl<T: Clone> Shop for Handler<T> where T: Send {}\nfn f() -> impl Echo { \"impl Echo for X {\" }\nimpl From<Echo> for A {}\n";
        let found: Vec<String> = impls(text).iter().map(|(line, name, ty)| format!("{line} {name} {ty}")).collect();
        assert_eq!(found, ["3 Echo S", "7 Shop Handler<T>", "9 Echo A"]);
    }
}
