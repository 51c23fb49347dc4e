//! Names that differ in the IDL and not in Rust.

use super::sink::Sink;
use super::symbols::SymbolTable;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::StructKind;
use crate::rust::names::{const_name, field_name, method_name, type_name, variant_name};
use crate::span::{Name, Span};
use crate::syntax::tree::{DefinitionNodeKind, FieldNode};
use std::collections::HashMap;

pub(super) fn check(symbols: &SymbolTable, sink: &mut Sink) {
    check_modules(symbols, sink);
    for unit in &symbols.units {
        let definitions = &unit.tree.definitions;
        let constant = |kind: &DefinitionNodeKind| matches!(kind, DefinitionNodeKind::Const(..));
        let types = definitions.iter().filter(|it| !constant(&it.kind)).map(|it| &it.name);
        check_scope(types, type_name, sink);
        let constants = definitions.iter().filter(|it| constant(&it.kind)).map(|it| &it.name);
        check_scope(constants, const_name, sink);
        for definition in definitions {
            match &definition.kind {
                DefinitionNodeKind::Enum(members) => {
                    check_scope(members.iter().map(|member| &member.name), variant_name, sink);
                }
                DefinitionNodeKind::Struct(StructKind::Union, fields) => check_scope(names(fields), variant_name, sink),
                DefinitionNodeKind::Struct(_, fields) => check_scope(names(fields), field_name, sink),
                DefinitionNodeKind::Service(_, methods) => {
                    check_scope(methods.iter().map(|method| &method.name), method_name, sink);
                    for method in methods {
                        check_scope(names(&method.arguments), field_name, sink);
                    }
                }
                _ => {}
            }
        }
    }
}

fn names(fields: &[FieldNode]) -> impl Iterator<Item = &Name> {
    fields.iter().filter_map(|field| field.name.as_ref())
}

fn check_scope<'a>(names: impl Iterator<Item = &'a Name>, rust: impl Fn(&str) -> String, sink: &mut Sink) {
    let mut seen: HashMap<u64, &Name> = HashMap::new();
    for name in names {
        let first = *seen.entry(folded(&name.text)).or_insert(name);
        if first.text != name.text && rust(&first.text) == rust(&name.text) {
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

/// A number (FNV-1a) of a name without case and underscores, which is cheap: only names that agree in it can be one in
/// Rust.
fn folded(name: &str) -> u64 {
    let letters = name.bytes().filter(|byte| *byte != b'_');
    letters.fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The module that pilota-build puts a file into: the namespace for Rust, for Go, for all, or the file's name.
fn module(unit: &super::symbols::Unit) -> &str {
    let scope = |wanted: &str| unit.tree.namespaces.iter().find(|space| space.scope.text == wanted);
    let found = scope("rs").or_else(|| scope("go")).or_else(|| scope("*"));
    found.map_or(unit.stem.as_str(), |space| space.name.text.as_str())
}

/// Two files of one module that both define a name: the later one gets a module of its own.
fn check_modules(symbols: &SymbolTable, sink: &mut Sink) {
    let mut seen: HashMap<(&str, bool, &str), (usize, Span)> = HashMap::new();
    for (file, unit) in symbols.units.iter().enumerate() {
        let module = module(unit);
        for definition in &unit.tree.definitions {
            let constant = matches!(definition.kind, DefinitionNodeKind::Const(..));
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
                    .help("give one of the files a `namespace rs` of its own; otherwise this file gets a module below the shared one"),
                );
            }
        }
    }
}
