//! Names that differ in the IDL and not in Rust.

use super::sink::Sink;
use super::world::World;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::span::{Name, Span};
use crate::syntax::tree::{DefinitionKind, Field};
use std::collections::HashMap;

pub(super) fn check(world: &World, sink: &mut Sink) {
    check_modules(world, sink);
    for unit in &world.units {
        let definitions = &unit.tree.definitions;
        let constant = |kind: &DefinitionKind| matches!(kind, DefinitionKind::Const(..));
        check_scope(definitions.iter().filter(|it| !constant(&it.kind)).map(|it| &it.name), sink);
        check_scope(definitions.iter().filter(|it| constant(&it.kind)).map(|it| &it.name), sink);
        for definition in definitions {
            match &definition.kind {
                DefinitionKind::Enum(members) => check_scope(members.iter().map(|member| &member.name), sink),
                DefinitionKind::Struct(_, fields) => check_scope(names(fields), sink),
                DefinitionKind::Service(_, methods) => {
                    check_scope(methods.iter().map(|method| &method.name), sink);
                    for method in methods {
                        check_scope(names(&method.arguments), sink);
                    }
                }
                _ => {}
            }
        }
    }
}

fn names(fields: &[Field]) -> impl Iterator<Item = &Name> {
    fields.iter().filter_map(|field| field.name.as_ref())
}

/// A name without case and underscores: what names have in common that differ in these only.
fn folded(name: &str) -> String {
    let words = name.bytes().filter(|byte| *byte != b'_');
    words.map(|byte| byte.to_ascii_lowercase() as char).collect()
}

fn check_scope<'a>(names: impl Iterator<Item = &'a Name>, sink: &mut Sink) {
    let mut seen: HashMap<String, &Name> = HashMap::new();
    for name in names {
        let first = *seen.entry(folded(&name.text)).or_insert(name);
        if first.text != name.text && rust_cases(&first.text) == rust_cases(&name.text) {
            sink.push(
                Diagnostic::at(
                    Code::W003,
                    name.span,
                    format!("`{}` and `{name}` are one name in Rust", first.text),
                    "here again",
                )
                .label(first.span, "first here")
                .help("rename one of them"),
            );
        }
    }
}

/// The words of a name, as the change to Rust's case splits them.
fn rust_cases(name: &str) -> String {
    let bytes = name.as_bytes();
    let mut out = String::with_capacity(name.len() + 4);
    for (at, byte) in bytes.iter().enumerate() {
        let after_lower = at > 0 && (bytes[at - 1].is_ascii_lowercase() || bytes[at - 1].is_ascii_digit());
        let ends_capitals =
            at > 0 && bytes[at - 1].is_ascii_uppercase() && bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        if *byte == b'_' || (byte.is_ascii_uppercase() && (after_lower || ends_capitals)) {
            if !out.ends_with('_') && !out.is_empty() {
                out.push('_');
            }
        }
        if *byte != b'_' {
            out.push(byte.to_ascii_lowercase() as char);
        }
    }
    out.trim_end_matches('_').to_owned()
}

/// The module that pilota-build puts a file into: the namespace for Rust, for Go, for all, or the file's name.
fn module(unit: &super::world::Unit) -> &str {
    let scope = |wanted: &str| unit.tree.namespaces.iter().find(|space| space.scope.text == wanted);
    let found = scope("rs").or_else(|| scope("go")).or_else(|| scope("*"));
    found.map_or(unit.stem.as_str(), |space| space.name.text.as_str())
}

/// Two files of one module that both define a name: the later one gets a module of its own.
fn check_modules(world: &World, sink: &mut Sink) {
    let mut seen: HashMap<(&str, bool, &str), (usize, Span)> = HashMap::new();
    for (file, unit) in world.units.iter().enumerate() {
        let module = module(unit);
        for definition in &unit.tree.definitions {
            let constant = matches!(definition.kind, DefinitionKind::Const(..));
            let name = &definition.name;
            let (owner, span) = *seen.entry((module, constant, name.text.as_str())).or_insert((file, name.span));
            if owner != file {
                sink.push(
                    Diagnostic::at(
                        Code::W013,
                        name.span,
                        format!("`{name}` is defined twice in the namespace `{module}`"),
                        "here again",
                    )
                    .label(span, "first here")
                    .help("give one of the files a `namespace rs` of its own; without it gets a module below this one"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_where_rust_names_are() {
        assert_eq!(rust_cases("fooBar"), rust_cases("foo_bar"));
        assert_eq!(rust_cases("HTTPServer"), "http_server");
        assert_ne!(rust_cases("foobar"), rust_cases("foo_bar"));
    }
}
