//! Trees to definitions: every name of a type becomes what it stands for. Values come later, when types are known.

use super::enums;
use super::fields::{self, Owner};
use super::sink::Sink;
use super::world::{Found, Table, Wanted, World};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{self, DefId, Definition, DefinitionKind, Service, StructKind, TypeKind};
use crate::nearest::{nearest, same_but_case};
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
    pub(super) value: &'a tree::Value,
    /// The type of the place; `None` if it is unknown, which was said.
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

/// A definition that there isn't: stands where the type is unknown, in a model that is never handed out.
pub(super) const NOWHERE: DefId = DefId { file: FileId(u32::MAX), index: u32::MAX };

pub(super) fn or_placeholder(ty: MaybeType, span: Span) -> model::Type {
    ty.unwrap_or(model::Type { kind: TypeKind::Named(NOWHERE), annotations: Vec::new(), span })
}

pub(super) fn resolve<'a>(world: &'a World, sink: &mut Sink) -> Resolved<'a> {
    let mut out = Resolved { definitions: Vec::new(), pending: Vec::new() };
    for (file, unit) in world.iter() {
        let mut definitions = Vec::with_capacity(unit.tree.definitions.len());
        for (index, definition) in (0..).zip(&unit.tree.definitions) {
            let id = DefId { file, index };
            definitions.push(Definition {
                name: definition.name.clone(),
                doc: definition.doc.clone(),
                annotations: definition.annotations.clone(),
                kind: kind(world, id, &definition.kind, &mut out.pending, sink),
            });
        }
        out.definitions.push(definitions);
    }
    out
}

fn kind<'a>(
    world: &World,
    id: DefId,
    kind: &'a tree::DefinitionKind,
    pending: &mut Vec<Pending<'a>>,
    sink: &mut Sink,
) -> DefinitionKind {
    let file = id.file;
    match kind {
        tree::DefinitionKind::Typedef(ty) => {
            DefinitionKind::Typedef(or_placeholder(resolve_type(world, file, ty, sink), ty.span))
        }
        tree::DefinitionKind::Enum(values) => DefinitionKind::Enum(enums::number(values, sink)),
        tree::DefinitionKind::Senum(values) => {
            enums::check_senum(values, sink);
            DefinitionKind::Senum(values.iter().map(|value| value.text.clone()).collect())
        }
        tree::DefinitionKind::Const(ty, value) => {
            let resolved = resolve_type(world, file, ty, sink);
            if let Some(value) = value {
                pending.push(Pending { file, value, ty: resolved.clone(), slot: Slot::Const(id) });
            }
            DefinitionKind::Const(or_placeholder(resolved, ty.span), model::Value::Bool(false))
        }
        tree::DefinitionKind::Struct(kind, list) => {
            let owner = if *kind == StructKind::Union { Owner::Union } else { Owner::Record };
            DefinitionKind::Struct(*kind, fields::resolve(world, id, owner, list, pending, sink))
        }
        tree::DefinitionKind::Service(parent, methods) => DefinitionKind::Service(Service {
            extends: parent.as_ref().and_then(|parent| resolve_service(world, file, parent, sink)),
            methods: methods
                .iter()
                .enumerate()
                .map(|(index, method)| super::services::resolve_method(world, id, index, method, pending, sink))
                .collect(),
        }),
    }
}

/// A type with its names resolved; `None` if one of them could not be, which is then said.
pub(super) fn resolve_type(world: &World, file: FileId, ty: &tree::Type, sink: &mut Sink) -> MaybeType {
    let mut inner = |ty: &tree::Type| resolve_type(world, file, ty, sink).map(Box::new);
    let kind = match &ty.kind {
        tree::TypeKind::Base(kind) => kind.clone(),
        tree::TypeKind::List(element) => TypeKind::List(inner(element)?),
        tree::TypeKind::Set(element) => TypeKind::Set(inner(element)?),
        tree::TypeKind::Map(key, value) => {
            let (key, value) = (inner(key), inner(value));
            TypeKind::Map(key?, value?)
        }
        tree::TypeKind::Named(name) => named(world, file, name, ty.span, sink)?,
        tree::TypeKind::Unknown => return None,
    };
    Some(model::Type { kind, annotations: ty.annotations.clone(), span: ty.span })
}

fn named(world: &World, file: FileId, name: &str, span: Span, sink: &mut Sink) -> Option<TypeKind> {
    match world.find(file, name, Table::Types) {
        Found::One(id) => {
            let definition = world.definition(id);
            if let tree::DefinitionKind::Service(..) = definition.kind {
                sink.push(
                    Diagnostic::at(Code::E034, span, format!("`{name}` is a service, not a type"), "expected a type")
                        .label(definition.name.span, "defined here"),
                );
                return None;
            }
            Some(TypeKind::Named(id))
        }
        Found::Several(ids) => {
            sink.push(ambiguous(world, name, span, &ids));
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
            let meant = sink.wants_help().then(|| Meant::for_type(world, file, name)).flatten();
            sink.push(Meant::put(meant, diagnostic, span));
            None
        }
    }
}

/// Two files of one stem define the name.
pub(super) fn ambiguous(world: &World, name: &str, span: Span, ids: &[DefId]) -> Diagnostic {
    let mut diagnostic =
        Diagnostic::at(Code::E033, span, format!("`{name}` is defined by more than one included file"), "ambiguous");
    for id in ids {
        diagnostic = diagnostic.label(world.definition(*id).name.span, "one of them");
    }
    diagnostic.help("rename one of the files, or one of the definitions")
}

