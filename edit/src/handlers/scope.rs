//! What names mean: the modules of one file, and what each defines and imports.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;

/// Names that are followed for one path; more than this is a circle.
const STEPS: u32 = 200;

/// One search for a path's meaning, and how to end it.
struct Search {
    /// Names that may still be followed.
    steps: Cell<u32>,
    /// Scopes whose globs are being looked through.
    open: RefCell<Vec<Id>>,
}

impl Default for Search {
    fn default() -> Self {
        Self { steps: Cell::new(STEPS), open: RefCell::default() }
    }
}

/// The index of a scope.
pub(super) type Id = usize;

/// All scopes of a file; the first is the file itself.
#[derive(Default)]
pub(super) struct Scopes {
    pub(super) all: Vec<Scope>,
    /// What a crate is called in this package, and its name.
    pub(super) renamed: Option<(String, String)>,
}

/// A module, or the body of a function.
#[derive(Default)]
pub(super) struct Scope {
    pub(super) parent: Option<Id>,
    /// A module does not see its parent's names, a body does.
    pub(super) is_module: bool,
    pub(super) names: BTreeMap<String, Vec<Definition>>,
    /// The paths before `::*`.
    pub(super) globs: Vec<Vec<String>>,
    /// Whether macros may define names here.
    pub(super) hides_names: bool,
    pub(super) uses: Vec<Use>,
    /// Where its items begin, behind the brace and what documents the module.
    pub(super) begin: usize,
    /// Whether items stand between braces.
    pub(super) is_braced: bool,
}

/// The meaning of a name.
pub(super) struct Definition {
    pub(super) what: DefinitionKind,
    /// It is there under a condition only.
    pub(super) is_conditional: bool,
}

pub(super) enum DefinitionKind {
    /// Another path; one with a leading `::` has an empty segment first.
    Import(Vec<String>),
    /// A module of this file.
    Module(Id),
    /// A module of another file.
    Elsewhere,
    /// Anything else that is defined here.
    Item,
}

/// A `use`, with its attributes.
pub(super) struct Use {
    pub(super) range: Range<usize>,
    pub(super) key: Vec<Key>,
}

/// A segment in rustfmt's order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    SelfModule,
    Super,
    Crate,
    Name(Vec<(String, u64)>),
    Glob,
    List(Vec<(String, u64)>),
}

/// What a path may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// This path, from a crate's name on; or from `crate` or `super` on, which lead out of the file.
    Path(Vec<String>),
    /// Something that can't be seen from here; the path ends so.
    Outside(Vec<String>),
    /// A module of this file.
    Module(Id),
    /// Something else that is defined in this file.
    Item,
}

impl Scopes {
    /// The module that a scope lies in, or that it is.
    pub(super) fn module_of(&self, mut id: Id) -> Id {
        while let Some(parent) = self.all.get(id).filter(|scope| !scope.is_module).and_then(|scope| scope.parent) {
            id = parent;
        }
        id
    }

    /// The scopes whose names are seen from here, from the inside out.
    pub(super) fn chain(&self, id: Id) -> impl Iterator<Item = (Id, &Scope)> {
        let mut next = Some(id);
        std::iter::from_fn(move || {
            let id = next?;
            let scope = self.all.get(id)?;
            next = scope.parent.filter(|_| !scope.is_module);
            Some((id, scope))
        })
    }

    /// What a path may mean, the likely first.
    pub(super) fn resolve(&self, scope: Id, path: &[String]) -> Vec<Meaning> {
        let mut found = self.follow(scope, path, &Search::default());
        if let Some((alias, name)) = &self.renamed {
            for meaning in &mut found {
                if let Meaning::Path(path) = meaning
                    && let Some(first) = path.first_mut().filter(|first| *first == alias)
                {
                    first.clone_from(name);
                }
            }
        }
        found
    }

    /// The full path, if that is what a path certainly means.
    pub(super) fn certain(&self, scope: Id, path: &[String]) -> Option<Vec<String>> {
        match self.resolve(scope, path).into_iter().next() {
            Some(Meaning::Path(path)) => Some(path),
            _ => None,
        }
    }

    fn follow(&self, scope: Id, path: &[String], search: &Search) -> Vec<Meaning> {
        if search.steps.get() == 0 {
            return vec![Meaning::Outside(path.to_vec())];
        }
        search.steps.set(search.steps.get() - 1);
        let Some((first, rest)) = path.split_first() else {
            return Vec::new();
        };
        match first.as_str() {
            "" => vec![Meaning::Path(rest.to_vec())],
            "crate" => vec![Meaning::Path(path.to_vec())],
            "self" => self.inside(self.module_of(scope), rest, search),
            "super" => match self.all.get(self.module_of(scope)).and_then(|module| module.parent) {
                Some(parent) => self.inside(self.module_of(parent), rest, search),
                None => vec![Meaning::Path(path.to_vec())],
            },
            _ => self.look_up(scope, path, search),
        }
    }

