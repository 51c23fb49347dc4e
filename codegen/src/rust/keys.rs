//! Which types stand as a set's element or a map's key, and what that asks of the Rust types in them.
//!
//! A Rust set needs elements that can be hashed. Hash maps and floating point numbers can't be, so inside such types
//! pilota is told to take B-trees and ordered numbers.

use std::collections::BTreeSet;

use crate::model::{DefId, DefinitionKind, Model, Type, TypeKind};
use crate::span::FileId;

/// The records and typedefs of a model whose values have to be hashed.
#[derive(Debug)]
pub struct Keys {
    hashed: BTreeSet<DefId>,
}

/// Which Rust types a place takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Sets and maps are B-trees.
    pub btree: bool,
    /// Floating point numbers are ordered ones.
    pub ordered: bool,
}

impl Keys {
    /// Looks through every type of the model.
    pub fn new(model: &Model) -> Keys {
        let mut keys = Keys { hashed: BTreeSet::new() };
        for definition in model.files.iter().flat_map(|file| &file.definitions) {
            match &definition.kind {
                DefinitionKind::Typedef(ty) | DefinitionKind::Const(ty, _) => keys.look(model, ty),
                DefinitionKind::Struct(_, fields) => fields.iter().for_each(|field| keys.look(model, &field.ty)),
                DefinitionKind::Service(service) => {
                    for method in &service.methods {
                        method.result.iter().for_each(|ty| keys.look(model, ty));
                        method.arguments.iter().for_each(|field| keys.look(model, &field.ty));
                    }
                }
                DefinitionKind::Enum(_) | DefinitionKind::Senum(_) => {}
            }
        }
        keys
    }

    /// The form of a field or alternative of `owner`, or of the typedef `owner`.
    pub fn form_in(&self, owner: DefId, ty: &Type) -> Form {
        if self.is_hashed(owner) { Form { btree: has_tables(ty), ordered: has_doubles(ty) } } else { self.form(ty) }
    }

    /// Whether values of a record or typedef have to be hashed, and so every part of them.
    pub fn is_hashed(&self, id: DefId) -> bool {
        self.hashed.contains(&id)
    }

    /// The form of an argument, a result or a constant.
    pub fn form(&self, ty: &Type) -> Form {
        Form { btree: has_tables_in_keys(ty), ordered: false }
    }

    fn look(&mut self, model: &Model, ty: &Type) {
        match &ty.kind {
            TypeKind::List(item) => self.look(model, item),
            TypeKind::Set(item) => self.hash(model, item),
            TypeKind::Map(key, value) => {
                self.hash(model, key);
                self.look(model, value);
            }
            _ => {}
        }
    }

    fn hash(&mut self, model: &Model, ty: &Type) {
        match &ty.kind {
            TypeKind::List(item) | TypeKind::Set(item) => self.hash(model, item),
            TypeKind::Map(key, value) => {
                self.hash(model, key);
                self.hash(model, value);
            }
            TypeKind::Named(id) if self.hashed.insert(*id) => match &model.definition(*id).kind {
                DefinitionKind::Typedef(ty) => self.hash(model, ty),
                DefinitionKind::Struct(_, fields) => fields.iter().for_each(|field| self.hash(model, &field.ty)),
                _ => {}
            },
            _ => {}
        }
    }
}

fn has_tables(ty: &Type) -> bool {
    match &ty.kind {
        TypeKind::Set(_) | TypeKind::Map(..) => true,
        TypeKind::List(item) => has_tables(item),
        _ => false,
    }
}

fn has_doubles(ty: &Type) -> bool {
    match &ty.kind {
        TypeKind::Double => true,
        TypeKind::List(item) | TypeKind::Set(item) => has_doubles(item),
        TypeKind::Map(key, value) => has_doubles(key) || has_doubles(value),
        _ => false,
    }
}

fn has_tables_in_keys(ty: &Type) -> bool {
    match &ty.kind {
        TypeKind::List(item) => has_tables_in_keys(item),
        TypeKind::Set(item) => has_tables(item),
        TypeKind::Map(key, value) => has_tables(key) || has_tables_in_keys(value),
        _ => false,
    }
}

/// The definitions of a model with their ids.
pub fn definitions(model: &Model) -> impl Iterator<Item = (DefId, &crate::model::Definition)> {
    model.files.iter().enumerate().flat_map(|(file, contents)| {
        contents
            .definitions
            .iter()
            .enumerate()
            .map(move |(index, definition)| (DefId { file: FileId(file as u32), index: index as u32 }, definition))
    })
}
