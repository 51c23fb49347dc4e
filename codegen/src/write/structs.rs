//! Structs and exceptions: what surrounds pilota-build's definition of one.

use std::fmt::Write as _;

use super::record::{Presence, Record, RecordField};
use super::{Scope, attributes, record, values};
use crate::lower::Shape;
use crate::model::{DefId, Definition, DefinitionKind, Field, Requiredness, StructKind, TypeKind};
use crate::rust::{idents, names};

/// A struct or an exception.
pub(crate) fn shape(scope: &Scope, id: DefId) -> Shape {
    let definition = scope.model.definition(id);
    let DefinitionKind::Struct(kind, fields) = &definition.kind else { return Shape::default() };
    let record = of(scope, id, definition, fields);
    // Its own value has no room for unknown fields, which a derived one would have.
    let written_default =
        record.has_default && (record.keep_unknown_fields || record.fields.iter().any(|field| field.default.is_some()));
    let derived = attributes::derived(scope.traits.compared(id), record.has_default && !written_default);
    let mut impls = String::new();
    if written_default {
        impls.push_str(&default(&record));
    }
    if *kind == StructKind::Exception {
        impls.push_str(&error(&record, definition, fields));
    }
    impls.push_str(&record::impls(&record, &scope.runtime()));
    Shape {
        name: scope.layout.name(id).to_owned(),
        head: attributes::of_type(scope, definition.doc.as_deref(), &definition.annotations, &derived),
        fields: fields
            .iter()
            .map(|field| attributes::of_member(scope, field.doc.as_deref(), &field.annotations))
            .collect(),
        impls,
    }
}

fn of(scope: &Scope, id: DefId, definition: &Definition, fields: &[Field]) -> Record {
    let field = |(field, ident): (&Field, String)| RecordField {
        id: field.id,
        ident: names::escape(&ident),
        name: field.name.text.clone(),
        presence: match field.requiredness {
            Requiredness::Required => Presence::Required,
            Requiredness::Default | Requiredness::Optional => Presence::Optional,
        },
        default: field.default.as_ref().and_then(|value| values::inside(scope, id, field, value)),
    };
    Record {
        ident: names::escape(scope.layout.name(id)),
        name: definition.name.text.clone(),
        fields: fields.iter().zip(idents::fields(fields)).map(field).collect(),
        recursive: scope.traits.is_recursive(id),
        has_default: scope.traits.is_default(id),
        keep_unknown_fields: scope.options.keep_unknown_fields,
    }
}

/// `Default` with the IDL's default values.
fn default(record: &Record) -> String {
    let mut text =
        format!("impl ::std::default::Default for {} {{\n    fn default() -> Self {{\n        Self {{\n", record.ident);
    for field in &record.fields {
        let value = match (&field.default, field.presence) {
            (Some(value), Presence::Required) => value.clone(),
            (Some(value), Presence::Optional) => format!("Some({value})"),
            (None, Presence::Optional) => "None".to_owned(),
            (None, Presence::Required) => "::std::default::Default::default()".to_owned(),
        };
        let _ = writeln!(text, "            {}: {value},", field.ident);
    }
    if record.keep_unknown_fields {
        text.push_str("            _unknown_fields: ::pilota::BytesVec::with_capacity(0),\n");
    }
    text.push_str("        }\n    }\n}\n\n");
    text
}

/// `Display` and `Error`. The text is that of the field that holds a message for people, if there is one.
fn error(record: &Record, definition: &Definition, fields: &[Field]) -> String {
    let Record { ident, name, .. } = record;
    let wanted = definition.annotations.iter().find(|annotation| annotation.key.text == "message");
    let is_wanted = |field: &&Field| match wanted {
        Some(annotation) => field.name.text == annotation.value,
        None => {
            ["message", "msg", "reason", "why", "description"].contains(&field.name.text.to_ascii_lowercase().as_str())
        }
    };
    let message = fields
        .iter()
        .zip(&record.fields)
        .find(|(field, _)| field.ty.kind == TypeKind::String && is_wanted(field))
        .map(|(_, field)| field);
    let body = match message {
        Some(RecordField { ident, presence: Presence::Required, .. }) => {
            format!("write!(f, \"{name}: {{}}\", self.{ident})")
        }
        Some(RecordField { ident, presence: Presence::Optional, .. }) => format!(
            "match &self.{ident} {{
            Some(message) => write!(f, \"{name}: {{message}}\"),
            None => f.write_str({name:?}),
        }}"
        ),
        None => "::std::fmt::Debug::fmt(self, f)".to_owned(),
    };
    format!(
        "impl ::std::fmt::Display for {ident} {{
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {{
        {body}
    }}
}}

impl ::std::error::Error for {ident} {{}}

"
    )
}
