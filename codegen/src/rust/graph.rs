//! Which records contain themselves without a container between: Rust has to put a pointer there.

use std::collections::BTreeSet;

use crate::model::{DefId, DefinitionKind, Field, Model, StructKind, TypeKind};

/// Whether pilota-build boxes a field of the struct `owner` (`Box`), because the field's type leads back to it.
pub(crate) fn is_boxed(model: &Model, owner: DefId, field: &Field) -> bool {
    matches!(field.ty.kind, TypeKind::Named(ty) if holds(model, ty, owner))
}

/// Whether the arm of the union `owner` is an `Arc`, because the arm's type leads back to the union.
pub(crate) fn is_shared(model: &Model, owner: DefId, field: &Field) -> bool {
    matches!(field.ty.kind, TypeKind::Named(ty) if holds_by_unions(model, ty, owner))
}

/// Whether a value of `from` holds a value of `to` directly, through fields and typedefs.
pub(crate) fn holds(model: &Model, from: DefId, to: DefId) -> bool {
    reaches(model, from, to, true)
}

/// As [`holds`], through unions and typedefs alone: where pilota boxes nothing by itself.
pub(crate) fn holds_by_unions(model: &Model, from: DefId, to: DefId) -> bool {
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
