//! The services' traits, as recorded and as they are now.

use std::collections::{BTreeMap, BTreeSet};

use volplane_build::internal::rust::ServiceApi;
use volplane_edit::handlers::{Argument, Method, Trait};

use super::report::Event;
use crate::record::{ArgumentRecord, MethodRecord, Record, TraitRecord};

/// All services of a project.
pub(super) struct ServicePairs {
    list: Vec<Pair>,
    /// Those that the IDL no longer has.
    gone: Vec<Trait>,
    events: Vec<Event>,
    news: NewItems,
}

/// How much is new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct NewItems {
    /// Services.
    pub(crate) services: usize,
    /// Methods, each where it is defined.
    pub(crate) methods: usize,
}

/// A service before and after.
pub(super) struct Pair {
    /// As it was at the last update, if it is recorded.
    pub(super) before: Option<Trait>,
    /// As it is.
    pub(super) after: Trait,
}

impl ServicePairs {
    pub(super) fn new(before: &Record, services: &[ServiceApi]) -> Self {
        let mut events = Vec::new();
        let mut list = Vec::new();
        let mut news = NewItems::default();
        // Without a memory everything would be new.
        let remembers = !before.traits.is_empty();
        for service in services {
            let after = described(service);
            let known = find(before, &after, services);
            if remembers {
                if known.is_none() {
                    news.services += 1;
                    events.push(Event::NewService { name: service.idl_name.clone() });
                }
                let own = service.methods.iter().filter(|method| method.inherited_from.is_none());
                news.methods +=
                    own.filter(|method| known.is_none_or(|(_, known)| !known.contains_key(&method.ident))).count();
            }
            list.push(Pair { before: known.map(|(module, methods)| remembered(&after, module, methods)), after });
        }
        let is_there = |name: &str| {
            let pairs = list.iter().flat_map(|pair: &Pair| [Some(&pair.after), pair.before.as_ref()]);
            pairs.flatten().any(|known| known.path() == name)
        };
        let mut gone = Vec::new();
        for (path, methods) in before.traits.iter().filter(|(path, _)| !is_there(path)) {
            let (module, ident) = path.rsplit_once("::").unwrap_or(("", path));
            let (module, ident, idl_name) = (module.to_owned(), ident.to_owned(), ident.to_owned());
            let named = Trait { module: module.clone(), ident, idl_name, methods: Vec::new() };
            gone.push(remembered(&named, &module, methods));
            events.push(Event::ServiceGone { name: named.idl_name });
        }
        Self { list, gone, events, news }
    }

    pub(super) fn gone(&self) -> &[Trait] {
        &self.gone
    }

    /// The service that a gone one may be now, under another name: the only one with the same methods.
    pub(super) fn likely_name(&self, gone: &Trait) -> Option<&str> {
        let shape = |one: &Trait| -> BTreeSet<(String, usize)> {
            one.methods.iter().map(|method| (method.ident.clone(), method.arguments.len())).collect()
        };
        let wanted = shape(gone);
        let mut fitting = self.list.iter().filter(|pair| !wanted.is_empty() && shape(&pair.after) == wanted);
        fitting.next().filter(|_| fitting.next().is_none()).map(|pair| pair.after.idl_name.as_str())
    }

    pub(super) fn list(&self) -> &[Pair] {
        &self.list
    }

    pub(super) fn events(&self) -> &[Event] {
        &self.events
    }

    pub(super) fn news(&self) -> NewItems {
        self.news
    }

    /// What to remember. Of the traits in `waiting`, by their paths, what was: their handlers are not brought up yet.
    pub(super) fn record(&self, waiting: &BTreeSet<String>) -> BTreeMap<String, TraitRecord> {
        let entry = |pair: &Pair| match &pair.before {
            Some(before) if waiting.contains(&pair.after.path()) => (before.path(), record(before)),
            None if waiting.contains(&pair.after.path()) => (pair.after.path(), TraitRecord::new()),
            _ => (pair.after.path(), brought_up(pair)),
        };
        let gone = self.gone.iter().filter(|gone| waiting.contains(&gone.path()));
        self.list.iter().map(entry).chain(gone.map(|gone| (gone.path(), record(gone)))).collect()
    }
}

/// What is remembered of a trait, and the module that it was in. With a new namespace it is another one, but for its name.
fn find<'a>(before: &'a Record, now: &Trait, services: &[ServiceApi]) -> Option<(&'a str, &'a TraitRecord)> {
    let is_now = |path: &str| services.iter().any(|service| path == format!("{}::{}", service.module, service.ident));
    let same_name = || {
        let mut moved = before
            .traits
            .iter()
            .filter(|(path, _)| path.rsplit_once("::").is_some_and(|(_, ident)| ident == now.ident) && !is_now(path));
        // Of two that are gone either may be the one.
        moved.next().filter(|_| moved.next().is_none())
    };
    let (path, methods) = before.traits.get_key_value(&now.path()).or_else(same_name)?;
    Some((path.rsplit_once("::").map_or("", |(module, _)| module), methods))
}

fn described(service: &ServiceApi) -> Trait {
    let methods = service.methods.iter().map(|method| Method {
        idl_name: method.idl_name.clone(),
        ident: method.ident.clone(),
        arguments: method
            .arguments
            .iter()
            .map(|argument| Argument { ident: argument.ident.clone(), id: Some(argument.id), ty: argument.ty.clone() })
            .collect(),
        output: method.output.clone(),
        doc: method.doc.clone(),
    });
    Trait {
        module: service.module.clone(),
        ident: service.ident.clone(),
        idl_name: service.idl_name.clone(),
        methods: methods.collect(),
    }
}

/// What is remembered of a trait whose handlers are up to date. Of a method's comment that is what its stub was written with: a
/// later one is none of the handler's.
fn brought_up(Pair { before, after }: &Pair) -> TraitRecord {
    let mut methods = record(after);
    for (ident, method) in &mut methods {
        if let Some(known) = before.as_ref().and_then(|before| before.method(ident)) {
            method.doc.clone_from(&known.doc);
        }
    }
    methods
}

fn record(described: &Trait) -> TraitRecord {
    let entry = |method: &Method| {
        let argument = |one: &Argument| ArgumentRecord { id: one.id, ident: one.ident.clone(), ty: one.ty.clone() };
        let arguments = method.arguments.iter().map(argument).collect();
        (method.ident.clone(), MethodRecord { arguments, output: method.output.clone(), doc: method.doc.clone() })
    };
    described.methods.iter().map(entry).collect()
}

fn remembered(now: &Trait, module: &str, methods: &TraitRecord) -> Trait {
    let method = |(ident, method): (&String, &MethodRecord)| {
        let argument = |one: &ArgumentRecord| Argument { ident: one.ident.clone(), id: one.id, ty: one.ty.clone() };
        Method {
            idl_name: ident.clone(),
            ident: ident.clone(),
            arguments: method.arguments.iter().map(argument).collect(),
            output: method.output.clone(),
            doc: method.doc.clone(),
        }
    };
    Trait {
        module: module.to_owned(),
        ident: now.ident.clone(),
        idl_name: now.idl_name.clone(),
        methods: methods.iter().map(method).collect(),
    }
}
