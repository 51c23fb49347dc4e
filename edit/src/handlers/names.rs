//! Writes paths as a file would: in short where it imports them, and with a new `use` where that takes nothing from
//! anybody.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};

use super::scope::{Definition, DefinitionKind, Id, Meaning, Scopes, plain, segments};
use super::source::Source;
use super::splice::Splices;
use super::{GeneratedNames, Request, Service, uses};
use crate::rust::{in_prelude, is_reserved, map_paths};

/// What the names in one `impl` mean beside those of its scope.
#[derive(Debug, Default)]
pub(super) struct Around {
    /// Its type parameters.
    pub(super) parameters: Vec<String>,
    /// How its methods write paths that the scope does not explain.
    pub(super) habits: BTreeMap<Vec<String>, String>,
}

/// The names of a file, and those that it needs in addition.
pub(super) struct Names<'s> {
    source: &'s Source<'s>,
    pub(super) scopes: Scopes,
    /// New imports: modules and their names, by scope.
    new: BTreeMap<Id, BTreeMap<String, Vec<String>>>,
    /// Every path that the services know: what a glob brings in.
    services: &'s [Service<'s>],
    known: OnceCell<BTreeSet<Vec<String>>>,
    mentioned: Option<BTreeSet<String>>,
    /// What the generated crate exports, if that is known.
    generated: Option<&'s GeneratedNames>,
}

impl<'s> Names<'s> {
    pub(super) fn new(source: &'s Source<'s>, scopes: Scopes, request: &Request<'s>) -> Self {
        let Request { services, generated, .. } = *request;
        Self { source, scopes, new: BTreeMap::new(), services, known: OnceCell::new(), mentioned: None, generated }
    }

    /// The name of the generated crate.
    pub(super) fn generated_root(&self) -> Option<&str> {
        let of_service = || self.services.first().and_then(|service| service.after.module.split("::").next());
        self.generated.map(GeneratedNames::root).or_else(of_service)
    }

    /// Whether the generated crate exports this path, if that can be told.
    pub(super) fn exports(&self, path: &[String]) -> Option<bool> {
        match self.generated {
            Some(generated) => generated.has(path),
            None => self.knows(path).then_some(true),
        }
    }

    /// Whether the generated crate is known, and exports this path.
    pub(super) fn certainly_exports(&self, path: &[String]) -> bool {
        self.generated.is_some_and(|generated| generated.has(path) == Some(true))
    }

    /// A type as it is written in this scope.
    pub(super) fn write_type(&mut self, scope: Id, ty: &str, around: &Around) -> String {
        map_paths(ty, |path| self.write(scope, path, around))
    }

    /// A path as it is written in this scope.
    pub(super) fn write(&mut self, scope: Id, path: &str, around: &Around) -> String {
        let full = segments(path);
        let mut written: Vec<&str> = path.trim_start_matches("::").split("::").collect();
        let alias = self.scopes.renamed.clone().filter(|(_, root)| full.first() == Some(root)).map(|(alias, _)| alias);
        if let Some((first, alias)) = written.first_mut().zip(alias.as_deref()) {
            *first = alias;
        }
        let Some((name, module)) = written.split_last() else {
            return path.to_owned();
        };
        if let Some(short) = in_prelude(path).filter(|short| self.is_free(scope, short, around)) {
            return short.to_owned();
        }
        if let Some(short) = self.imported(scope, &full, name, around) {
            return short;
        }
        if let Some(habit) = around.habits.get(&full) {
            return habit.clone();
        }
        if let Some(short) = self.through_module(scope, &full, &written, around) {
            return short;
        }
        if !module.is_empty() && self.can_import(scope, name, around) {
            self.import(scope, &module.join("::"), name);
            return (*name).to_owned();
        }
        let first = written.first().copied().map(plain).unwrap_or_default();
        if first == "core" {
            return self.write(scope, &path.replacen("core", "std", 1), around);
        }
        let colons = if first == "crate" || self.is_free(scope, first, around) { "" } else { "::" };
        format!("{colons}{}", written.join("::"))
    }

    /// A type in full, for people to read.
    pub(super) fn preview(ty: &str) -> String {
        map_paths(ty, |path| in_prelude(path).unwrap_or(path).trim_start_matches("::").to_owned())
    }

    /// The `use` lines that are needed.
    pub(super) fn splices(&self, splices: &mut Splices) {
        for (id, modules) in &self.new {
            if let Some(scope) = self.scopes.all.get(*id) {
                uses::insert(self.source, scope, modules, splices);
            }
        }
    }

    /// Whether nothing in sight has this name.
    fn is_free(&self, scope: Id, name: &str, around: &Around) -> bool {
        let name = plain(name);
        !around.parameters.iter().any(|parameter| parameter == name)
            && self.scopes.chain(scope).all(|(_, scope)| !scope.names.contains_key(name))
            && !self.in_glob(scope, name)
    }

    /// Whether a glob in sight brings a name in, as far as the services know.
    fn in_glob(&self, scope: Id, name: &str) -> bool {
        let name = [name.to_owned()];
        self.scopes.resolve(scope, &name).iter().any(|meaning| match meaning {
            Meaning::Path(path) => self.knows(path),
            Meaning::Module(_) | Meaning::Item => true,
            Meaning::Outside(_) => false,
        })
    }

    /// A name in sight that means this path: the same name, or another.
    fn imported(&self, scope: Id, full: &[String], written: &str, around: &Around) -> Option<String> {
        let name = plain(written);
        if self.means(scope, name, full, around) {
            return Some(written.to_owned());
        }
        let names = self.scopes.chain(scope).flat_map(|(_, scope)| scope.names.keys());
        names.filter(|name| self.means(scope, name, full, around)).map(|name| escaped(name)).next()
    }

