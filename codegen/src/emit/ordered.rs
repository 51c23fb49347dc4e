//! Floating point numbers in values that have to be hashed: `f64` can't be, so its place takes `OrderedFloat<f64>`. That is so
//! below a set's element or a map's key, at any depth, and everywhere in a definition that is one (`is_key`). pilota-build
//! does it by itself for a part of them.

use std::sync::Arc;

use pilota_build::rir::{Enum, EnumVariant, Field, Message, NewType};
use pilota_build::ty::{self, Ty};

pub(super) fn message(message: &Message, is_key: bool) -> Message {
    let field = |field: &Arc<Field>| Arc::new(Field { ty: place(&field.ty, is_key), ..Field::clone(field) });
    Message { fields: message.fields.iter().map(field).collect(), ..message.clone() }
}

pub(super) fn union(union: &Enum, is_key: bool) -> Enum {
    let arm = |arm: &Arc<EnumVariant>| {
        let fields = arm.fields.iter().map(|ty| place(ty, is_key)).collect();
        Arc::new(EnumVariant { fields, ..EnumVariant::clone(arm) })
    };
    Enum { variants: union.variants.iter().map(arm).collect(), ..union.clone() }
}

pub(super) fn alias(alias: &NewType, is_key: bool) -> NewType {
    NewType { ty: place(&alias.ty, is_key), ..alias.clone() }
}

fn place(ty: &Ty, is_key: bool) -> Ty {
    let key = |ty: &Arc<Ty>| Arc::new(place(ty, true));
    let same = |ty: &Arc<Ty>| Arc::new(place(ty, is_key));
    let kind = match &ty.kind {
        ty::F64 if is_key => ty::OrderedF64,
        ty::Vec(item) => ty::Vec(same(item)),
        ty::Set(item) => ty::Set(key(item)),
        ty::BTreeSet(item) => ty::BTreeSet(key(item)),
        ty::Map(name, value) => ty::Map(key(name), same(value)),
        ty::BTreeMap(name, value) => ty::BTreeMap(key(name), same(value)),
        ty::Arc(item) => ty::Arc(same(item)),
        other => other.clone(),
    };
    Ty { kind, tags_id: ty.tags_id }
}
