//! Constants as Rust items. pilota has no text for many (nested lists, uuids, unions), so all are written here.

use crate::model::{DefId, DefinitionKind, Field, Model, Requiredness, StructKind, Type, TypeKind, Value};
use crate::rust::graph;
use crate::rust::keys::{Form, Keys};
use crate::rust::layout::Layout;
use crate::rust::{idents, names, types};

/// A constant's item: a `const` where Rust can make the value at compile time, a `static` made on first use elsewhere.
pub(super) fn item(
    model: &Model,
    layout: &Layout,
    keys: &Keys,
    module: usize,
    name: &str,
    ty: &Type,
    value: &Value,
) -> Option<String> {
    let rust = Rust { model, layout, keys, module };
    let form = keys.form(ty);
    let name = names::escape(name);
    if let (TypeKind::String, Some(Value::String(text))) = (&ty.kind, rust.resolve(value)) {
        return Some(format!("pub const {name}: &'static str = {text:?};"));
    }
    let expression = rust.expression(value, ty, form.ordered, form)?;
    let ty_text = types::spell(ty, form, &|id| rust.path(id));
    Some(if rust.is_const(ty) {
        format!("pub const {name}: {ty_text} = {expression};")
    } else {
        format!(
            "pub static {name}: ::std::sync::LazyLock<{ty_text}> = ::std::sync::LazyLock::new(|| {{ {expression} }});"
        )
    })
}

struct Rust<'a> {
    model: &'a Model,
    layout: &'a Layout,
    keys: &'a Keys,
    module: usize,
}