    /// A module in sight that is the beginning of this path: `api::Request`.
    fn through_module(&self, scope: Id, full: &[String], written: &[&str], around: &Around) -> Option<String> {
        (1..full.len()).rev().find_map(|length| {
            let (module, rest) = (full.get(..length)?, written.get(length..)?.join("::"));
            let mut names = self.scopes.chain(scope).flat_map(|(_, scope)| scope.names.keys());
            let name = names.find(|name| self.means(scope, name, module, around))?;
            Some(format!("{}::{rest}", escaped(name)))
        })
    }

    /// Whether a name means this path here, whatever the configuration.
    fn means(&self, scope: Id, name: &str, full: &[String], around: &Around) -> bool {
        if around.parameters.iter().any(|parameter| parameter == name) {
            return false;
        }
        let found = self.scopes.chain(scope).find_map(|(_, scope)| scope.names.get(name));
        if let Some(found) = found {
            // A function of the user's crate is found by its name: the way there depends on where this file lies.
            let is_ours = |what: &DefinitionKind| match (what, full) {
                (DefinitionKind::Import(path), [root, .., last]) => root == "crate" && path.last() == Some(last),
                _ => false,
            };
            if found.iter().all(|definition| is_ours(&definition.what) && !definition.is_conditional) {
                return true;
            }
            if found
                .iter()
                .any(|definition| definition.is_conditional || matches!(definition.what, DefinitionKind::Item))
            {
                return false;
            }
        }
        let name = [name.to_owned()];
        let Some(meaning) = self.scopes.certain(scope, &name) else {
            return false;
        };
        // Through a glob come all names of its module, but only those are in it that the services know.
        same(&meaning, full) && (found.is_some() || self.knows(full))
    }

    fn can_import(&mut self, scope: Id, written: &str, around: &Around) -> bool {
        let name = plain(written);
        let module = self.scopes.module_of(scope);
        let Some(target) = self.scopes.all.get(module) else {
            return false;
        };
        if is_reserved(name) || !self.is_free(scope, name, around) || !uses::has_place(self.source, target) {
            return false;
        }
        let may_be_hidden = target.hides_names || !target.globs.is_empty();
        !(may_be_hidden && self.is_mentioned(name))
    }

    fn import(&mut self, scope: Id, module: &str, name: &str) {
        let target = self.scopes.module_of(scope);
        let path = segments(module).into_iter().chain([plain(name).to_owned()]).collect();
        if let Some(scope) = self.scopes.all.get_mut(target) {
            let definition = Definition { what: DefinitionKind::Import(path), is_conditional: false };
            scope.names.insert(plain(name).to_owned(), vec![definition]);
        }
        self.new.entry(target).or_default().entry(module.to_owned()).or_default().push(name.to_owned());
    }

    /// Whether a service uses this path, or is it.
    pub(super) fn knows(&self, path: &[String]) -> bool {
        self.known.get_or_init(|| known(self.services)).contains(path)
    }

    /// Whether a name stands in the file, at the beginning of a path.
    fn is_mentioned(&mut self, name: &str) -> bool {
        let source = self.source;
        self.mentioned.get_or_insert_with(|| mentioned(source)).contains(name)
    }
}

/// Every path that the services use, and their traits.
fn known(services: &[Service<'_>]) -> BTreeSet<Vec<String>> {
    let mut known = BTreeSet::new();
    for one in services.iter().flat_map(Service::traits) {
        known.insert(segments(&one.path()));
        for method in &one.methods {
            let types = method.arguments.iter().map(|argument| &argument.ty).chain([&method.output]);
            for ty in types {
                // No result is needed but the paths.
                map_paths(ty, |path| {
                    known.insert(segments(path));
                    String::new()
                });
            }
        }
    }
    known
}

/// Whether two paths are the same; what `core` has, `std` has too.
pub(super) fn same(a: &[String], b: &[String]) -> bool {
    let standard = |path: &[String]| path.first().is_some_and(|root| ["std", "core", "alloc"].contains(&root.as_str()));
    a == b || (standard(a) && standard(b) && a.get(1..) == b.get(1..))
}

fn mentioned(source: &Source<'_>) -> BTreeSet<String> {
    let content = source.slice(source.base..source.text.len());
    let mut open = vec![content.parse::<TokenStream>().unwrap_or_default().into_iter()];
    let mut names = BTreeSet::new();
    let mut sign = ' ';
    while let Some(top) = open.last_mut() {
        match top.next() {
            Some(TokenTree::Group(group)) => {
                sign = ' ';
                open.push(group.stream().into_iter());
            }
            Some(TokenTree::Ident(ident)) => {
                if sign != ':' && sign != '.' {
                    names.insert(plain(&ident.to_string()).to_owned());
                }
                sign = ' ';
            }
            Some(TokenTree::Punct(punct)) => {
                // `a: Name` is a mention, `a::Name` is none.
                sign = if punct.as_char() == ':' && sign != '1' { '1' } else { punct.as_char() };
            }
            Some(TokenTree::Literal(_)) => sign = ' ',
            None => {
                open.pop();
            }
        }
    }
    names
}

/// A name as it has to be written: `type` is `r#type`.
fn escaped(name: &str) -> String {
    if syn::parse_str::<syn::Ident>(name).is_ok() || ["self", "super", "crate", "Self"].contains(&name) {
        name.to_owned()
    } else {
        format!("r#{name}")
    }
}
