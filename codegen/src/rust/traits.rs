//! Which of the standard library's traits the generated types can have, and which records can contain themselves.

use std::collections::{BTreeMap, BTreeSet};

use super::graph;
use super::keys::{self, Form, Keys};
use crate::model::{Annotation, DefId, DefinitionKind, Field, Model, Requiredness, StructKind, Type, TypeKind};

/// What every type of a model can do.
#[derive(Debug, Default)]
pub struct Traits {
    compared: BTreeMap<DefId, Compared>,
    default: BTreeSet<DefId>,
    recursive: BTreeSet<DefId>,
}

/// By which traits the values of a type can be compared, beside `PartialEq`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Compared {
    pub(crate) partial_ord: bool,
    pub(crate) eq: bool,
    pub(crate) ord: bool,
    pub(crate) hash: bool,
}

impl Compared {
    const ALL: Compared = Compared { partial_ord: true, eq: true, ord: true, hash: true };

    fn and(self, other: Compared) -> Compared {
        Compared {
            partial_ord: self.partial_ord && other.partial_ord,
            eq: self.eq && other.eq,
            ord: self.ord && other.ord,
            hash: self.hash && other.hash,
        }
    }
}

impl Traits {
    /// Looks through every type of the model.
    pub fn new(model: &Model, keys: &Keys) -> Traits {
        let mut traits = Traits { recursive: recursive(model), ..Traits::default() };
        // Types that name each other can all be compared, unless one of them holds what can't be.
        traits.compared = keys::definitions(model).map(|(id, _)| (id, Compared::ALL)).collect();
        let mut changed = true;
        while changed {
            changed = false;
            for (id, definition) in keys::definitions(model) {
                let compared = traits.look(keys, id, &definition.kind, &definition.annotations);
                changed |= traits.compared.insert(id, compared) != Some(compared);
            }
        }
        // A default value, on the other hand, has to be made of others.
        changed = true;
        while changed {
            changed = false;
            for (id, definition) in keys::definitions(model) {
                if traits.is_default(id) {
                    continue;
                }
                let has = match &definition.kind {
                    DefinitionKind::Typedef(ty) => traits.has_default(ty),
                    DefinitionKind::Struct(StructKind::Union, fields) => {
                        traits.default_arm(model, id, fields).is_some()
                    }
                    DefinitionKind::Struct(_, fields) => fields.iter().all(|field| {
                        let value = field.default.is_some() || traits.has_default(&field.ty);
                        field.requiredness != Requiredness::Required || value
                    }),
                    _ => true,
                };
                changed |= has && traits.default.insert(id);
            }
        }
        traits
    }

    /// How the values of a definition can be compared.
    pub(crate) fn compared(&self, id: DefId) -> Compared {
        self.compared.get(&id).copied().unwrap_or(Compared::ALL)
    }

    /// Whether a definition's type has a default value.
    pub(crate) fn is_default(&self, id: DefId) -> bool {
        self.default.contains(&id)
    }

    /// Whether a value of the record can contain another one of it, wherever.
    pub(crate) fn is_recursive(&self, id: DefId) -> bool {
        self.recursive.contains(&id)
    }

    /// The arm that a union's default value has: the first that leads to a value without leading back to the union.
    pub(crate) fn default_arm(&self, model: &Model, union: DefId, arms: &[Field]) -> Option<usize> {
        arms.iter().position(|arm| match arm.ty.kind {
            TypeKind::Named(ty) => self.is_default(ty) && !graph::holds(model, ty, union),
            _ => true,
        })
    }

    /// Whether the type implements `Default`.
    pub(crate) fn has_default(&self, ty: &Type) -> bool {
        match ty.kind {
            TypeKind::Named(id) => self.is_default(id),
            _ => true,
        }
    }

