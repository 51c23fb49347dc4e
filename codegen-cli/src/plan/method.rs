//! A method as templates see it: its stub, and how it is called and passed on.

use serde::Serialize;
use volplane_build::rust::{ArgumentApi, MethodApi, ServiceApi};

use super::paths::Imports;
use super::service::WIDTH;

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
    /// Arguments for a call that is only an example.
    pub(crate) example_arguments: String,
    /// Whether it declares exceptions.
    pub(crate) throws: bool,
    /// Whether its answer holds nothing.
    pub(crate) is_void: bool,
    /// The same method in the hub's file, where it is logged and passed on.
    pub(crate) hub: Passing,
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
    let stub: Vec<String> = method
        .arguments
        .iter()
        .map(|argument| format!("{}: {}", unused(argument, &method.arguments), imports.shorten(&argument.ty)))
        .collect();
    MethodView {
        name: method.ident.clone(),
        idl_name: method.idl_name.clone(),
        full_name: format!("{}.{}", service.idl_name, method.idl_name),
        signature: signature(&method.ident, &stub, &imports.shorten(&method.output)),
        doc: doc_lines(method.doc.as_deref()),
        example_arguments: vec!["Default::default()"; method.arguments.len()].join(", "),
        throws: method.exception.is_some(),
        is_void: method.result == "()" && method.exception.is_none(),
        hub: passing(method, hub),
    }
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
        signature: signature(&method.ident, &parameters, &imports.shorten(&method.output)),
        arguments: list(&|argument| argument.ident.clone()).join(", "),
        copies: list(&copy).join(", "),
        log,
        log_arguments,
        locals: Locals { id: local("id"), peer: local("peer"), answer: local("answer"), error: local("error") },
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

/// The name of a parameter that nothing uses yet: with an underscore before it.
fn unused(argument: &ArgumentApi, all: &[ArgumentApi]) -> String {
    let mut name = format!("_{}", argument.ident.trim_start_matches("r#"));
    while all.iter().any(|other| other.ident == name) {
        name.insert(0, '_');
    }
    name
}

/// As rustfmt breaks it: on one line, or one parameter a line.
fn signature(name: &str, parameters: &[String], output: &str) -> String {
    let all: Vec<&str> = std::iter::once("&self").chain(parameters.iter().map(String::as_str)).collect();
    let line = format!("async fn {name}({}) -> {output}", all.join(", "));
    if "    ".len() + line.len() + " {".len() <= WIDTH {
        return line;
    }
    let broken: String = all.iter().map(|parameter| format!("        {parameter},\n")).collect();
    format!("async fn {name}(\n{broken}    ) -> {output}")
}

/// The lines of a doc comment.
pub(super) fn doc_lines(doc: Option<&str>) -> Vec<String> {
    doc.map(|doc| doc.lines().map(|line| line.trim_end().to_owned()).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn argument(ident: &str, ty: &str) -> ArgumentApi {
        ArgumentApi { idl_name: ident.to_owned(), ident: ident.to_owned(), ty: ty.to_owned() }
    }

    #[test]
    fn a_long_signature_has_one_parameter_a_line() {
        let long = [format!("_a: {}", "A".repeat(90))];
        let text = signature("long", &long, "Result<(), ServerError>");
        let begins: Vec<&str> = text.lines().map(|line| line.get(..8).unwrap_or(line)).collect();
        assert_eq!(begins, ["async fn", "        ", "        ", "    ) ->"]);
        assert!(!signature("short", &[], "Result<(), ServerError>").contains('\n'));
    }

    #[test]
    fn a_parameter_that_nothing_uses_has_a_name_of_its_own() {
        let all = [argument("r#type", "i32"), argument("_type", "i32"), argument("x", "i32")];
        assert_eq!(all.each_ref().map(|one| unused(one, &all)), ["__type", "__type", "_x"]);
    }

    #[test]
    fn only_what_is_not_copied_anyway_is_cloned() {
        assert_eq!(copy(&argument("a", "::std::option::Option<i64>")), "a");
        assert_eq!(copy(&argument("a", "::pilota::FastStr")), "a.clone()");
    }
}
