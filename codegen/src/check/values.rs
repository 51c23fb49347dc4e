//! A value against the type of its place.

use super::canon::{CanonicalKind, TypeId, Types};
use super::duplicates::Seen;
use super::places::Places;
use super::resolve::Resolved;
use super::sink::Sink;
use super::symbols::SymbolTable;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{DefId, Definition, DefinitionKind, EnumValue, Field, StructKind, Value};
use crate::nearest::{nearest, same_but_case};
use crate::span::{FileId, Span};
use crate::syntax::tree::{self, ValueNodeKind};
use std::collections::HashMap;
use std::rc::Rc;

/// A constant whose value is known.
pub(super) struct Evaluated {
    pub(super) ty: TypeId,
    pub(super) scalar: Option<Scalar>,
}

/// A value that is no container, with constants seen through: what can be compared and converted.
#[derive(Clone, Debug)]
pub(super) enum Scalar {
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(Rc<str>),
    Uuid([u8; 16]),
    Enum(DefId, u32),
}

/// Checks values; knows the constants that were checked before.
pub(super) struct Evaluator<'a> {
    pub(super) symbols: &'a SymbolTable,
    pub(super) types: &'a mut Types,
    definitions: &'a [Vec<Definition>],
    /// `None` is a constant whose value is wrong, which was reported.
    pub(super) consts: HashMap<DefId, Option<Evaluated>>,
    places: Places<'a>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(symbols: &'a SymbolTable, types: &'a mut Types, resolved: &'a Resolved<'_>) -> Self {
        Self { symbols, types, definitions: &resolved.definitions, consts: HashMap::new(), places: Places::default() }
    }

    fn definition(&self, id: DefId) -> &'a Definition {
        &self.definitions[id.file.0 as usize][id.index as usize]
    }

    pub(super) fn members(&self, id: DefId) -> &'a [EnumValue] {
        match &self.definition(id).kind {
            DefinitionKind::Enum(members) => members,
            _ => &[],
        }
    }

    /// The member of an enum with this name.
    pub(super) fn member_named(&self, id: DefId, name: &str) -> Option<u32> {
        self.places.member(id, self.members(id), name)
    }

    /// The member of an enum with this number.
    pub(super) fn member_with(&self, id: DefId, number: i64) -> Option<u32> {
        self.places.numbered(id, self.members(id), number)
    }

    fn record(&self, id: DefId) -> (StructKind, &'a [Field]) {
        match &self.definition(id).kind {
            DefinitionKind::Struct(kind, fields) => (*kind, fields),
            _ => (StructKind::Struct, &[]),
        }
    }

    /// The value in the form of its place; `None` if it is wrong, which is then reported. Values nest as deep as the
    /// parser lets them.
    pub(super) fn value(
        &mut self,
        file: FileId,
        value: &tree::ValueNode,
        ty: TypeId,
        sink: &mut Sink,
    ) -> Option<Value> {
        let shape = self.types.shape(ty);
        if shape == CanonicalKind::Unknown {
            return None;
        }
        let span = value.span;
        match (&value.kind, shape) {
            (ValueNodeKind::Unknown, _) => None,
            (ValueNodeKind::Name(name), _) => self.named(file, name, span, ty, sink),
            (ValueNodeKind::List(elements), CanonicalKind::List(inner)) => {
                let found: Vec<Option<Value>> =
                    elements.iter().map(|element| self.value(file, element, inner, sink)).collect();
                Some(Value::List(found.into_iter().collect::<Option<_>>()?))
            }
            (ValueNodeKind::List(elements), CanonicalKind::Set(inner)) => {
                let mut seen = Seen::new(Code::W014);
                let mut out = Some(Vec::new());
                for element in elements {
                    let found = self.value(file, element, inner, sink);
                    self.see(&mut seen, found.as_ref(), element.span, "element", sink);
                    out = out.zip(found).map(with_pushed);
                }
                out.map(Value::List)
            }
            (ValueNodeKind::Map(entries), CanonicalKind::Map(key, inner)) => {
                let mut seen = Seen::new(Code::E048);
                let mut out = Some(Vec::new());
                for (name, value) in entries {
                    let found = self.value(file, name, key, sink);
                    self.see(&mut seen, found.as_ref(), name.span, "key", sink);
                    let value = self.value(file, value, inner, sink);
                    out = out.zip(found.zip(value)).map(with_pushed);
                }
                out.map(Value::Map)
            }
            // Apache's compiler takes either bracket for what is empty.
            (ValueNodeKind::Map(entries), CanonicalKind::List(_) | CanonicalKind::Set(_)) if entries.is_empty() => {
                Some(Value::List(Vec::new()))
            }
            (ValueNodeKind::List(elements), CanonicalKind::Map(..)) if elements.is_empty() => {
                Some(Value::Map(Vec::new()))
            }
            (ValueNodeKind::Map(entries), CanonicalKind::Record(id)) => self.fields(file, entries, id, span, sink),
            (ValueNodeKind::Map(_) | ValueNodeKind::List(_), _) => {
                sink.push(self.mismatch(shape, &value.kind, span));
                None
            }
            (ValueNodeKind::Bool(found), _) => self.convert(&Scalar::Bool(*found), true, shape, span, sink),
            (ValueNodeKind::Int(found), _) => self.convert(&Scalar::Int(*found), true, shape, span, sink),
            (ValueNodeKind::Double(found), _) => self.convert(&Scalar::Double(*found), true, shape, span, sink),
            (ValueNodeKind::String(text), _) => {
                self.convert(&Scalar::Text(text.as_str().into()), true, shape, span, sink)
            }
        }
    }

    fn see(&self, seen: &mut Seen<String>, value: Option<&Value>, span: Span, what: &str, sink: &mut Sink) {
        if let Some(scalar) = value.and_then(|value| self.scalar(value)) {
            let key = self.show(&self.first_of_its_value(&scalar));
            seen.see(key, span, sink, |_| {
                let shown = self.show(&scalar);
                (format!("the {what} {shown} occurs twice"), "remove one of the two".to_owned())
            });
        }
    }

    /// What a value is worth by itself, if it is no container.
    pub(super) fn scalar(&self, value: &Value) -> Option<Scalar> {
        Some(match value {
            Value::Bool(value) => Scalar::Bool(*value),
            Value::Int(value) => Scalar::Int(*value),
            Value::Double(value) => Scalar::Double(*value),
            Value::String(value) => Scalar::Text(value.as_str().into()),
            Value::Uuid(value) => Scalar::Uuid(*value),
            Value::Enum(id, member) => Scalar::Enum(*id, *member),
            Value::Const(id) => self.consts.get(id)?.as_ref()?.scalar.clone()?,
            Value::List(_) | Value::Map(_) | Value::Struct(..) => return None,
        })
    }

    /// `{"field": value}`
    fn fields(
        &mut self,
        file: FileId,
        entries: &[(tree::ValueNode, tree::ValueNode)],
        id: DefId,
        span: Span,
        sink: &mut Sink,
    ) -> Option<Value> {
        let (kind, fields) = self.record(id);
        let name = self.symbols.definition(id).name.clone();
        let mut seen = Seen::new(Code::E048);
        let mut out = Some(Vec::new());
        for (key, value) in entries {
            let ValueNodeKind::String(field) = &key.kind else {
                sink.push(
                    Diagnostic::at(Code::E064, key.span, format!("a value of `{name}` names its fields in quotes"), "")
                        .help("write `{\"field\": value}`"),
                );
                out = None;
                continue;
            };
            seen.see(field.clone(), key.span, sink, |field| {
                (format!("the field \"{field}\" occurs twice"), "remove one of the two".to_owned())
            });
            let Some(place) = self.places.field(id, fields, field) else {
                if !self.symbols.definition(id).damaged {
                    sink.push(no_field(&name, fields, field, key.span));
                }
                out = None;
                continue;
            };
            let ty = self.types.of(&fields[place as usize].ty);
            let value = self.value(file, value, ty, sink);
            out = out.zip(value.map(|value| (place, value))).map(with_pushed);
        }
        if kind == StructKind::Union && entries.len() != 1 {
            let message =
                format!("a value of the union `{name}` has exactly one field, this one has {}", entries.len());
            sink.push(Diagnostic::at(Code::E064, span, message, ""));
            return None;
        }
        out.map(|fields| Value::Struct(id, fields))
    }
}

fn with_pushed<T>((mut list, item): (Vec<T>, T)) -> Vec<T> {
    list.push(item);
    list
}

fn no_field(record: &crate::span::Name, fields: &[Field], field: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::at(Code::E065, span, format!("`{record}` has no field `{field}`"), "")
        .label(record.span, "defined here");
    let names = || fields.iter().map(|field| field.name.text.as_str());
    let certain = same_but_case(field, names()).map(|name| format!("\"{name}\""));
    match nearest(field, names()) {
        Some(near) => diagnostic.help(format!("did you mean \"{near}\"?")).fix_with(span, certain),
        None => diagnostic,
    }
}
