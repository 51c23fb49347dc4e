//! Warnings: what is allowed and probably not meant.

use super::canon::{CanonicalKind, Types};
use super::resolve::Resolved;
use super::sink::Sink;
use super::symbols::SymbolTable;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{Annotation, DefinitionKind, Field, StructKind, Type, TypeKind};
use crate::nearest::{nearest, same_but_case};
use crate::source::Sources;
use crate::span::Span;
use crate::syntax::tree;

/// The annotations that pilota-build uses.
const PILOTA: [&str; 4] = ["pilota.name", "pilota.rust_type", "pilota.rust_wrapper_arc", "pilota.serde_attribute"];

pub(super) fn check(
    symbols: &SymbolTable,
    sources: &Sources,
    resolved: &Resolved<'_>,
    types: &mut Types,
    sink: &mut Sink,
) {
    unused_includes(symbols, sources, sink);
    let mut lints = Lints { symbols, types, sink };
    for (unit, definitions) in symbols.units.iter().zip(&resolved.definitions) {
        for namespace in &unit.tree.namespaces {
            lints.annotations(&namespace.annotations);
        }
        for definition in definitions {
            lints.annotations(&definition.annotations);
            match &definition.kind {
                DefinitionKind::Typedef(ty) | DefinitionKind::Const(ty, _) => lints.ty(ty),
                DefinitionKind::Enum(members) => {
                    members.iter().for_each(|member| lints.annotations(&member.annotations));
                }
                DefinitionKind::Senum(_) => {}
                DefinitionKind::Struct(_, fields) => lints.fields(fields, true),
                DefinitionKind::Service(service) => {
                    for method in &service.methods {
                        lints.annotations(&method.annotations);
                        lints.fields(&method.arguments, true);
                        lints.fields(&method.throws, false);
                        if let Some(result) = &method.result {
                            lints.ty(result);
                            lints.exception_as_type(result);
                        }
                    }
                }
            }
        }
    }
}

fn unused_includes(symbols: &SymbolTable, sources: &Sources, sink: &mut Sink) {
    // What is wrong with these lines was said.
    let circles = sink.places(Code::E005);
    for unit in &symbols.units {
        // If a file was not read completely, the include may be used in the rest.
        if !unit.tree.lost.is_empty() || unit.tree.definitions.iter().any(|definition| definition.damaged) {
            continue;
        }
        // A file of nothing but includes is there to gather them.
        if unit.tree.definitions.is_empty() {
            continue;
        }
        for ((line, target), used) in unit.tree.includes.iter().zip(&unit.includes).zip(&unit.used) {
            if target.is_some() && !used.get() && !circles.contains(&line.span) {
                let message = format!("nothing from \"{}\" is used", line.text);
                let warning = Diagnostic::at(Code::W001, line.span, message, "").help("remove the line");
                // Once an error is corrected, something may need the file.
                let line = if sink.has_errors() { None } else { whole_include(sources, line.span) };
                sink.push(match line {
                    Some(line) => warning.fix(line, ""),
                    None => warning,
                });
            }
        }
    }
}

/// From the word `include` to after the path, and a separator after that.
fn whole_include(sources: &Sources, path: Span) -> Option<Span> {
    let text = sources.file(path.file)?.text();
    let before = text.get(..path.start as usize)?.trim_end().strip_suffix("include")?;
    let behind = text.get(path.end as usize..)?;
    let separator = behind.trim_start_matches([' ', '\t']);
    let end = path.end as usize + behind.len() - separator.len();
    let end = if separator.starts_with([';', ',']) { end + 1 } else { path.end as usize };
    Some(Span { start: before.len() as u32, end: end as u32, ..path })
}

struct Lints<'a> {
    symbols: &'a SymbolTable,
    types: &'a mut Types,
    sink: &'a mut Sink,
}

impl Lints<'_> {
    fn fields(&mut self, fields: &[Field], no_exceptions: bool) {
        for field in fields {
            self.annotations(&field.annotations);
            self.ty(&field.ty);
            if no_exceptions {
                self.exception_as_type(&field.ty);
            }
        }
    }

    fn annotations(&mut self, annotations: &[Annotation]) {
        for Annotation { key, .. } in annotations {
            let name = key.text.as_str();
            if !name.starts_with("pilota.") || PILOTA.contains(&name) {
                continue;
            }
            let diagnostic =
                Diagnostic::at(Code::W002, key.span, format!("unknown pilota annotation `{name}`"), "ignored");
            self.sink.push(match nearest(name, PILOTA) {
                Some(near) => {
                    diagnostic.help(format!("did you mean `{near}`?")).fix_with(key.span, same_but_case(name, PILOTA))
                }
                None => diagnostic.help(format!("it knows {}", PILOTA.map(|name| format!("`{name}`")).join(", "))),
            });
        }
    }

    fn ty(&mut self, ty: &Type) {
        self.annotations(&ty.annotations);
        match &ty.kind {
            TypeKind::List(inner) => self.ty(inner),
            TypeKind::Set(inner) => self.ty(inner),
            TypeKind::Map(key, value) => {
                self.key(key);
                self.ty(key);
                self.ty(value);
            }
            _ => {}
        }
    }

    fn key(&mut self, key: &Type) {
        let id = self.types.of(key);
        let what = match self.types.shape(id) {
            CanonicalKind::Double => "a double",
            CanonicalKind::List(_) => "a list",
            CanonicalKind::Set(_) => "a set",
            CanonicalKind::Map(..) => "a map",
            CanonicalKind::Record(id) => match self.symbols.definition(id).kind {
                tree::DefinitionNodeKind::Struct(StructKind::Union, _) => "a union",
                tree::DefinitionNodeKind::Struct(StructKind::Exception, _) => "an exception",
                _ => "a struct",
            },
            _ => return,
        };
        self.sink.push(
            Diagnostic::at(Code::W007, key.span, format!("the keys of this map are {what} each"), "")
                .help("use a string, an integer or an enum: JSON and most languages can have no other keys"),
        );
    }

    fn exception_as_type(&mut self, ty: &Type) {
        let id = self.types.of(ty);
        let CanonicalKind::Record(id) = self.types.shape(id) else { return };
        let definition = self.symbols.definition(id);
        if let tree::DefinitionNodeKind::Struct(StructKind::Exception, _) = definition.kind {
            let message = format!("the exception `{}` is used as a type", definition.name);
            self.sink.push(
                Diagnostic::at(Code::W012, ty.span, message, "")
                    .label(definition.name.span, "defined here")
                    .help("define a struct: Apache's compiler refuses it here"),
            );
        }
    }
}
