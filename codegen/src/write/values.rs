//! Constants and default values as Rust expressions.

use super::Scope;
use crate::model::{DefId, DefinitionKind, EnumValue, Field, Requiredness, StructKind, Type, TypeKind, Value};
use crate::rust::keys::Form;
use crate::rust::{graph, idents, names};

/// Which Rust types a place takes, beside what the IDL says.
#[derive(Clone, Copy, Default)]
pub(crate) struct ValueTarget<'a> {
    /// Floating point numbers are ordered ones here: in a set's element or a map's key, or where the form says so.
    ordered: bool,
    /// The user's `pilota.rust_type`.
    wanted: Option<&'a str>,
    /// Records are in an `Arc`: the user's `pilota.rust_wrapper_arc`.
    shared: bool,
}

impl ValueTarget<'_> {
    /// The place of a constant.
    pub(crate) fn of_form(form: Form) -> ValueTarget<'static> {
        ValueTarget { ordered: form.ordered, ..ValueTarget::default() }
    }
}

/// The value of a field of the struct `owner`, or the value in an arm of the union `owner`, with the `Box` or `Arc` that
/// it has there. `None` if the value is not of the field's type, which no checked model has.
pub(crate) fn inside(scope: &Scope, owner: DefId, field: &Field, value: &Value) -> Option<String> {
    let form = scope.keys.form_in(owner, &field.ty);
    let user = |key: &str| {
        let mut annotations = field.annotations.iter().filter(|_| form == Form::default());
        annotations.find(|annotation| annotation.key.text == key).map(|annotation| annotation.value.as_str())
    };
    let wanted = user("pilota.rust_type");
    let is_union = matches!(scope.model.definition(owner).kind, DefinitionKind::Struct(StructKind::Union, _));
    let place = match is_union {
        true => ValueTarget::of_form(form),
        false => ValueTarget {
            ordered: form.ordered || wanted == Some("ordered_f64"),
            wanted,
            shared: user("pilota.rust_wrapper_arc") == Some("true"),
        },
    };
    let text = expression(scope, value, &field.ty, place)?;
    Some(if is_union && graph::is_shared(scope.model, owner, field) {
        format!("::std::sync::Arc::new({text})")
    } else if !is_union && graph::is_boxed(scope.model, owner, field) {
        format!("::std::boxed::Box::new({text})")
    } else {
        text
    })
}

/// The value after the names of constants.
pub(crate) fn resolve<'a>(scope: &Scope<'a>, mut value: &'a Value) -> Option<&'a Value> {
    while let Value::Const(id) = value {
        match &scope.model.definition(*id).kind {
            DefinitionKind::Const(_, next) => value = next,
            _ => return None,
        }
    }
    Some(value)
}

/// The value at a place of type `ty`.
pub(crate) fn expression(scope: &Scope, value: &Value, ty: &Type, place: ValueTarget) -> Option<String> {
    let key = ValueTarget { ordered: true, ..place };
    Some(match (resolve(scope, value)?, &ty.kind) {
        (value, TypeKind::Named(id)) => named(scope, value, *id, place)?,
        (Value::Bool(value), TypeKind::Bool) => value.to_string(),
        (Value::Int(value), TypeKind::Bool) => (*value != 0).to_string(),
        (Value::Int(value), TypeKind::Double) => double(*value as f64, place),
        (Value::Double(value), TypeKind::Double) => double(*value, place),
        (Value::Bool(value), TypeKind::I8 | TypeKind::I16 | TypeKind::I32 | TypeKind::I64) => {
            i64::from(*value).to_string()
        }
        (Value::Int(value), TypeKind::I8 | TypeKind::I16 | TypeKind::I32 | TypeKind::I64) => value.to_string(),
        (Value::Enum(id, member), TypeKind::I8 | TypeKind::I16 | TypeKind::I32 | TypeKind::I64) => {
            members(scope, *id).get(*member as usize)?.value.to_string()
        }
        (Value::String(text), TypeKind::String) if place.wanted == Some("string") => {
            format!("::std::string::String::from({text:?})")
        }
        (Value::String(text), TypeKind::String) => string(text),
        (Value::String(text), TypeKind::Binary) if place.wanted == Some("vec") => {
            format!("{text:?}.as_bytes().to_vec()")
        }
        (Value::String(text), TypeKind::Binary) => format!("::pilota::Bytes::from_static({text:?}.as_bytes())"),
        (Value::Uuid(bytes), TypeKind::Uuid) => format!("{bytes:?}"),
        (Value::List(items), _) if items.is_empty() => empty(),
        (Value::Map(entries), _) if entries.is_empty() => empty(),
        (Value::List(items), TypeKind::List(item)) => {
            format!("::std::vec![{}]", all(items, |value| expression(scope, value, item, place))?)
        }
        (Value::List(items), TypeKind::Set(item)) => {
            format!("[{}].into_iter().collect()", all(items, |value| expression(scope, value, item, key))?)
        }
        (Value::Map(entries), TypeKind::Map(key_ty, value_ty)) => {
            let pair = |(k, v): &(Value, Value)| {
                let k = expression(scope, k, key_ty, key)?;
                Some(format!("({k}, {})", expression(scope, v, value_ty, place)?))
            };
            format!("[{}].into_iter().collect()", all(entries, pair)?)
        }
        _ => return None,
    })
}

