//! Finds the `impl`s of services by their traits, whatever the file calls them.

use syn::{GenericParam, ImplItem, ImplItemFn, ItemImpl};

use super::collect::Impl;
use super::scope::{Id, Meaning, Scopes, leads_out, plain, segments};
use super::source::Source;
use super::{Implementation, Service};

/// An `impl` of a service.
pub(super) struct FoundImpl<'f, 'a> {
    pub(super) item: &'f ItemImpl,
    pub(super) scope: Id,
    pub(super) service: Service<'a>,
    /// The trait's path, if the file says where it is.
    path: Option<Vec<String>>,
}

/// Finds them, in the order of the file.
pub(super) fn find<'f, 'a>(
    source: &Source<'_>,
    scopes: &Scopes,
    impls: &[Impl<'f>],
    services: &[Service<'a>],
) -> Vec<FoundImpl<'f, 'a>> {
    let found = impls.iter().filter_map(|one| {
        let service = service_of(scopes, one, services)?;
        let path = scopes.certain(one.scope, &one.path);
        Some(FoundImpl { item: one.item, scope: one.scope, service, path })
    });
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|found| source.range(&found.item.impl_token).start);
    found
}

fn service_of<'a>(scopes: &Scopes, one: &Impl<'_>, services: &[Service<'a>]) -> Option<Service<'a>> {
    let mut candidates: Vec<(usize, Service<'a>)> = Vec::new();
    for meaning in scopes.resolve(one.scope, &one.path) {
        match meaning {
            Meaning::Path(path) if !leads_out(&path) => {
                let is_trait = |service: &&Service<'a>| service.traits().any(|one| segments(&one.path()) == path);
                if let Some(service) = services.iter().find(is_trait) {
                    return Some(*service);
                }
            }
            // What another file of the crate names so: the end of the path has to do, and what is in the `impl`.
            Meaning::Path(path) | Meaning::Outside(path) => {
                let fitting = services.iter().filter_map(|service| {
                    let length = service.traits().map(|one| common_end(&segments(&one.path()), &path)).max()?;
                    (length > 0 && is_plausible(one.item, service)).then_some((length, *service))
                });
                candidates.extend(fitting);
            }
            Meaning::Module(_) | Meaning::Item => {}
        }
    }
    let longest = candidates.iter().map(|(length, _)| *length).max()?;
    let mut best = candidates.into_iter().filter(|(length, _)| *length == longest).map(|(_, service)| service);
    let first = best.next()?;
    // Two that fit equally well: neither is touched.
    best.all(|other| other.after.path() == first.after.path()).then_some(first)
}

fn common_end(a: &[String], b: &[String]) -> usize {
    a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
}

/// Whether an `impl` has a method of the service, or nothing yet, and no type, which a service's trait never has: a trait
/// of the user's may have the same name.
fn is_plausible(item: &ItemImpl, service: &Service<'_>) -> bool {
    let is_known = |name: &str| service.traits().any(|one| one.method(name).is_some());
    let mut methods = methods(item).peekable();
    let has_types = item.items.iter().any(|item| matches!(item, ImplItem::Type(_)));
    !has_types && (methods.peek().is_none() || methods.any(|method| is_known(&method.sig.ident.to_string())))
}

/// The methods of an `impl`.
pub(super) fn methods(item: &ItemImpl) -> impl Iterator<Item = &ImplItemFn> {
    item.items.iter().filter_map(|item| if let ImplItem::Fn(item) = item { Some(item) } else { None })
}

impl<'f> FoundImpl<'f, '_> {
    pub(super) fn implementation(&self, source: &Source<'_>) -> Implementation {
        let at = source.range(&self.item.impl_token).start;
        let line = source.slice(0..at).matches('\n').count() + 1;
        Implementation { trait_path: self.service.after.path(), self_ty: self.self_ty(source), line }
    }

    /// The type, on one line.
    pub(super) fn self_ty(&self, source: &Source<'_>) -> String {
        source.node(&*self.item.self_ty).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Whether the file finds the trait by a path that is not its path any more.
    pub(super) fn is_by(&self, old: &str) -> bool {
        old != self.service.after.path() && self.path.as_deref() == Some(&segments(old))
    }

    /// The methods with this identifier: more than one if they have conditions.
    pub(super) fn methods(&self, ident: &str) -> impl Iterator<Item = &'f ImplItemFn> + use<'f> {
        let ident = plain(ident).to_owned();
        methods(self.item).filter(move |method| plain(&method.sig.ident.to_string()) == ident)
    }

    /// The names of its type parameters.
    pub(super) fn parameters(&self) -> Vec<String> {
        let parameters = self.item.generics.params.iter().filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Const(parameter) => Some(&parameter.ident),
            GenericParam::Lifetime(_) => None,
        });
        parameters.map(|ident| plain(&ident.to_string()).to_owned()).collect()
    }

    /// Whether a macro in it may make a method: one that it names, or one that was there all along.
    pub(super) fn may_expand_to(&self, ident: &str) -> bool {
        // Without a record, a macro counts as up to date.
        let was_there = self.service.before.is_none_or(|before| before.method(ident).is_some());
        let ident = plain(ident);
        self.item.items.iter().any(|item| match item {
            ImplItem::Macro(item) => {
                was_there
                    || item
                        .mac
                        .tokens
                        .to_string()
                        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                        .any(|word| word == ident)
            }
            _ => false,
        })
    }
}
