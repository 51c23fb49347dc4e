//! Trees to definitions: every name of a type becomes what it means. Values come later, when types are known.

use super::enums;
use super::fields::{self, Owner};
use super::sink::Sink;
use super::symbols::{Found, SymbolTable, Table, Wanted};
use super::words::Meant;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{self, DefId, Definition, DefinitionKind, Service, StructKind, TypeKind};
use crate::span::{FileId, Name, Span};
use crate::syntax::tree;

/// The definitions of every file, and the values that still have to be put into them.
pub(super) struct Resolved<'a> {
    pub(super) definitions: Vec<Vec<Definition>>,
    pub(super) pending: Vec<Pending<'a>>,
}

/// A value and the place where it belongs.
pub(super) struct Pending<'a> {
    pub(super) file: FileId,
    pub(super) value: &'a tree::ValueNode,
    /// The type of the place; `None` if it is unknown, which was reported.
    pub(super) ty: Option<model::Type>,
    pub(super) slot: Slot,
}

/// Where a value belongs.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot {
    /// The value of a constant.
    Const(DefId),
    /// The default of the field with this index of a record.
    Field(DefId, usize),
    /// The default of the argument (method, argument) of a service.
    Argument(DefId, usize, usize),
    /// The default of an exception in `throws`, which means nothing but must be right.
    Throws(DefId, usize, usize),
}

/// Whether something is wrong with a type was said when this is `None`.
pub(super) type MaybeType = Option<model::Type>;

/// A definition that does not exist: the placeholder for an unknown type, in a model that is never returned.
pub(super) const NOWHERE: DefId = DefId { file: FileId(u32::MAX), index: u32::MAX };

pub(super) fn or_placeholder(ty: MaybeType, span: Span) -> model::Type {
    ty.unwrap_or(model::Type { kind: TypeKind::Named(NOWHERE), annotations: Vec::new(), span })
}

pub(super) fn resolve<'a>(symbols: &'a SymbolTable, sink: &mut Sink) -> Resolved<'a> {
    let mut out = Resolved { definitions: Vec::new(), pending: Vec::new() };
    for (file, unit) in symbols.iter() {
        let mut definitions = Vec::with_capacity(unit.tree.definitions.len());
        for (index, definition) in (0..).zip(&unit.tree.definitions) {
            let id = DefId { file, index };
            definitions.push(Definition {
                name: definition.name.clone(),
                doc: definition.doc.clone(),
                annotations: definition.annotations.clone(),
                kind: kind(symbols, id, &definition.kind, &mut out.pending, sink),
            });
        }
        out.definitions.push(definitions);
    }
    out
}

fn kind<'a>(
    symbols: &SymbolTable,
    id: DefId,
    kind: &'a tree::DefinitionNodeKind,
    pending: &mut Vec<Pending<'a>>,
    sink: &mut Sink,
) -> DefinitionKind {
    let file = id.file;
    match kind {
        tree::DefinitionNodeKind::Typedef(ty) => {
            DefinitionKind::Typedef(or_placeholder(resolve_type(symbols, file, ty, sink), ty.span))
        }
        tree::DefinitionNodeKind::Enum(values) => DefinitionKind::Enum(enums::number(values, sink)),
        tree::DefinitionNodeKind::Senum(values) => {
            enums::check_senum(values, sink);
            DefinitionKind::Senum(values.iter().map(|value| value.text.clone()).collect())
        }
        tree::DefinitionNodeKind::Const(ty, value) => {
            let resolved = resolve_type(symbols, file, ty, sink);
            if let Some(value) = value {
                pending.push(Pending { file, value, ty: resolved.clone(), slot: Slot::Const(id) });
            }
            DefinitionKind::Const(or_placeholder(resolved, ty.span), model::Value::Bool(false))
        }
        tree::DefinitionNodeKind::Struct(kind, list) => {
            let owner = if *kind == StructKind::Union { Owner::Union } else { Owner::Record };
            DefinitionKind::Struct(*kind, fields::resolve(symbols, id, owner, list, pending, sink))
        }
        tree::DefinitionNodeKind::Service(parent, methods) => DefinitionKind::Service(Service {
            extends: parent.as_ref().and_then(|parent| resolve_service(symbols, file, parent, sink)),
            methods: methods
                .iter()
                .enumerate()
                .map(|(index, method)| super::services::resolve_method(symbols, id, index, method, pending, sink))
                .collect(),
        }),
    }
}

