//! What one method sends: its arguments, its exceptions and its result.

use std::fmt::Write as _;

use super::ServiceText;
use super::method::MethodText;
use crate::model::{Field, Requiredness};
use crate::rust::idents;
use crate::write::values::{self, ValueTarget};
use crate::write::{Scope, doc, record};

pub(super) fn items(scope: &Scope, service: &ServiceText, method: &MethodText) -> String {
    let mut text = arguments(scope, service, method);
    if method.method.throws.is_empty() {
        let kind = if method.method.oneway { "Unanswered".to_owned() } else { format!("Reply<{}>", method.result) };
        let _ = write!(
            text,
            "\n/// The result of `{}`.\npub type {} = {}::{kind};\n",
            method.method.name,
            method.path("ResultRecv"),
            service.runtime,
        );
    } else {
        text.push_str(&exceptions(scope, service, method));
    }
    let _ = write!(
        text,
        "\n/// The result of `{}`.\npub type {} = {};\n",
        method.method.name,
        method.path("ResultSend"),
        method.path("ResultRecv")
    );
    text
}

fn arguments(scope: &Scope, service: &ServiceText, method: &MethodText) -> String {
    let (name, runtime, idl) = (method.path("ArgsSend"), &service.runtime, &method.method.name);
    let mut text = format!("\n/// The arguments of `{idl}`.\n#[derive(Clone, Debug, PartialEq)]\npub struct {name} {{");
    let mut fields = String::new();
    let far = record::are_far(method.arguments.iter().map(|argument| argument.field.id));
    for argument in &method.arguments {
        let ident = argument.ident();
        let comment = match &argument.field.doc {
            Some(comment) => doc::lines(Some(comment), "    "),
            None => format!("    /// `{}`\n", argument.field.name),
        };
        let _ = write!(text, "\n{comment}    pub {ident}: {},", argument.held());
        let kind = match (argument.field.requiredness, far) {
            (Requiredness::Optional, false) => "optional",
            (Requiredness::Optional, true) => "far_optional",
            (Requiredness::Default | Requiredness::Required, false) => "field",
            (Requiredness::Default | Requiredness::Required, true) => "far",
        };
        let separator = if fields.is_empty() { " " } else { ", " };
        let _ = write!(fields, "{separator}{}: {kind} {ident}", argument.field.id);
        if let Some(value) = default(scope, argument.field) {
            let _ = write!(fields, " = {value}");
        }
    }
    let (end, space) = if fields.is_empty() { ("", "") } else { ("\n", " ") };
    let _ = write!(
        text,
        "{end}}}\n\n{runtime}::arguments!({runtime}, {name} {{{fields}{space}}});\n\n/// The arguments of `{idl}`.\npub \
         type {} = {name};\n",
        method.path("ArgsRecv")
    );
    text
}

/// The default value of an argument.
fn default(scope: &Scope, field: &Field) -> Option<String> {
    let place = ValueTarget::of_form(scope.keys.form(&field.ty));
    field.default.as_ref().and_then(|value| values::expression(scope, value, &field.ty, place))
}

fn exceptions(scope: &Scope, service: &ServiceText, method: &MethodText) -> String {
    let (name, runtime) = (method.path("Exception"), &service.runtime);
    let mut definition = format!(
        "\n/// What `{}` throws.\n#[derive(Clone, Debug, PartialEq)]\npub enum {name} {{\n",
        method.method.name
    );
    let mut declaration = format!(
        "}}\n\n{runtime}::exceptions! {{\n    in {runtime};\n    {name}, {}({});\n",
        method.path("ResultRecv"),
        method.result
    );
    for (field, variant) in method.method.throws.iter().zip(idents::throws(method.method)) {
        let ty = scope.ty(&field.ty, scope.keys.form(&field.ty));
        match &field.doc {
            Some(comment) => definition.push_str(&doc::lines(Some(comment), "    ")),
            None => {
                let _ = writeln!(definition, "    /// `{}`", field.name);
            }
        }
        let _ = writeln!(definition, "    {variant}({ty}),");
        let _ = writeln!(declaration, "    {} => {variant}({ty});", field.id);
    }
    definition + &declaration + "}\n"
}
