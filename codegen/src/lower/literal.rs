//! Field defaults as IDL literals that pilota takes: constants resolved, enums by number.

use crate::model::{DefId, DefinitionKind, Model, StructKind, Type, TypeKind, Value};
use crate::rust::graph;

/// The literal's text, or `None` where pilota has no literal for a type inside it.
pub(super) fn print(model: &Model, value: &Value, ty: &Type) -> Option<String> {
    Some(match (value, &ty.kind) {
        (Value::Const(id), _) => match &model.definition(*id).kind {
            DefinitionKind::Const(_, value) => print(model, value, ty)?,
            _ => return None,
        },
        (_, TypeKind::Named(id)) => named(model, value, *id)?,
        (_, TypeKind::Uuid) => return None,
        (Value::Bool(value), TypeKind::Bool) => value.to_string(),
        (Value::Bool(value), _) => i64::from(*value).to_string(),
        (Value::Int(value), TypeKind::Bool) => (*value != 0).to_string(),
        (Value::Int(value), TypeKind::Double) => double(*value as f64),
        (Value::Int(value), _) => value.to_string(),
        (Value::Double(value), _) => double(*value),
        (Value::String(text), _) => quote(text),
        (Value::Enum(id, member), _) => number(model, *id, *member)?,
        (Value::List(items), TypeKind::List(item) | TypeKind::Set(item)) => {
            let items: Option<Vec<String>> = items.iter().map(|value| print(model, value, item)).collect();
            format!("[{}]", items?.join(", "))
        }
        (Value::Map(entries), TypeKind::List(_) | TypeKind::Set(_)) if entries.is_empty() => "[]".to_owned(),
        (Value::List(items), TypeKind::Map(..)) if items.is_empty() => "{}".to_owned(),
        (Value::Map(entries), TypeKind::Map(key, value_ty)) => {
            let entries: Option<Vec<String>> = entries
                .iter()
                .map(|(k, v)| Some(format!("{}: {}", print(model, k, key)?, print(model, v, value_ty)?)))
                .collect();
            format!("{{{}}}", entries?.join(", "))
        }
        _ => return None,
    })
}

fn named(model: &Model, value: &Value, id: DefId) -> Option<String> {
    match (&model.definition(id).kind, value) {
        (DefinitionKind::Typedef(ty), _) => print(model, value, ty),
        (DefinitionKind::Senum(_), Value::String(text)) => Some(quote(text)),
        (DefinitionKind::Enum(_), Value::Enum(of, member)) => number(model, *of, *member),
        // pilota looks the number up among the members.
        (DefinitionKind::Enum(members), Value::Int(value)) => {
            members.iter().any(|member| i64::from(member.value) == *value).then(|| value.to_string())
        }
        (DefinitionKind::Struct(StructKind::Union, _), _) => None,
        (DefinitionKind::Struct(..), Value::Map(entries)) if entries.is_empty() => Some("{}".to_owned()),
        (DefinitionKind::Struct(_, fields), Value::Struct(_, values)) => {
            let values: Option<Vec<String>> = values
                .iter()
                .map(|(index, value)| {
                    let field = fields.get(*index as usize)?;
                    if let TypeKind::Named(ty) = &field.ty.kind
                        && graph::holds(model, *ty, id)
                    {
                        return None;
                    }
                    let name = quote(&super::print::field_idl_name(field));
                    Some(format!("{name}: {}", print(model, value, &field.ty)?))
                })
                .collect();
            Some(format!("{{{}}}", values?.join(", ")))
        }
        _ => None,
    }
}

fn number(model: &Model, id: DefId, member: u32) -> Option<String> {
    match &model.definition(id).kind {
        DefinitionKind::Enum(members) => members.get(member as usize).map(|member| member.value.to_string()),
        _ => None,
    }
}

/// With a point or an exponent, or it would be read as an integer.
fn double(value: f64) -> String {
    format!("{value:?}")
}

/// A string literal with the two escapes that it needs; everything else may stand as it is.
pub(super) fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
