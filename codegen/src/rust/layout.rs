//! Which module each file goes to, and which identifier each definition has there: unique, whatever the files say.

use std::collections::{BTreeMap, BTreeSet};

use super::names;
use crate::model::{Annotation, DefId, Definition, DefinitionKind, File, Model, Service};
use crate::span::FileId;

/// The Rust places of everything in a model.
#[derive(Debug)]
pub struct Layout {
    modules: Vec<Module>,
    module_of: Vec<usize>,
    names: Vec<Vec<String>>,
}

/// A module and the files whose definitions it holds.
#[derive(Debug)]
pub struct Module {
    /// Its path below the crate's root, keywords not yet escaped.
    pub path: Vec<String>,
    /// The files, in the model's order.
    pub files: Vec<FileId>,
}

impl Layout {
    /// Gives every file a module and every definition a name.
    ///
    /// Files of one namespace share a module, unless a name of theirs would clash: the later file then goes to a
    /// module below, named for the file. What still clashes inside one file gets a number.
    pub fn new(model: &Model) -> Layout {
        let mut taken: BTreeMap<Vec<String>, Taken> = BTreeMap::new();
        let mut layout = Layout { modules: Vec::new(), module_of: Vec::new(), names: Vec::new() };
        for (index, file) in model.files.iter().enumerate() {
            let wanted: Vec<String> = file.definitions.iter().map(wanted_name).collect();
            let path = free_module(file, &wanted, &taken);
            let here = taken.entry(path.clone()).or_default();
            let module = match layout.modules.iter().position(|module| module.path == path) {
                Some(module) => module,
                None => {
                    layout.modules.push(Module { path, files: Vec::new() });
                    layout.modules.len() - 1
                }
            };
            layout.modules[module].files.push(FileId(index as u32));
            layout.module_of.push(module);
            layout.names.push(here.take_all(file, wanted));
        }
        layout
    }

    /// All modules, in the order in which files need them.
    pub fn modules(&self) -> &[Module] {
        &self.modules
    }

    /// The module of a file, as an index into [`Layout::modules`].
    pub fn module_of(&self, file: FileId) -> usize {
        self.module_of[file.0 as usize]
    }

    /// The identifier of a definition.
    pub fn name(&self, id: DefId) -> &str {
        &self.names[id.file.0 as usize][id.index as usize]
    }

    /// The path of a definition below the crate's root: `api::Request`.
    pub fn path(&self, id: DefId) -> String {
        format!("{}::{}", self.module_path(id.file), names::escape(self.name(id)))
    }

    /// The path of a file's module below the crate's root.
    pub fn module_path(&self, file: FileId) -> String {
        let segments: Vec<String> =
            self.modules[self.module_of(file)].path.iter().map(|segment| names::escape(segment)).collect();
        segments.join("::")
    }
}

/// The value of `pilota.name`, with which a user overrides a name.
pub fn pilota_name(annotations: &[Annotation]) -> Option<&str> {
    annotations.iter().find(|a| a.key.text == "pilota.name").map(|a| a.value.as_str()).filter(|name| is_ident(name))
}

fn is_ident(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name != "_"
}

fn wanted_name(definition: &Definition) -> String {
    let idl = &definition.name.text;
    match definition.kind {
        DefinitionKind::Service(_) => names::service_name(idl),
        DefinitionKind::Const(..) => {
            pilota_name(&definition.annotations).map_or_else(|| names::constant_name(idl), str::to_owned)
        }
        _ => pilota_name(&definition.annotations).map_or_else(|| names::type_name(idl), str::to_owned),
    }
}

/// The namespace for `rs`, else `go`, else `*`, else the file's name.
fn namespace(file: &File) -> &str {
    ["rs", "go", "*"]
        .iter()
        .find_map(|scope| file.namespaces.iter().find(|n| n.scope.text == *scope))
        .map_or(&file.stem, |n| &n.name.text)
}

fn free_module(file: &File, wanted: &[String], taken: &BTreeMap<Vec<String>, Taken>) -> Vec<String> {
    let own = if file.namespaces.iter().any(|n| ["rs", "go", "*"].contains(&n.scope.text.as_str())) {
        names::module_path(namespace(file))
    } else {
        // A dotted file name is one module, not several.
        names::module_path(&file.stem.replace('.', "_"))
    };
    let below = names::module_path(&file.stem.replace('.', "_"));
    let mut path = own.clone();
    let mut number = 1;
    while taken.get(&path).is_some_and(|taken| taken.clashes(file, wanted)) {
        path = own.iter().chain(&below).cloned().collect();
        if number > 1
            && let Some(last) = path.last_mut()
        {
            last.push_str(&format!("_{number}"));
        }
        number += 1;
    }
    path
}

/// The names in use in one module.
#[derive(Debug, Default)]
struct Taken {
    names: BTreeSet<String>,
}

impl Taken {
    fn clashes(&self, file: &File, wanted: &[String]) -> bool {
        let mut all = file.definitions.iter().zip(wanted).flat_map(|(definition, name)| all_names(definition, name));
        all.any(|name| self.names.contains(&name))
    }

    /// Services first: what hangs on their names is more than what hangs on a type's.
    fn take_all(&mut self, file: &File, wanted: Vec<String>) -> Vec<String> {
        let mut given = wanted;
        for services in [true, false] {
            for (definition, name) in file.definitions.iter().zip(&mut given) {
                if matches!(definition.kind, DefinitionKind::Service(_)) == services {
                    *name = self.take(definition, name);
                }
            }
        }
        given
    }

    fn take(&mut self, definition: &Definition, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        while all_names(definition, &name).iter().any(|name| self.names.contains(name)) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        self.names.extend(all_names(definition, &name));
        name
    }
}

/// Every identifier that a definition puts into its module.
fn all_names(definition: &Definition, name: &str) -> Vec<String> {
    let mut all = vec![name.to_owned()];
    if let DefinitionKind::Service(service) = &definition.kind {
        for suffix in [
            "Server",
            "Client",
            "GenericClient",
            "OneShotClient",
            "ClientBuilder",
            "RequestRecv",
            "RequestSend",
            "ResponseRecv",
            "ResponseSend",
        ] {
            all.push(format!("{name}{suffix}"));
        }
        all.push(format!("Mk{name}GenericClient"));
        all.extend(method_types(service, name));
    }
    all
}

fn method_types(service: &Service, name: &str) -> Vec<String> {
    let suffixes = ["ArgsSend", "ArgsRecv", "ResultSend", "ResultRecv", "Exception"];
    service
        .methods
        .iter()
        .flat_map(|method| {
            let method = method_type_stem(method);
            suffixes.iter().map(move |suffix| format!("{name}{method}{suffix}"))
        })
        .collect()
}

/// What the backend makes of a method's name in `EchoSayHelloException`.
pub fn method_type_stem(method: &crate::model::Method) -> String {
    names::variant_name(&method_ident(method)).trim_end_matches('_').to_owned()
}

/// The method's identifier, keywords not yet escaped.
pub fn method_ident(method: &crate::model::Method) -> String {
    pilota_name(&method.annotations).map_or_else(|| names::method_name(&method.name.text), str::to_owned)
}