/// A type with its names resolved; `None` if one of them could not be, which is then reported.
pub(super) fn resolve_type(symbols: &SymbolTable, file: FileId, ty: &tree::TypeNode, sink: &mut Sink) -> MaybeType {
    let mut inner = |ty: &tree::TypeNode| resolve_type(symbols, file, ty, sink).map(Box::new);
    let kind = match &ty.kind {
        tree::TypeNodeKind::Base(kind) => kind.clone(),
        tree::TypeNodeKind::List(element) => TypeKind::List(inner(element)?),
        tree::TypeNodeKind::Set(element) => TypeKind::Set(inner(element)?),
        tree::TypeNodeKind::Map(key, value) => {
            let (key, value) = (inner(key), inner(value));
            TypeKind::Map(key?, value?)
        }
        tree::TypeNodeKind::Named(name) => named(symbols, file, name, ty.span, sink)?,
        tree::TypeNodeKind::Unknown => return None,
    };
    Some(model::Type { kind, annotations: ty.annotations.clone(), span: ty.span })
}

fn named(symbols: &SymbolTable, file: FileId, name: &str, span: Span, sink: &mut Sink) -> Option<TypeKind> {
    match symbols.find(file, name, Table::Types) {
        Found::One(id) => {
            let definition = symbols.definition(id);
            if let tree::DefinitionNodeKind::Service(..) = definition.kind {
                sink.push(
                    Diagnostic::at(Code::E034, span, format!("`{name}` is a service, not a type"), "expected a type")
                        .label(definition.name.span, "defined here"),
                );
                return None;
            }
            Some(TypeKind::Named(id))
        }
        Found::Several(ids) => {
            sink.push(ambiguous(symbols, name, span, &ids));
            None
        }
        Found::Lost => None,
        Found::Nothing if name == "slist" => {
            sink.push(
                Diagnostic::at(Code::W005, span, "`slist` is outdated", "")
                    .help("write `string`, which it means")
                    .fix(span, "string"),
            );
            Some(TypeKind::String)
        }
        Found::Nothing => {
            let diagnostic = Diagnostic::at(Code::E030, span, format!("no type is named `{name}`"), "not found");
            let meant = sink.wants_help().then(|| Meant::for_type(symbols, file, name)).flatten();
            sink.push(Meant::put(meant, diagnostic, span));
            None
        }
    }
}

/// Two files of one stem define the name.
pub(super) fn ambiguous(symbols: &SymbolTable, name: &str, span: Span, ids: &[DefId]) -> Diagnostic {
    let mut diagnostic =
        Diagnostic::at(Code::E033, span, format!("`{name}` is defined by more than one included file"), "ambiguous");
    for id in ids {
        diagnostic = diagnostic.label(symbols.definition(*id).name.span, "one of them");
    }
    diagnostic.help("rename one of the files, or one of the definitions")
}

fn resolve_service(symbols: &SymbolTable, file: FileId, parent: &Name, sink: &mut Sink) -> Option<DefId> {
    let (name, span) = (parent.text.as_str(), parent.span);
    match symbols.find(file, name, Table::Types) {
        Found::One(id) => {
            let definition = symbols.definition(id);
            if !matches!(definition.kind, tree::DefinitionNodeKind::Service(..)) {
                sink.push(
                    Diagnostic::at(Code::E034, span, format!("`{name}` is not a service"), "expected a service")
                        .label(definition.name.span, "defined here"),
                );
                return None;
            }
            Some(id)
        }
        Found::Several(ids) => {
            sink.push(ambiguous(symbols, name, span, &ids));
            None
        }
        Found::Lost => None,
        Found::Nothing => {
            let diagnostic = Diagnostic::at(Code::E032, span, format!("no service is named `{name}`"), "not found");
            let meant = sink.wants_help().then(|| Meant::find(symbols, file, name, Wanted::Service));
            sink.push(Meant::put(meant.flatten(), diagnostic, span));
            None
        }
    }
}
