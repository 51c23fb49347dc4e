//! A method as templates see it: its stub, and how it is called and passed on.

use serde::Serialize;
use volplane_build::internal::rust::{ArgumentApi, MethodApi, ServiceApi};
use volplane_edit::rust::{Imports, Layout, doc_lines, signature, unused};

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

/// Describes a method for the handler's file, which has `imports`.
pub(super) fn method_view(service: &ServiceApi, method: &MethodApi, imports: &mut Imports) -> MethodView {
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
    }
}

/// A value for an argument. Of a string a client takes whatever becomes one, so that a default value has no type.
fn example(argument: &ArgumentApi) -> &'static str {
    if argument.ty == "::pilota::FastStr" { "\"\"" } else { "Default::default()" }
}

fn argument_view(argument: &ArgumentApi) -> ArgumentView {
    ArgumentView { name: argument.ident.clone(), idl_name: argument.idl_name.clone(), ty: argument.ty.clone() }
}

/// How a method begins, in an `impl` at the edge.
fn begin(name: &str, parameters: Vec<String>, output: &str) -> String {
    let parameters: Vec<String> = std::iter::once("&self".to_owned()).chain(parameters).collect();
    signature(&format!("async fn {name}"), &parameters, output, &Layout::METHOD)
}
