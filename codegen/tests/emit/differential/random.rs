//! Values of a type of the IDL, at random from a seed.

use fastrand::Rng;
use volplane_build::internal::model::{DefId, DefinitionKind, Field, Model, Requiredness, StructKind, Type, TypeKind};

use volplane_build_testkit::message::{Kind, Value, binary};

/// What a record's fields are filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// Every field that would get a default is there, and no set or map has two elements: what is written is what was
    /// read, byte for byte.
    Exact,
    /// Fields with a default may be missing, and sets and maps have any order.
    Loose,
}

/// Values nest no deeper than this, unless the IDL makes them.
const MAX_DEPTH: usize = 5;

pub struct Maker<'a> {
    pub model: &'a Model,
    pub rng: Rng,
    pub fill: Fill,
}

impl Maker<'_> {
    /// A record with this definition.
    pub fn record(&mut self, id: DefId, depth: usize) -> Value {
        let model = self.model;
        let DefinitionKind::Struct(kind, fields) = &model.definition(id).kind else { return Value::Struct(Vec::new()) };
        let fields: Vec<&Field> = match kind {
            StructKind::Union => {
                // Deep down, an arm that ends it, if there is one.
                let flat: Vec<&Field> = fields.iter().filter(|field| !self.nests(&field.ty)).collect();
                let arms = if depth >= MAX_DEPTH && !flat.is_empty() { flat } else { fields.iter().collect() };
                arms.get(self.rng.usize(..arms.len().max(1))).copied().into_iter().collect()
            }
            _ => fields.iter().filter(|field| self.is_set(field, depth)).collect(),
        };
        Value::Struct(fields.into_iter().map(|field| (field.id as i16, self.value(&field.ty, depth + 1))).collect())
    }

    fn is_set(&mut self, field: &Field, depth: usize) -> bool {
        match (&field.default, field.requiredness) {
            (Some(_), _) => self.fill == Fill::Exact || self.rng.bool(),
            (None, Requiredness::Optional) => depth < MAX_DEPTH && self.rng.bool(),
            (None, _) => true,
        }
    }

    /// Whether the type is a record, a typedef of one, or holds some.
    fn nests(&self, ty: &Type) -> bool {
        match &ty.kind {
            TypeKind::Named(id) => match &self.model.definition(*id).kind {
                DefinitionKind::Typedef(ty) => self.nests(ty),
                DefinitionKind::Struct(..) => true,
                _ => false,
            },
            TypeKind::List(inner) | TypeKind::Set(inner) => self.nests(inner),
            TypeKind::Map(key, value) => self.nests(key) || self.nests(value),
            _ => false,
        }
    }

    fn value(&mut self, ty: &Type, depth: usize) -> Value {
        match &ty.kind {
            TypeKind::Bool => Value::Bool(self.rng.bool()),
            TypeKind::I8 => Value::I8(self.integer() as i8),
            TypeKind::I16 => Value::I16(self.integer() as i16),
            TypeKind::I32 => Value::I32(self.integer() as i32),
            TypeKind::I64 => Value::I64(self.integer()),
            TypeKind::Double => Value::Double(self.double()),
            TypeKind::String => Value::Bytes(self.text(depth).into_bytes()),
            TypeKind::Binary => {
                let length = self.length(depth);
                Value::Bytes((0..length).map(|_| self.rng.u8(..)).collect())
            }
            TypeKind::Uuid => Value::Uuid(self.rng.u128(..).to_be_bytes()),
            TypeKind::List(inner) => {
                let length = if depth >= MAX_DEPTH { 0 } else { self.length(depth).min(20) };
                Value::List(self.kind(inner), (0..length).map(|_| self.value(inner, depth + 1)).collect())
            }
            TypeKind::Set(inner) => {
                let kind = self.kind(inner);
                Value::Set(kind, self.distinct(inner, depth))
            }
            TypeKind::Map(key, inner) => {
                let keys = self.distinct(key, depth);
                let entries = keys.into_iter().map(|key| (key, self.value(inner, depth + 1)));
                let entries = entries.collect();
                Value::Map(self.kind(key), self.kind(inner), entries)
            }
            TypeKind::Named(id) => match &self.model.definition(*id).kind {
                DefinitionKind::Typedef(ty) => self.value(ty, depth),
                DefinitionKind::Enum(members) => {
                    let member = members.get(self.rng.usize(..members.len().max(1)));
                    Value::I32(member.map_or(0, |member| member.value))
                }
                DefinitionKind::Struct(..) => self.record(*id, depth),
                _ => Value::Bytes(self.text(depth).into_bytes()),
            },
        }
    }

    /// Elements that are not equal.
    fn distinct(&mut self, ty: &Type, depth: usize) -> Vec<Value> {
        let most = if self.fill == Fill::Exact { 2 } else { 6 };
        let length = if depth >= MAX_DEPTH { 0 } else { self.rng.usize(..most) };
        let mut seen = std::collections::HashSet::new();
        let mut out = Vec::new();
        for _ in 0..length {
            let value = self.value(ty, depth + 1);
            let mut bytes = Vec::new();
            binary(&value, &mut bytes);
            // A table in an element may come in another order, and zero is equal to minus zero.
            let several = |value: &Value| match value {
                Value::Set(_, values) => values.len() > 1,
                Value::Map(_, _, entries) => entries.len() > 1,
                Value::Double(number) => *number == 0.0,
                _ => false,
            };
            if !value.any(&several) && seen.insert(bytes) {
                out.push(value);
            }
        }
        out
    }

    fn kind(&self, ty: &Type) -> Kind {
        match &ty.kind {
            TypeKind::Bool => Kind::Bool,
            TypeKind::I8 => Kind::I8,
            TypeKind::I16 => Kind::I16,
            TypeKind::I32 => Kind::I32,
            TypeKind::I64 => Kind::I64,
            TypeKind::Double => Kind::Double,
            TypeKind::String | TypeKind::Binary => Kind::Bytes,
            TypeKind::Uuid => Kind::Uuid,
            TypeKind::List(_) => Kind::List,
            TypeKind::Set(_) => Kind::Set,
            TypeKind::Map(..) => Kind::Map,
            TypeKind::Named(id) => match &self.model.definition(*id).kind {
                DefinitionKind::Typedef(ty) => self.kind(ty),
                DefinitionKind::Enum(_) => Kind::I32,
                DefinitionKind::Struct(..) => Kind::Struct,
                _ => Kind::Bytes,
            },
        }
    }

    /// Small numbers, numbers of every length, and the ends.
    fn integer(&mut self) -> i64 {
        match self.rng.u8(..4) {
            0 => self.rng.i64(-3..4),
            1 => [i64::MIN, i64::MAX, i32::MIN.into(), i32::MAX.into(), -32768, 127, 128][self.rng.usize(..7)],
            _ => self.rng.i64(..) >> self.rng.u32(..64),
        }
    }

    /// Any number but those that are not equal to themselves.
    fn double(&mut self) -> f64 {
        let number = match self.rng.u8(..4) {
            0 => [0.0, -0.0, 1.0, -1.5, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, f64::MAX]
                [self.rng.usize(..8)],
            1 => self.rng.f64(),
            _ => f64::from_bits(self.rng.u64(..)),
        };
        if number.is_nan() { 0.25 } else { number }
    }

    fn text(&mut self, depth: usize) -> String {
        let length = self.length(depth);
        (0..length).map(|_| if self.rng.u8(..8) == 0 { self.rng.char(..) } else { self.rng.alphanumeric() }).collect()
    }

    /// Mostly short, seldom beyond what is written in another way: 14 elements, 127 bytes, what is copied.
    fn length(&mut self, depth: usize) -> usize {
        match self.rng.u8(..20) {
            _ if depth > 2 => self.rng.usize(..4),
            0 => self.rng.usize(..6000),
            1..=3 => self.rng.usize(..200),
            4..=8 => 0,
            _ => self.rng.usize(..5),
        }
    }
}
