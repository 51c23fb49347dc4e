//! Enums: a number with a constant for each member, as other programs may know more members.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Scope, attributes};
use crate::model::{DefId, DefinitionKind};
use crate::rust::traits::Compared;
use crate::rust::{idents, names};

/// An enum with everything that belongs to it.
pub(crate) fn item(scope: &Scope, id: DefId) -> String {
    let definition = scope.model.definition(id);
    let DefinitionKind::Enum(members) = &definition.kind else { return String::new() };
    let name = names::escape(scope.layout.name(id));
    let all = Compared { partial_ord: true, eq: true, ord: true, hash: true };
    let mut derived = vec!["Clone", "Copy", "PartialEq"];
    derived.extend(attributes::derived(all, true));
    let head = attributes::of_type(scope, definition.doc.as_deref(), &definition.annotations, &derived);

    let mut first: BTreeMap<i32, String> = BTreeMap::new();
    let (mut constants, mut shown, mut numbers) = (String::new(), String::new(), Vec::new());
    for (member, ident) in members.iter().zip(idents::members(members)) {
        let constant = names::escape(&ident);
        let attributes = attributes::deprecated(&member.annotations, "");
        for line in super::doc::lines(member.doc.as_deref(), "").lines().chain(attributes.lines()) {
            let _ = writeln!(constants, "    {line}");
        }
        match first.get(&member.value) {
            Some(same) => {
                let _ = writeln!(constants, "    pub const {constant}: Self = Self::{same};");
            }
            None => {
                let _ = writeln!(constants, "    pub const {constant}: Self = Self({});", member.value);
                let _ = writeln!(shown, "            {} => f.write_str({ident:?}),", member.value);
                numbers.push(member.value.to_string());
                first.insert(member.value, constant);
            }
        }
    }
    if !constants.is_empty() {
        constants.push('\n');
    }
    let shown = if shown.is_empty() {
        "::std::fmt::Display::fmt(&self.0, f)".to_owned()
    } else {
        format!("match self.0 {{\n{shown}            other => ::std::fmt::Display::fmt(&other, f),\n        }}")
    };
    let known = match numbers.len() {
        0 => "let _ = value;\n        None".to_owned(),
        _ => format!(
            "match value {{\n            {} => Some(Self(value)),\n            _ => None,\n        }}",
            numbers.join(" | ")
        ),
    };
    let runtime = scope.runtime();
    format!(
        "{head}#[repr(transparent)]
pub struct {name}(i32);

impl {name} {{
{constants}    /// The number that it has in messages.
    pub fn inner(&self) -> i32 {{
        self.0
    }}

    /// The member with this number, if there is one.
    pub fn try_from_i32(value: i32) -> ::std::option::Option<Self> {{
        {known}
    }}
}}

impl ::std::fmt::Display for {name} {{
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {{
        {shown}
    }}
}}

impl ::std::convert::From<i32> for {name} {{
    fn from(value: i32) -> Self {{
        Self(value)
    }}
}}

impl ::std::convert::From<{name}> for i32 {{
    fn from(value: {name}) -> i32 {{
        value.0
    }}
}}

{runtime}::message!({runtime}, {name}(i32));
"
    )
}
