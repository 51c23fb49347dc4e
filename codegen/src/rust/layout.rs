//! Which module each file goes to, and which identifier each definition has there: unique, whatever the files say.

use std::collections::{BTreeMap, BTreeSet};

use super::idents::{self, pinned};
use super::names;
use crate::model::{DefId, Definition, DefinitionKind, File, Model};
use crate::span::FileId;

/// The Rust places of everything in a model.
#[derive(Debug)]
pub struct RustPaths {
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

impl RustPaths {
    /// Gives every file a module and every definition a name.
    ///
    /// Files of one namespace share a module, unless a name of theirs would clash: the later file then goes to a
    /// module below, named for the file. What still clashes inside one file gets a number.
    pub fn new(model: &Model) -> RustPaths {
        let mut taken: BTreeMap<Vec<String>, TakenNames> = BTreeMap::new();
        let mut layout = RustPaths { modules: Vec::new(), module_of: Vec::new(), names: Vec::new() };
        for (index, file) in model.files.iter().enumerate() {
            let wanted: Vec<String> = file.definitions.iter().map(wanted_name).collect();
            let id = FileId(index as u32);
            let path = free_module(model, id, &wanted, &taken);
            let here = taken.entry(path.clone()).or_default();
            let module = match layout.modules.iter().position(|module| module.path == path) {
                Some(module) => module,
                None => {
                    layout.modules.push(Module { path, files: Vec::new() });
                    layout.modules.len() - 1
                }
            };
            layout.modules[module].files.push(id);
            layout.module_of.push(module);
            layout.names.push(here.take_all(model, id, wanted));
        }
        layout
    }

    /// All modules, in the order of the first file of each.
    pub fn modules(&self) -> &[Module] {
        &self.modules
    }

    /// The module of a file, as an index into [`RustPaths::modules`].
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

    /// The names that a definition has in its file's module: its own, and those of what is generated for a service, such as
    /// `EchoServer`. Descriptors are among them, whether they are generated or not.
    pub fn names_of(&self, model: &Model, id: DefId) -> Vec<String> {
        let name = self.name(id);
        let mut all = all_names(model, id, name);
        if let DefinitionKind::Service(service) = &model.definition(id).kind {
            for (method, ident) in service.methods.iter().zip(idents::methods(model, id)) {
                if method.throws.is_empty() {
                    let exception = format!("{name}{}Exception", method_type_stem(&ident));
                    all.retain(|name| *name != exception);
                }
            }
        }
        all
    }

    /// The path of a file's module below the crate's root.
    pub fn module_path(&self, file: FileId) -> String {
        let segments: Vec<String> =
            self.modules[self.module_of(file)].path.iter().map(|segment| names::escape(segment)).collect();
        segments.join("::")
    }
}

fn wanted_name(definition: &Definition) -> String {
    let idl = &definition.name.text;
    match definition.kind {
        DefinitionKind::Service(_) => names::service_name(idl),
        DefinitionKind::Const(..) => pinned(&definition.annotations, || names::const_name(idl)),
        _ => names::beside_bare(pinned(&definition.annotations, || names::type_name(idl))),
    }
}

/// The namespace for `rs`, else `go`, else `*`, else the file's name.
fn namespace(file: &File) -> &str {
    ["rs", "go", "*"]
        .iter()
        .find_map(|scope| file.namespaces.iter().find(|n| n.scope.text == *scope))
        .map_or(&file.stem, |n| &n.name.text)
}

fn free_module(model: &Model, id: FileId, wanted: &[String], taken: &BTreeMap<Vec<String>, TakenNames>) -> Vec<String> {
    let file = model.file(id);
    let own = if file.namespaces.iter().any(|n| ["rs", "go", "*"].contains(&n.scope.text.as_str())) {
        names::module_path(namespace(file))
    } else {
        // A dotted file name is one module, not several.
        names::module_path(&file.stem.replace('.', "_"))
    };
    let below = names::module_path(&file.stem.replace('.', "_"));
    let mut path = own.clone();
    let mut number = 1;
    while taken.get(&path).is_some_and(|taken| taken.clashes(model, id, wanted)) {
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
struct TakenNames {
    names: BTreeSet<String>,
}

impl TakenNames {
    fn clashes(&self, model: &Model, file: FileId, wanted: &[String]) -> bool {
        let all = wanted.iter().zip(0..).flat_map(|(name, index)| all_names(model, DefId { file, index }, name));
        all.into_iter().any(|name| self.names.contains(&name))
    }

    /// Services first: what hangs on their names is more than what hangs on a type's.
    fn take_all(&mut self, model: &Model, file: FileId, wanted: Vec<String>) -> Vec<String> {
        let mut given = wanted;
        for services in [true, false] {
            for (name, index) in given.iter_mut().zip(0..) {
                let id = DefId { file, index };
                if matches!(model.definition(id).kind, DefinitionKind::Service(_)) == services {
                    *name = self.take(model, id, name);
                }
            }
        }
        given
    }

    fn take(&mut self, model: &Model, id: DefId, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        while all_names(model, id, &name).iter().any(|name| self.names.contains(name)) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        self.names.extend(all_names(model, id, &name));
        name
    }
}

/// Every identifier that a definition puts into its module.
fn all_names(model: &Model, id: DefId, name: &str) -> Vec<String> {
    let mut all = vec![name.to_owned()];
    if let DefinitionKind::Service(_) = model.definition(id).kind {
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
        all.push(descriptor_name(name));
        for method in idents::methods(model, id) {
            let stem = method_type_stem(&method);
            for suffix in ["ArgsSend", "ArgsRecv", "ResultSend", "ResultRecv", "Exception"] {
                all.push(format!("{name}{stem}{suffix}"));
            }
        }
    }
    all
}

/// The static that describes a service: `ECHO_DESCRIPTOR`.
pub fn descriptor_name(service: &str) -> String {
    format!("{}_DESCRIPTOR", names::constant_name(service))
}

/// What the backend makes of a method's identifier in `EchoSayHelloException`.
pub fn method_type_stem(method: &str) -> String {
    names::variant_name(method).trim_end_matches('_').to_owned()
}