/// What a name that stands for nothing was meant to be.
pub(super) struct Meant {
    help: String,
    /// What to write instead, if that is certain.
    replacement: Option<String>,
}

impl Meant {
    /// Puts it into the diagnostic of the name at `span`.
    pub(super) fn put(meant: Option<Self>, diagnostic: Diagnostic, span: Span) -> Diagnostic {
        match meant {
            Some(Self { help, replacement }) => diagnostic.help(help).fix_with(span, replacement),
            None => diagnostic,
        }
    }

    /// The help says what to write, and nothing else can be meant.
    pub(super) fn certain(name: String) -> Self {
        Self { help: format!("write `{name}`"), replacement: Some(name) }
    }

    fn for_type(world: &World, file: FileId, name: &str) -> Option<Self> {
        if let Some(base) = same_type(name) {
            return Some(Self::certain(base.to_owned()));
        }
        let base = match name {
            "int" | "integer" | "u32" | "uint32" => Some("i32"),
            "long" | "u64" | "uint64" => Some("i64"),
            "short" | "u16" | "uint16" => Some("i16"),
            "u8" | "uint8" | "char" => Some("i8"),
            "float" | "float32" | "f32" => Some("double"),
            _ => None,
        };
        match base {
            Some(base) => Some(Self { help: format!("write `{base}`"), replacement: None }),
            None => Self::find(world, file, name, Wanted::Type),
        }
    }

    /// What else `name` could be in `file`.
    pub(super) fn find(world: &World, file: FileId, name: &str, wanted: Wanted) -> Option<Self> {
        Self::not_included(world, file, name, wanted).or_else(|| Self::near(world, file, name, wanted))
    }

    /// "Did you mean", among all that `file` can name.
    fn near(world: &World, file: FileId, name: &str, wanted: Wanted) -> Option<Self> {
        let candidates = world.candidates(file, wanted);
        // The right name in another file is nearer than any misspelling.
        let last = name.rsplit('.').next().unwrap_or(name);
        let elsewhere = || candidates.iter().filter(|candidate| candidate.rsplit('.').next() == Some(last));
        // The least of several, so that the message is the same in every run; `nearest` does so, too.
        if let Some(found) = elsewhere().min() {
            let certain = last == name && elsewhere().all(|other| other == found);
            return Some(Self { help: did_you_mean(found), replacement: certain.then(|| found.to_string()) });
        }
        let base = if wanted == Wanted::Type { BASE_TYPES } else { &[] };
        let words = || candidates.iter().map(AsRef::as_ref).chain(base.iter().copied());
        let help = did_you_mean(nearest(name, words())?);
        Some(Self { help, replacement: same_but_case(name, words()).map(str::to_owned) })
    }

    /// The file is known, but this one doesn't include it: names don't pass through an include.
    fn not_included(world: &World, file: FileId, name: &str, wanted: Wanted) -> Option<Self> {
        let (stem, name) = name.rsplit_once('.')?;
        let unit = world.unit(file);
        if (0..).zip(&unit.includes).any(|(place, id)| id.is_some() && unit.stem_of_include(place) == stem) {
            return None;
        }
        let other =
            world.units.iter().find(|other| other.stem == stem && other.table(wanted.table()).contains_key(name))?;
        if std::ptr::eq(other, unit) {
            return Some(Self {
                help: format!("inside of its own file write `{name}`"),
                replacement: Some(name.to_owned()),
            });
        }
        let help = format!("include {} here too: an include does not bring the includes of the other file", other.path);
        Some(Self { help, replacement: None })
    }
}

fn did_you_mean(name: &str) -> String {
    format!("did you mean `{name}`?")
}

/// The base type that other languages call `name`, of the same size and sign.
fn same_type(name: &str) -> Option<&'static str> {
    Some(match name {
        "int8" => "i8",
        "int16" => "i16",
        "int32" => "i32",
        "int64" => "i64",
        "float64" | "f64" => "double",
        "boolean" => "bool",
        "str" | "text" | "String" => "string",
        "bytes" => "binary",
        "guid" | "UUID" => "uuid",
        _ => return None,
    })
}

const BASE_TYPES: &[&str] =
    &["bool", "byte", "i8", "i16", "i32", "i64", "double", "string", "binary", "uuid", "list", "set", "map"];

fn resolve_service(world: &World, file: FileId, parent: &Name, sink: &mut Sink) -> Option<DefId> {
    let (name, span) = (parent.text.as_str(), parent.span);
    match world.find(file, name, Table::Types) {
        Found::One(id) => {
            let definition = world.definition(id);
            if !matches!(definition.kind, tree::DefinitionKind::Service(..)) {
                sink.push(
                    Diagnostic::at(Code::E034, span, format!("`{name}` is no service"), "expected a service")
                        .label(definition.name.span, "defined here"),
                );
                return None;
            }
            Some(id)
        }
        Found::Several(ids) => {
            sink.push(ambiguous(world, name, span, &ids));
            None
        }
        Found::Lost => None,
        Found::Nothing => {
            let diagnostic = Diagnostic::at(Code::E032, span, format!("no service is named `{name}`"), "not found");
            let meant = sink.wants_help().then(|| Meant::find(world, file, name, Wanted::Service));
            sink.push(Meant::put(meant.flatten(), diagnostic, span));
            None
        }
    }
}
