//! The identifiers inside a definition: unique there, even where two names of the IDL become one in Rust.

use std::collections::BTreeSet;

use super::names;
use crate::model::{Annotation, DefId, DefinitionKind, EnumValue, Field, Method, Model, Service};

/// The fields of a struct or exception, or the arguments of a method; keywords not yet escaped.
pub fn fields(fields: &[Field]) -> Vec<String> {
    unique(fields.iter().map(|field| pinned(&field.annotations, || names::field_name(&field.name.text))))
}

/// The variants of a union.
pub fn variants(fields: &[Field]) -> Vec<String> {
    unique(fields.iter().map(|field| pinned(&field.annotations, || names::variant_name(&field.name.text))))
}

/// The variants of a method's declared exceptions.
pub fn throws(method: &Method) -> Vec<String> {
    unique(method.throws.iter().map(|field| names::throws_name(&field.name.text)))
}

/// The constants of an enum.
pub fn members(members: &[EnumValue]) -> Vec<String> {
    unique(members.iter().map(|member| pinned(&member.annotations, || names::constant_name(&member.name.text))))
}

/// A service's own methods; keywords not yet escaped. They differ from the inherited ones, too.
pub fn methods(model: &Model, id: DefId) -> Vec<String> {
    let chain = chain(model, id);
    let mut taken = TakenIdents::default();
    let mut own = Vec::new();
    for (_, service) in chain.iter().rev() {
        let wanted = |method: &Method| pinned(&method.annotations, || names::method_name(&method.name.text));
        own = service.methods.iter().map(|method| taken.take(wanted(method))).collect();
    }
    own
}

/// A service and its parents, topmost last. The front-end refuses cycles; one that got through ends here.
pub fn chain(model: &Model, id: DefId) -> Vec<(DefId, &Service)> {
    let mut chain = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = Some(id);
    while let Some(id) = next
        && seen.insert(id)
        && let DefinitionKind::Service(service) = &model.definition(id).kind
    {
        chain.push((id, service));
        next = service.extends;
    }
    chain
}

/// The value of `pilota.name`, with which a user overrides a name.
pub fn pinned(annotations: &[Annotation], otherwise: impl FnOnce() -> String) -> String {
    let pinned = annotations.iter().find(|annotation| annotation.key.text == "pilota.name");
    pinned.map(|annotation| annotation.value.clone()).filter(|name| is_ident(name)).unwrap_or_else(otherwise)
}

fn is_ident(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name != "_"
}

fn unique(wanted: impl Iterator<Item = String>) -> Vec<String> {
    let mut taken = TakenIdents::default();
    wanted.map(|name| taken.take(name)).collect()
}

/// The names in use, in camel case, in which the backend compares some.
#[derive(Default)]
struct TakenIdents(BTreeSet<String>);

impl TakenIdents {
    fn take(&mut self, wanted: String) -> String {
        let mut name = wanted.clone();
        let mut number = 2;
        while !self.0.insert(names::variant_name(&name)) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        name
    }
}