    fn look(&self, keys: &Keys, id: DefId, kind: &DefinitionKind, annotations: &[Annotation]) -> Compared {
        match kind {
            DefinitionKind::Typedef(ty) => self.of(ty, form(keys, id, ty, annotations)),
            DefinitionKind::Struct(_, fields) => fields.iter().fold(Compared::ALL, |all, field| {
                all.and(self.of(&field.ty, form(keys, id, &field.ty, &field.annotations)))
            }),
            _ => Compared::ALL,
        }
    }

    fn of(&self, ty: &Type, form: Form) -> Compared {
        match &ty.kind {
            TypeKind::Double if !form.ordered => Compared { partial_ord: true, eq: false, ord: false, hash: false },
            TypeKind::List(item) => self.of(item, form),
            TypeKind::Set(item) if form.btree => self.of(item, Form { ordered: true, ..form }),
            TypeKind::Map(key, value) if form.btree => {
                self.of(key, Form { ordered: true, ..form }).and(self.of(value, form))
            }
            TypeKind::Set(_) => Compared { partial_ord: false, eq: true, ord: false, hash: false },
            TypeKind::Map(_, value) => {
                Compared { partial_ord: false, eq: self.of(value, form).eq, ord: false, hash: false }
            }
            TypeKind::Named(id) => self.compared(*id),
            _ => Compared::ALL,
        }
    }
}

/// The form of a field or typedef, with what the user's annotations say of it.
fn form(keys: &Keys, owner: DefId, ty: &Type, annotations: &[Annotation]) -> Form {
    let mut form = keys.form_in(owner, ty);
    match annotations.iter().find(|annotation| annotation.key.text == "pilota.rust_type") {
        Some(annotation) if annotation.value == "btree" => form.btree = true,
        Some(annotation) if annotation.value == "ordered_f64" && ty.kind == TypeKind::Double => form.ordered = true,
        _ => {}
    }
    form
}

/// The records on a cycle of names, found as in Kosaraju's algorithm.
fn recursive(model: &Model) -> BTreeSet<DefId> {
    let named = |id| {
        let mut names = Vec::new();
        match &model.definition(id).kind {
            DefinitionKind::Typedef(ty) => push_names(ty, &mut names),
            DefinitionKind::Struct(_, fields) => fields.iter().for_each(|field| push_names(&field.ty, &mut names)),
            _ => {}
        }
        names
    };
    let all: Vec<DefId> = keys::definitions(model).map(|(id, _)| id).collect();
    let mut users: BTreeMap<DefId, Vec<DefId>> = BTreeMap::new();
    let mut itself = BTreeSet::new();
    for &id in &all {
        for name in named(id) {
            users.entry(name).or_default().push(id);
            if name == id {
                itself.insert(id);
            }
        }
    }
    let mut seen = BTreeSet::new();
    let mut order = Vec::new();
    for &root in &all {
        if !seen.insert(root) {
            continue;
        }
        let mut path = vec![(root, named(root))];
        while let Some((id, open)) = path.last_mut() {
            match open.pop() {
                Some(next) if seen.insert(next) => path.push((next, named(next))),
                Some(_) => {}
                None => {
                    order.push(*id);
                    path.pop();
                }
            }
        }
    }
    let mut done = BTreeSet::new();
    for &root in order.iter().rev() {
        let mut group = Vec::new();
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            if done.insert(id) {
                group.push(id);
                open.extend(users.get(&id).into_iter().flatten());
            }
        }
        if group.len() > 1 {
            itself.extend(group);
        }
    }
    itself.retain(|id| matches!(model.definition(*id).kind, DefinitionKind::Struct(..)));
    itself
}

fn push_names(ty: &Type, names: &mut Vec<DefId>) {
    match &ty.kind {
        TypeKind::List(item) | TypeKind::Set(item) => push_names(item, names),
        TypeKind::Map(key, value) => {
            push_names(key, names);
            push_names(value, names);
        }
        TypeKind::Named(id) => names.push(*id),
        _ => {}
    }
}
