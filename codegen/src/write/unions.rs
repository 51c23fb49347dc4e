//! Unions: what surrounds pilota-build's definition of one.

use std::fmt::Write as _;

use super::record::{self, Body};
use super::{Scope, attributes};
use crate::lower::Shape;
use crate::model::{DefId, Definition, DefinitionKind, Field};
use crate::rust::{graph, idents, names};

/// A union, which is an enum in Rust.
pub(crate) fn shape(scope: &Scope, id: DefId) -> Shape {
    let definition = scope.model.definition(id);
    let DefinitionKind::Struct(_, arms) = &definition.kind else { return Shape::default() };
    let derived = attributes::derived(scope.traits.compared(id), false);
    Shape {
        name: scope.layout.name(id).to_owned(),
        head: attributes::of_type(scope, definition.doc.as_deref(), &definition.annotations, &derived),
        fields: arms.iter().map(|arm| attributes_of_arm(scope, id, arm)).collect(),
        impls: format!("{}{}", default(scope, id, arms), impls(scope, id, definition, arms)),
    }
}

fn attributes_of_arm(scope: &Scope, id: DefId, arm: &Field) -> String {
    let mut text = attributes::of_member(scope, arm.doc.as_deref(), &arm.annotations);
    if graph::is_shared(scope.model, id, arm) {
        // Whether serde knows `Arc` depends on a cargo feature of its own.
        text.push_str(&attributes::serde(scope, &format!("serde(with = \"{}::shared\")", scope.runtime())));
    }
    text
}

/// `Default`, which is the first arm if possible.
fn default(scope: &Scope, id: DefId, arms: &[Field]) -> String {
    let idents = idents::variants(arms);
    let Some((arm, ident)) = scope
        .traits
        .default_arm(scope.model, id, arms)
        .filter(|_| scope.traits.is_default(id))
        .and_then(|index| arms.get(index).zip(idents.get(index)))
    else {
        return String::new();
    };
    let value = match graph::is_shared(scope.model, id, arm) {
        true => "::std::sync::Arc::default()",
        false => "::std::default::Default::default()",
    };
    format!(
        "impl ::std::default::Default for {} {{
    fn default() -> Self {{
        Self::{}({value})
    }}
}}

",
        names::escape(scope.layout.name(id)),
        names::escape(ident)
    )
}

fn impls(scope: &Scope, id: DefId, definition: &Definition, arms: &[Field]) -> String {
    let keep = scope.options.keep_unknown_fields;
    let (arm_reader, kept) = if keep { ("arm_or_keep", ", &mut unknown") } else { ("arm", "") };
    let (mut write, mut read) = (String::new(), String::new());
    for (arm, ident) in arms.iter().zip(idents::variants(arms)) {
        let ident = names::escape(&ident);
        let _ = writeln!(write, "            Self::{ident}(value) => out.field({}, value),", arm.id);
        let _ = writeln!(read, "                {} => fields.{arm_reader}(&mut union, Self::{ident}{kept})?,", arm.id);
    }
    if keep {
        let _ = writeln!(write, "            Self::_UnknownFields(unknown) => out.unknown(unknown),");
    }
    let (out, write) = if write.is_empty() {
        ("_", "        match *self {}\n".to_owned())
    } else {
        ("out", format!("        match self {{\n{write}        }}\n"))
    };
    let (unknown, other, last) = if keep {
        (
            "        let mut unknown = ::pilota::BytesVec::with_capacity(0);\n",
            "fields.keep(&mut unknown)",
            "        if union.is_none() && !unknown.list.is_empty() {\n            \
             union = Some(Self::_UnknownFields(unknown));\n        }\n",
        )
    } else {
        ("", "fields.skip()", "")
    };
    let read = if arms.is_empty() && !keep {
        record::read_none("fields.exactly_one(None)")
    } else {
        format!(
            "        let mut union = None;
{unknown}        while let Some(field) = fields.next()? {{
            match field {{
{read}                _ => {other}?,
            }}
        }}
{last}        fields.exactly_one(union)
"
        )
    };
    let ident = names::escape(scope.layout.name(id));
    let (name, recursive) = (&definition.name.text, scope.traits.is_recursive(id));
    record::frame(&scope.runtime(), &ident, name, recursive, &Body { out, write, read })
}
