//! A method as templates see it: its stub, and how it is called and passed on.

use serde::Serialize;
use volplane_build::internal::rust::{ArgumentApi, MethodApi, ServiceApi};
use volplane_edit::rust::{Imports, Layout, WIDTH, doc_lines, signature, unused};

/// A method.
#[derive(Debug, Serialize)]
pub(crate) struct MethodView {
    /// Its identifier.
    pub(crate) name: String,
    /// Its name in the IDL.
    pub(crate) idl_name: String,
    /// `Echo.echo`, with the names of the IDL.
    pub(crate) full_name: String,
    /// How the stub begins, without the brace; lines behind the first have their indentation.
    pub(crate) signature: String,
    /// The lines of the doc comment.
    pub(crate) doc: Vec<String>,
    /// The arguments behind `&self`.
    pub(crate) arguments: Vec<ArgumentView>,
    /// The type of a result without its error, in full.
    pub(crate) result: String,
    /// Whether no answer is sent.
    pub(crate) oneway: bool,
    /// Arguments for a call that is only an example.
    pub(crate) example_arguments: String,
    /// Whether those are values of its arguments: an empty union has none.
    pub(crate) has_example: bool,
    /// Whether it declares exceptions.
    pub(crate) throws: bool,
    /// Whether its answer holds nothing.
    pub(crate) is_void: bool,
    /// The same method in the hub's file, where it is logged and passed on.
    pub(crate) hub: Passing,
}

/// An argument.
#[derive(Debug, Serialize)]
pub(crate) struct ArgumentView {
    /// Its identifier.
    pub(crate) name: String,
    /// Its name in the IDL.
    pub(crate) idl_name: String,
    /// Its type, in full.
    pub(crate) ty: String,
}

/// A method that passes its arguments on.
#[derive(Debug, Serialize)]
pub(crate) struct Passing {
    /// How it begins.
    pub(crate) signature: String,
    /// The arguments: `req`.
    pub(crate) arguments: String,
    /// The same, but keeping them: `req.clone()`.
    pub(crate) copies: String,
    /// The arguments in a format string, `: {req:?}`, and what has to follow it.
    pub(crate) log: String,
    /// `, r#type` for those that a format string can't name.
    pub(crate) log_arguments: String,
    /// Names for local variables that no argument has.
    pub(crate) locals: Locals,
}

/// Names for local variables.
#[derive(Debug, Serialize)]
pub(crate) struct Locals {
    pub(crate) id: String,
    pub(crate) peer: String,
    pub(crate) call: String,
    pub(crate) answer: String,
    pub(crate) error: String,
}

/// Describes a method for the handler's file, which has `imports`, and for the hub's.
pub(super) fn method_view(
    service: &ServiceApi,
    method: &MethodApi,
    imports: &mut Imports,
    hub: &mut Imports,
) -> MethodView {
    let names = unused(method.arguments.iter().map(|argument| argument.ident.as_str()), &[]);
    let stub = names.iter().zip(&method.arguments);
    let stub = stub.map(|(name, argument)| format!("{name}: {}", imports.shorten(&argument.ty))).collect();
    MethodView {
        name: method.ident.clone(),
        idl_name: method.idl_name.clone(),
        full_name: format!("{}.{}", service.idl_name, method.idl_name),
        signature: begin(&method.ident, stub, &imports.shorten(&method.output)),
        doc: doc_lines(method.doc.as_deref()),
        arguments: method.arguments.iter().map(argument_view).collect(),
        result: method.result.clone(),
        oneway: method.oneway,
        example_arguments: method.arguments.iter().map(example).collect::<Vec<_>>().join(", "),
        has_example: method.arguments.iter().all(|argument| argument.has_default),
        throws: method.exception.is_some(),
        is_void: method.result == "()" && method.exception.is_none(),
        hub: passing(method, hub),
    }
}

/// A value for an argument. Of a string a client takes whatever becomes one, so that a default value has no type.
fn example(argument: &ArgumentApi) -> &'static str {
    if argument.ty == "::pilota::FastStr" { "\"\"" } else { "Default::default()" }
}

fn argument_view(argument: &ArgumentApi) -> ArgumentView {
    ArgumentView { name: argument.ident.clone(), idl_name: argument.idl_name.clone(), ty: argument.ty.clone() }
}

fn passing(method: &MethodApi, imports: &mut Imports) -> Passing {
    let arguments = &method.arguments;
    let list = |each: &dyn Fn(&ArgumentApi) -> String| arguments.iter().map(each).collect::<Vec<_>>();
    let parameters: Vec<String> =
        arguments.iter().map(|argument| format!("{}: {}", argument.ident, imports.shorten(&argument.ty))).collect();
    let named = |argument: &ArgumentApi| !argument.ident.starts_with("r#");
    let log = list(&|argument| if named(argument) { format!("{{{}:?}}", argument.ident) } else { "{:?}".to_owned() });
    let mut log = if log.is_empty() { String::new() } else { format!(": {}", log.join(", ")) };
    let unnamed = arguments.iter().filter(|argument| !named(argument));
    let mut log_arguments: String = unnamed.map(|argument| format!(", {}", argument.ident)).collect();
    if log.len() + log_arguments.len() + method.idl_name.len() > WIDTH - 50 {
        // More than a line of a log has room for.
        log.clear();
        log_arguments.clear();
    }
    let local = |name: &str| {
        let mut name = name.to_owned();
        while arguments.iter().any(|argument| argument.ident == name) {
            name.push('_');
        }
        name
    };
    Passing {
        signature: begin(&method.ident, parameters, &imports.shorten(&method.output)),
        arguments: list(&|argument| argument.ident.clone()).join(", "),
        copies: list(&copy).join(", "),
        log,
        log_arguments,
        locals: Locals {
            id: local("id"),
            peer: local("peer"),
            call: local("call"),
            answer: local("answer"),
            error: local("error"),
        },
    }
}

/// An expression that leaves the argument where it is.
fn copy(argument: &ArgumentApi) -> String {
    let copied = ["bool", "i8", "i16", "i32", "i64", "f64", "[u8; 16]"];
    let bare = argument.ty.strip_prefix("::std::option::Option<").and_then(|ty| ty.strip_suffix('>'));
    if copied.contains(&bare.unwrap_or(&argument.ty)) {
        argument.ident.clone()
    } else {
        format!("{}.clone()", argument.ident)
    }
}

/// How a method begins, in an `impl` at the edge.
fn begin(name: &str, parameters: Vec<String>, output: &str) -> String {
    let parameters: Vec<String> = std::iter::once("&self".to_owned()).chain(parameters).collect();
    signature(&format!("async fn {name}"), &parameters, output, &Layout::METHOD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_copied_anyway_is_cloned() {
        let name = || "a".to_owned();
        let argument =
            |ty: &str| ArgumentApi { idl_name: name(), ident: name(), id: 1, ty: ty.to_owned(), has_default: true };
        assert_eq!(copy(&argument("::std::option::Option<i64>")), "a");
        assert_eq!(copy(&argument("::pilota::FastStr")), "a.clone()");
    }
}
