//! Types and values, each with its place and as it is written.

use super::shape::{Entry, JsonType, JsonTypeKind, JsonValue, JsonValueKind, Set};
use super::view::View;
use crate::model;
use crate::syntax::tree;

impl<'a> View<'a> {
    pub(super) fn ty(&self, ty: &'a model::Type) -> JsonType<'a> {
        let inner = |ty: &'a model::Type| Box::new(self.ty(ty));
        let kind = match &ty.kind {
            model::TypeKind::Bool => JsonTypeKind::Bool,
            model::TypeKind::I8 => JsonTypeKind::I8,
            model::TypeKind::I16 => JsonTypeKind::I16,
            model::TypeKind::I32 => JsonTypeKind::I32,
            model::TypeKind::I64 => JsonTypeKind::I64,
            model::TypeKind::Double => JsonTypeKind::Double,
            model::TypeKind::String => JsonTypeKind::String,
            model::TypeKind::Binary => JsonTypeKind::Binary,
            model::TypeKind::Uuid => JsonTypeKind::Uuid,
            model::TypeKind::List(element) => JsonTypeKind::List { element: inner(element) },
            model::TypeKind::Set(element) => JsonTypeKind::Set { element: inner(element) },
            model::TypeKind::Map(key, value) => JsonTypeKind::Map { key: inner(key), value: inner(value) },
            model::TypeKind::Named(id) => JsonTypeKind::Named { definition: self.reference(*id) },
        };
        JsonType {
            kind,
            spelling: self.text(ty.span),
            span: self.place(ty.span),
            annotations: self.annotations(&ty.annotations),
        }
    }

    /// `written` is the same value in the tree: its parts are there in the same order.
    pub(super) fn value(&self, value: &'a model::Value, written: Option<&'a tree::ValueNode>) -> JsonValue<'a> {
        let elements: &'a [tree::ValueNode] = match written.map(|written| &written.kind) {
            Some(tree::ValueNodeKind::List(elements)) => elements,
            _ => &[],
        };
        let entries: &'a [(tree::ValueNode, tree::ValueNode)] = match written.map(|written| &written.kind) {
            Some(tree::ValueNodeKind::Map(entries)) => entries,
            _ => &[],
        };
        let kind = match value {
            model::Value::Bool(value) => JsonValueKind::Bool { value: *value },
            model::Value::Int(value) => JsonValueKind::Int { value: *value },
            model::Value::Double(value) => JsonValueKind::Double { value: *value },
            model::Value::String(value) => JsonValueKind::String { value },
            model::Value::Uuid(value) => JsonValueKind::Uuid { value: crate::print::uuid(value) },
            model::Value::Enum(id, member) => JsonValueKind::Enum { definition: self.reference(*id), member: *member },
            model::Value::Const(id) => JsonValueKind::Const { definition: self.reference(*id) },
            model::Value::List(values) => {
                let values = values.iter().enumerate();
                JsonValueKind::List {
                    elements: values.map(|(at, value)| self.value(value, elements.get(at))).collect(),
                }
            }
            model::Value::Map(values) => {
                let entry = |(at, (key, value)): (usize, &'a (model::Value, model::Value))| {
                    let written = entries.get(at);
                    Entry {
                        key: self.value(key, written.map(|(key, _)| key)),
                        value: self.value(value, written.map(|(_, value)| value)),
                    }
                };
                JsonValueKind::Map { entries: values.iter().enumerate().map(entry).collect() }
            }
            model::Value::Struct(id, values) => {
                let set = |(at, (field, value)): (usize, &'a (u32, model::Value))| Set {
                    field: *field,
                    value: self.value(value, entries.get(at).map(|(_, value)| value)),
                };
                JsonValueKind::Struct {
                    definition: self.reference(*id),
                    fields: values.iter().enumerate().map(set).collect(),
                }
            }
        };
        let whole = matches!(value, model::Value::List(_) | model::Value::Map(_) | model::Value::Struct(..));
        JsonValue {
            kind,
            // That of a container is its elements' again, at every level.
            spelling: written.filter(|_| !whole).map(|written| self.text(written.span)),
            span: written.map(|written| self.place(written.span)),
        }
    }
}
