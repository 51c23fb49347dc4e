//! Definitions whose values have to be hashed: `f64` can't be, so its place takes `OrderedFloat<f64>`. pilota-build does
//! that by itself for what stands directly in a set or as a map's key.

use std::sync::Arc;

use pilota_build::rir::{Enum, EnumVariant, Field, Message, NewType};
use pilota_build::ty::{self, Ty};

pub(super) fn message(message: &Message) -> Message {
    let field = |field: &Arc<Field>| Arc::new(Field { ty: ty(&field.ty), ..Field::clone(field) });
    Message { fields: message.fields.iter().map(field).collect(), ..message.clone() }
}

pub(super) fn union(union: &Enum) -> Enum {
    let arm = |arm: &Arc<EnumVariant>| {
        Arc::new(EnumVariant { fields: arm.fields.iter().map(ty).collect(), ..EnumVariant::clone(arm) })
    };
    Enum { variants: union.variants.iter().map(arm).collect(), ..union.clone() }
}

pub(super) fn alias(alias: &NewType) -> NewType {
    NewType { ty: ty(&alias.ty), ..alias.clone() }
}

fn ty(place: &Ty) -> Ty {
    let inner = |place: &Arc<Ty>| Arc::new(ty(place));
    let kind = match &place.kind {
        ty::F64 => ty::OrderedF64,
        ty::Vec(item) => ty::Vec(inner(item)),
        ty::Set(item) => ty::Set(inner(item)),
        ty::BTreeSet(item) => ty::BTreeSet(inner(item)),
        ty::Map(key, value) => ty::Map(inner(key), inner(value)),
        ty::BTreeMap(key, value) => ty::BTreeMap(inner(key), inner(value)),
        ty::Arc(item) => ty::Arc(inner(item)),
        other => other.clone(),
    };
    Ty { kind, tags_id: place.tags_id }
}
