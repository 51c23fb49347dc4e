//! Which records contain themselves without a container between: Rust has to put a pointer there.

use std::collections::BTreeSet;

use crate::model::{DefId, DefinitionKind, Model, StructKind, TypeKind};

/// Whether a value of `from` holds a value of `to` directly, through fields and typedefs.
pub(super) fn holds(model: &Model, from: DefId, to: DefId) -> bool {
    reaches(model, from, to, true)
}

/// As [`holds`], through unions and typedefs alone: where pilota boxes nothing by itself.
pub(super) fn holds_by_unions(model: &Model, from: DefId, to: DefId) -> bool {
    reaches(model, from, to, false)
}

fn reaches(model: &Model, from: DefId, to: DefId, through_structs: bool) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(id) = open.pop() {
        if id == to {
            return true;
        }
        if seen.insert(id) {
            open.extend(parts(model, id, through_structs));
        }
    }
    false
}

fn parts(model: &Model, id: DefId, through_structs: bool) -> Vec<DefId> {
    let named = |kind: &TypeKind| match kind {
        TypeKind::Named(id) => Some(*id),
        _ => None,
    };
    match &model.definition(id).kind {
        DefinitionKind::Typedef(ty) => named(&ty.kind).into_iter().collect(),
        DefinitionKind::Struct(kind, fields) if through_structs || *kind == StructKind::Union => {
            fields.iter().filter_map(|field| named(&field.ty.kind)).collect()
        }
        _ => Vec::new(),
    }
}