fn named(scope: &Scope, value: &Value, id: DefId, place: ValueTarget) -> Option<String> {
    let path = scope.path(id);
    Some(match (&scope.model.definition(id).kind, value) {
        (DefinitionKind::Typedef(ty), _) => {
            let form = scope.keys.form_in(id, ty);
            format!("{path}({})", expression(scope, value, ty, ValueTarget::of_form(form))?)
        }
        (DefinitionKind::Senum(_), Value::String(text)) => format!("{path}({})", string(text)),
        (DefinitionKind::Enum(members), Value::Enum(_, member)) => {
            format!("{path}::{}", names::escape(idents::members(members).get(*member as usize)?))
        }
        (DefinitionKind::Enum(members), Value::Int(number)) => {
            match members.iter().position(|member| i64::from(member.value) == *number) {
                Some(member) => format!("{path}::{}", names::escape(idents::members(members).get(member)?)),
                None => format!("{path}::from({number})"),
            }
        }
        (DefinitionKind::Struct(StructKind::Union, arms), Value::Struct(_, values)) => {
            let (index, value) = values.first()?;
            let arm = arms.get(*index as usize)?;
            let ident = names::escape(idents::variants(arms).get(*index as usize)?);
            shared(place, format!("{path}::{ident}({})", inside(scope, id, arm, value)?))
        }
        (DefinitionKind::Struct(..), Value::Map(entries)) if entries.is_empty() => empty(),
        (DefinitionKind::Struct(_, fields), Value::Struct(_, values)) => {
            shared(place, record(scope, &path, id, fields, values)?)
        }
        _ => return None,
    })
}

fn record(scope: &Scope, path: &str, id: DefId, fields: &[Field], values: &[(u32, Value)]) -> Option<String> {
    let idents = idents::fields(fields);
    let mut parts = Vec::new();
    for (index, value) in values {
        let field = fields.get(*index as usize)?;
        let value = inside(scope, id, field, value)?;
        let value = match field.requiredness {
            Requiredness::Required => value,
            Requiredness::Default | Requiredness::Optional => format!("Some({value})"),
        };
        parts.push(format!("{}: {value}", names::escape(idents.get(*index as usize)?)));
    }
    if values.len() < fields.len() || scope.options.keep_unknown_fields {
        parts.push(format!("..{}", empty()));
    }
    Some(format!("{path} {{ {} }}", parts.join(", ")))
}

fn shared(place: ValueTarget, text: String) -> String {
    if place.shared { format!("::std::sync::Arc::new({text})") } else { text }
}

fn members<'a>(scope: &Scope<'a>, id: DefId) -> &'a [EnumValue] {
    match &scope.model.definition(id).kind {
        DefinitionKind::Enum(members) => members,
        _ => &[],
    }
}

fn all<T>(items: &[T], print: impl Fn(&T) -> Option<String>) -> Option<String> {
    Some(items.iter().map(print).collect::<Option<Vec<String>>>()?.join(", "))
}

fn string(text: &str) -> String {
    format!("::pilota::FastStr::from_static_str({text:?})")
}

fn empty() -> String {
    "::std::default::Default::default()".to_owned()
}

fn double(value: f64, place: ValueTarget) -> String {
    let number = match value.is_finite() {
        true => format!("{value:?}f64"),
        false if value > 0.0 => "f64::INFINITY".to_owned(),
        false if value < 0.0 => "f64::NEG_INFINITY".to_owned(),
        false => "f64::NAN".to_owned(),
    };
    if place.ordered { format!("::pilota::OrderedFloat({number})") } else { number }
}