    /// A path whose first name is to be found in the scopes around.
    fn look_up(&self, scope: Id, path: &[String], search: &Search) -> Vec<Meaning> {
        let Some((first, rest)) = path.split_first() else {
            return Vec::new();
        };
        if let Some((id, found)) = self.chain(scope).find_map(|(id, scope)| Some((id, scope.names.get(first)?))) {
            return self.defined(id, first, found, rest, search);
        }
        let globs = self.chain(scope).map(|(id, _)| id).collect::<Vec<_>>();
        let mut out: Vec<Meaning> = globs.into_iter().flat_map(|id| self.through_globs(id, path, search)).collect();
        if !rest.is_empty() {
            // The name of a crate, unless a module of this file has it.
            let at = out.iter().take_while(|meaning| !matches!(meaning, Meaning::Outside(_))).count();
            let in_file = out.iter().any(|meaning| matches!(meaning, Meaning::Module(_) | Meaning::Item));
            out.insert(if in_file { at } else { 0 }, Meaning::Path(path.to_vec()));
        } else if out.is_empty() {
            out.push(Meaning::Outside(path.to_vec()));
        }
        out
    }

    /// A path in a module of this file.
    fn inside(&self, module: Id, path: &[String], search: &Search) -> Vec<Meaning> {
        let Some((first, rest)) = path.split_first() else {
            return vec![Meaning::Module(module)];
        };
        if first == "super" || first == "self" {
            return self.follow(module, path, search);
        }
        let Some(scope) = self.all.get(module) else {
            return Vec::new();
        };
        if let Some(found) = scope.names.get(first) {
            return self.defined(module, first, found, rest, search);
        }
        let mut out = self.through_globs(module, path, search);
        if scope.hides_names {
            out.push(Meaning::Outside(path.to_vec()));
        }
        out
    }

    fn defined(&self, scope: Id, name: &str, found: &[Definition], rest: &[String], search: &Search) -> Vec<Meaning> {
        let mut out = Vec::new();
        for definition in found {
            match &definition.what {
                Import(path) => {
                    let path: Vec<String> = path.iter().chain(rest).cloned().collect();
                    if path.first().is_some_and(|first| first == name) {
                        // `use volo_thrift;` is the crate and not itself.
                        out.push(Meaning::Path(path));
                    } else {
                        let mut found = self.follow(scope, &path, search);
                        if path.len() == 1 && found == [Meaning::Outside(path.clone())] {
                            // What `use x as y;` imports is a crate.
                            found = vec![Meaning::Path(path)];
                        }
                        out.append(&mut found);
                    }
                }
                Module(id) => out.extend(self.inside(*id, rest, search)),
                Elsewhere => {
                    out.push(Meaning::Outside(
                        [name].into_iter().map(str::to_owned).chain(rest.iter().cloned()).collect(),
                    ));
                }
                Item => out.push(Meaning::Item),
            }
        }
        out
    }

    fn through_globs(&self, scope: Id, path: &[String], search: &Search) -> Vec<Meaning> {
        let Some(globs) = self.all.get(scope).map(|scope| &scope.globs) else {
            return Vec::new();
        };
        // What a glob's own path begins with is not looked for in the same globs.
        if search.open.borrow().contains(&scope) {
            return Vec::new();
        }
        search.open.borrow_mut().push(scope);
        let mut out = Vec::new();
        for glob in globs {
            if search.steps.get() == 0 {
                break;
            }
            for meaning in self.follow(scope, glob, search) {
                match meaning {
                    Meaning::Module(id) if id != scope => out.extend(self.inside(id, path, search)),
                    Meaning::Path(module) if !leads_out(&module) => {
                        out.push(Meaning::Path(module.iter().chain(path).cloned().collect()));
                    }
                    Meaning::Path(_) | Meaning::Outside(_) => out.push(Meaning::Outside(path.to_vec())),
                    Meaning::Module(_) | Meaning::Item => {}
                }
            }
        }
        search.open.borrow_mut().pop();
        out.sort_by_key(|meaning| matches!(meaning, Meaning::Outside(_)));
        out.dedup();
        out
    }
}

use DefinitionKind::{Elsewhere, Import, Item, Module};

/// Whether a path says where in the user's own crate, but not from where it counts.
pub(super) fn leads_out(path: &[String]) -> bool {
    path.first().is_some_and(|first| first == "crate" || first == "super")
}

/// The segments of a path as text, without `r#`; a leading `::` is left out.
pub(super) fn segments(path: &str) -> Vec<String> {
    path.trim_start_matches("::").split("::").map(|segment| plain(segment).to_owned()).collect()
}

/// An identifier without `r#`.
pub(super) fn plain(ident: &str) -> &str {
    ident.trim_start_matches("r#")
}