impl Rust<'_> {
    fn path(&self, id: DefId) -> String {
        types::relative_path(self.layout, self.module, id)
    }

    fn resolve<'v>(&'v self, mut value: &'v Value) -> Option<&'v Value> {
        while let Value::Const(id) = value {
            match &self.model.definition(*id).kind {
                DefinitionKind::Const(_, next) => value = next,
                _ => return None,
            }
        }
        Some(value)
    }

    fn is_const(&self, ty: &Type) -> bool {
        match &ty.kind {
            TypeKind::List(_) | TypeKind::Set(_) | TypeKind::Map(..) => false,
            TypeKind::Named(id) => match &self.model.definition(*id).kind {
                DefinitionKind::Typedef(ty) => self.is_const(ty),
                DefinitionKind::Enum(_) | DefinitionKind::Senum(_) => true,
                _ => false,
            },
            _ => true,
        }
    }

    /// The value at a place of type `ty`; `ordered` where a floating point number is an ordered one.
    fn expression(&self, value: &Value, ty: &Type, ordered: bool, form: Form) -> Option<String> {
        let value = self.resolve(value)?;
        Some(match (value, &ty.kind) {
            (_, TypeKind::Named(id)) => self.named(value, *id)?,
            (Value::Bool(value), TypeKind::Bool) => value.to_string(),
            (Value::Int(value), TypeKind::Bool) => (*value != 0).to_string(),
            (Value::Int(value), TypeKind::Double) => double(*value as f64, ordered),
            (Value::Double(value), TypeKind::Double) => double(*value, ordered),
            (Value::Bool(value), _) => i64::from(*value).to_string(),
            (Value::Int(value), TypeKind::I8 | TypeKind::I16 | TypeKind::I32 | TypeKind::I64) => value.to_string(),
            (Value::Enum(id, member), TypeKind::I8 | TypeKind::I16 | TypeKind::I32 | TypeKind::I64) => {
                match &self.model.definition(*id).kind {
                    DefinitionKind::Enum(members) => members.get(*member as usize)?.value.to_string(),
                    _ => return None,
                }
            }
            (Value::String(text), TypeKind::String) => format!("::pilota::FastStr::from_static_str({text:?})"),
            (Value::String(text), TypeKind::Binary) => format!("::pilota::Bytes::from_static({text:?}.as_bytes())"),
            (Value::Uuid(bytes), TypeKind::Uuid) => format!("{bytes:?}"),
            (Value::List(items), TypeKind::List(item)) => {
                format!("::std::vec![{}]", self.all(items, |value| self.expression(value, item, ordered, form))?)
            }
            (Value::List(items), TypeKind::Set(_) | TypeKind::Map(..)) if items.is_empty() => empty(),
            (Value::Map(entries), _) if entries.is_empty() => empty(),
            (Value::List(items), TypeKind::Set(item)) => {
                format!(
                    "[{}].into_iter().collect()",
                    self.all(items, |value| self.expression(value, item, true, form))?
                )
            }
            (Value::Map(entries), TypeKind::Map(key, value)) => {
                let pair = |(k, v): &(Value, Value)| {
                    let key = self.expression(k, key, true, form)?;
                    Some(format!("({key}, {})", self.expression(v, value, form.ordered, form)?))
                };
                format!("[{}].into_iter().collect()", self.all(entries, pair)?)
            }
            _ => return None,
        })
    }

    fn all<T>(&self, items: &[T], print: impl Fn(&T) -> Option<String>) -> Option<String> {
        Some(items.iter().map(print).collect::<Option<Vec<String>>>()?.join(", "))
    }

    fn named(&self, value: &Value, id: DefId) -> Option<String> {
        let path = self.path(id);
        Some(match (&self.model.definition(id).kind, value) {
            (DefinitionKind::Typedef(ty), _) => format!("{path}({})", self.inside(id, value, ty)?),
            (DefinitionKind::Senum(_), Value::String(text)) => {
                format!("{path}(::pilota::FastStr::from_static_str({text:?}))")
            }
            (DefinitionKind::Enum(members), Value::Enum(_, member)) => {
                format!("{path}::{}", names::escape(idents::members(members).get(*member as usize)?))
            }
            (DefinitionKind::Enum(members), Value::Int(number)) => {
                let member = members.iter().position(|member| i64::from(member.value) == *number)?;
                format!("{path}::{}", names::escape(idents::members(members).get(member)?))
            }
            (DefinitionKind::Struct(StructKind::Union, fields), Value::Struct(_, values)) => {
                let (index, value) = values.first()?;
                let field = fields.get(*index as usize)?;
                let variant = names::escape(idents::variants(fields).get(*index as usize)?);
                let mut value = self.inside(id, value, &field.ty)?;
                if graph::is_shared(self.model, id, field) {
                    value = format!("::std::sync::Arc::new({value})");
                }
                format!("{path}::{variant}({value})")
            }
            (DefinitionKind::Struct(_, fields), Value::Struct(_, values)) => {
                let idents = idents::fields(fields);
                let field = |(index, value): &(u32, Value)| {
                    let index = *index as usize;
                    Some(format!(
                        "{}: {}",
                        names::escape(idents.get(index)?),
                        self.field(id, fields.get(index)?, value)?
                    ))
                };
                format!(
                    "{path} {{ {}{}..::core::default::Default::default() }}",
                    self.all(values, field)?,
                    comma(values)
                )
            }
            (DefinitionKind::Struct(..), Value::Map(entries)) if entries.is_empty() => empty(),
            _ => return None,
        })
    }

    fn inside(&self, owner: DefId, value: &Value, ty: &Type) -> Option<String> {
        let form = self.keys.form_in(owner, ty);
        self.expression(value, ty, form.ordered, form)
    }

    fn field(&self, owner: DefId, field: &Field, value: &Value) -> Option<String> {
        let mut text = self.inside(owner, value, &field.ty)?;
        if let TypeKind::Named(ty) = &field.ty.kind
            && graph::holds(self.model, *ty, owner)
        {
            text = format!("::std::boxed::Box::new({text})");
        }
        if field.requiredness != Requiredness::Required {
            text = format!("::core::option::Option::Some({text})");
        }
        Some(text)
    }
}

fn comma<T>(values: &[T]) -> &'static str {
    if values.is_empty() { "" } else { ", " }
}

fn empty() -> String {
    "::core::default::Default::default()".to_owned()
}

fn double(value: f64, ordered: bool) -> String {
    if ordered { format!("::pilota::OrderedFloat({value:?}f64)") } else { format!("{value:?}f64") }
}
