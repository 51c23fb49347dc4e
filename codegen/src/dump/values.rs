//! Types and values, each with its place and as it is written.

use super::shape::{Entry, Set, Type, TypeKind, Value, ValueKind};
use super::view::View;
use crate::model;
use crate::syntax::tree;

impl<'a> View<'a> {
    pub(super) fn ty(&self, ty: &'a model::Type) -> Type<'a> {
        let inner = |ty: &'a model::Type| Box::new(self.ty(ty));
        let kind = match &ty.kind {
            model::TypeKind::Bool => TypeKind::Bool,
            model::TypeKind::I8 => TypeKind::I8,
            model::TypeKind::I16 => TypeKind::I16,
            model::TypeKind::I32 => TypeKind::I32,
            model::TypeKind::I64 => TypeKind::I64,
            model::TypeKind::Double => TypeKind::Double,
            model::TypeKind::String => TypeKind::String,
            model::TypeKind::Binary => TypeKind::Binary,
            model::TypeKind::Uuid => TypeKind::Uuid,
            model::TypeKind::List(element) => TypeKind::List { element: inner(element) },
            model::TypeKind::Set(element) => TypeKind::Set { element: inner(element) },
            model::TypeKind::Map(key, value) => TypeKind::Map { key: inner(key), value: inner(value) },
            model::TypeKind::Named(id) => TypeKind::Named { definition: self.reference(*id) },
        };
        Type {
            kind,
            spelling: self.text(ty.span),
            span: self.place(ty.span),
            annotations: self.annotations(&ty.annotations),
        }
    }

    /// `written` is the same value in the tree: its parts stand there in the same order.
    pub(super) fn value(&self, value: &'a model::Value, written: Option<&'a tree::Value>) -> Value<'a> {
        let elements: &'a [tree::Value] = match written.map(|written| &written.kind) {
            Some(tree::ValueKind::List(elements)) => elements,
            _ => &[],
        };
        let entries: &'a [(tree::Value, tree::Value)] = match written.map(|written| &written.kind) {
            Some(tree::ValueKind::Map(entries)) => entries,
            _ => &[],
        };
        let kind = match value {
            model::Value::Bool(value) => ValueKind::Bool { value: *value },
            model::Value::Int(value) => ValueKind::Int { value: *value },
            model::Value::Double(value) => ValueKind::Double { value: *value },
            model::Value::String(value) => ValueKind::String { value },
            model::Value::Uuid(value) => ValueKind::Uuid { value: crate::print::uuid(value) },
            model::Value::Enum(id, member) => ValueKind::Enum { definition: self.reference(*id), member: *member },
            model::Value::Const(id) => ValueKind::Const { definition: self.reference(*id) },
            model::Value::List(values) => {
                let values = values.iter().enumerate();
                ValueKind::List { elements: values.map(|(at, value)| self.value(value, elements.get(at))).collect() }
            }
            model::Value::Map(values) => {
                let entry = |(at, (key, value)): (usize, &'a (model::Value, model::Value))| {
                    let written = entries.get(at);
                    Entry {
                        key: self.value(key, written.map(|(key, _)| key)),
                        value: self.value(value, written.map(|(_, value)| value)),
                    }
                };
                ValueKind::Map { entries: values.iter().enumerate().map(entry).collect() }
            }
            model::Value::Struct(id, values) => {
                let set = |(at, (field, value)): (usize, &'a (u32, model::Value))| Set {
                    field: *field,
                    value: self.value(value, entries.get(at).map(|(_, value)| value)),
                };
                ValueKind::Struct {
                    definition: self.reference(*id),
                    fields: values.iter().enumerate().map(set).collect(),
                }
            }
        };
        let whole = matches!(value, model::Value::List(_) | model::Value::Map(_) | model::Value::Struct(..));
        Value {
            kind,
            // That of a container is its elements' again, at every level.
            spelling: written.filter(|_| !whole).map(|written| self.text(written.span)),
            span: written.map(|written| self.place(written.span)),
        }
    }
}
