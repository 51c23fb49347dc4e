//! Types as numbers: two types are the same if and only if their numbers are, with typedefs seen through.

use super::cycles::sort;
use super::resolve::{NOWHERE, Resolved};
use super::sink::Sink;
use super::symbols::SymbolTable;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{DefId, DefinitionKind, Type, TypeKind};
use crate::syntax::tree::MAX_DEPTH;
use std::collections::HashMap;

/// The number of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TypeId(u32);

/// What a type is, with the inner ones as numbers and no typedef anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum CanonicalKind {
    /// Not known: nothing more is to be said about it.
    Unknown,
    Bool,
    I8,
    I16,
    I32,
    I64,
    Double,
    String,
    Binary,
    Uuid,
    List(TypeId),
    Set(TypeId),
    Map(TypeId, TypeId),
    Enum(DefId),
    Record(DefId),
}

/// Every type met so far.
pub(super) struct Types {
    shapes: Vec<(CanonicalKind, usize)>,
    numbers: HashMap<CanonicalKind, TypeId>,
    definitions: HashMap<DefId, TypeId>,
}

const UNKNOWN: TypeId = TypeId(0);

impl Types {
    /// Numbers every typedef, enum and record, and reports typedefs that lead back to themselves.
    pub(super) fn new(symbols: &SymbolTable, resolved: &Resolved<'_>, sink: &mut Sink) -> Self {
        let mut types = Self { shapes: Vec::new(), numbers: HashMap::new(), definitions: HashMap::new() };
        types.number(CanonicalKind::Unknown, 0);
        let kind = |id: DefId| &resolved.definitions[id.file.0 as usize][id.index as usize].kind;
        let mut typedefs = Vec::new();
        for (file, unit) in symbols.iter() {
            for index in 0..unit.tree.definitions.len() as u32 {
                let id = DefId { file, index };
                let shape = match kind(id) {
                    DefinitionKind::Typedef(_) => {
                        typedefs.push(id);
                        continue;
                    }
                    DefinitionKind::Enum(_) => CanonicalKind::Enum(id),
                    DefinitionKind::Struct(..) => CanonicalKind::Record(id),
                    DefinitionKind::Senum(_) => CanonicalKind::String,
                    DefinitionKind::Const(..) | DefinitionKind::Service(_) => continue,
                };
                let number = types.number(shape, 0);
                types.definitions.insert(id, number);
            }
        }
        let next = |id: DefId| {
            let mut names = Vec::new();
            if let DefinitionKind::Typedef(ty) = kind(id) {
                named_in(ty, &mut names);
                names.retain(|id| matches!(kind(*id), DefinitionKind::Typedef(_)));
            }
            names
        };
        let (order, cycles) = sort(typedefs, next);
        for cycle in &cycles {
            sink.push(cycle_of(symbols, cycle));
            types.definitions.extend(cycle.iter().map(|id| (*id, UNKNOWN)));
        }
        for id in order {
            let DefinitionKind::Typedef(ty) = kind(id) else { continue };
            if types.definitions.contains_key(&id) {
                continue;
            }
            let number = types.of(ty);
            let (_, depth) = types.shapes[number.0 as usize];
            if depth > MAX_DEPTH {
                let span = symbols.definition(id).name.span;
                let message = format!("through its typedefs this type nests deeper than {MAX_DEPTH} levels");
                sink.push(Diagnostic::at(Code::E024, span, message, ""));
                types.definitions.insert(id, UNKNOWN);
            } else {
                types.definitions.insert(id, number);
            }
        }
        types
    }

    /// The number of a type. Its own nesting is bounded, that of typedefs is hidden by a number.
    pub(super) fn of(&mut self, ty: &Type) -> TypeId {
        let shape = match &ty.kind {
            TypeKind::Bool => CanonicalKind::Bool,
            TypeKind::I8 => CanonicalKind::I8,
            TypeKind::I16 => CanonicalKind::I16,
            TypeKind::I32 => CanonicalKind::I32,
            TypeKind::I64 => CanonicalKind::I64,
            TypeKind::Double => CanonicalKind::Double,
            TypeKind::String => CanonicalKind::String,
            TypeKind::Binary => CanonicalKind::Binary,
            TypeKind::Uuid => CanonicalKind::Uuid,
            TypeKind::List(element) => CanonicalKind::List(self.of(element)),
            TypeKind::Set(element) => CanonicalKind::Set(self.of(element)),
            TypeKind::Map(key, value) => CanonicalKind::Map(self.of(key), self.of(value)),
            TypeKind::Named(id) => return self.definitions.get(id).copied().unwrap_or(UNKNOWN),
        };
        let depth = |id: TypeId| self.shapes[id.0 as usize].1;
        let inner = match shape {
            CanonicalKind::List(element) | CanonicalKind::Set(element) => 1 + depth(element),
            CanonicalKind::Map(key, value) => 1 + depth(key).max(depth(value)),
            _ => 0,
        };
        self.number(shape, inner)
    }

    /// What a number means.
    pub(super) fn shape(&self, id: TypeId) -> CanonicalKind {
        self.shapes[id.0 as usize].0
    }

    /// The type that a definition is, typedefs seen through.
    pub(super) fn definition(&self, id: DefId) -> CanonicalKind {
        self.definitions.get(&id).map_or(CanonicalKind::Unknown, |id| self.shape(*id))
    }

    fn number(&mut self, shape: CanonicalKind, depth: usize) -> TypeId {
        let next = TypeId(self.shapes.len() as u32);
        let number = *self.numbers.entry(shape).or_insert(next);
        if number == next {
            self.shapes.push((shape, depth));
        }
        number
    }
}

/// Every definition that a type names.
fn named_in(ty: &Type, out: &mut Vec<DefId>) {
    match &ty.kind {
        TypeKind::List(inner) | TypeKind::Set(inner) => named_in(inner, out),
        TypeKind::Map(key, value) => {
            named_in(key, out);
            named_in(value, out);
        }
        TypeKind::Named(id) if *id != NOWHERE => out.push(*id),
        _ => {}
    }
}

fn cycle_of(symbols: &SymbolTable, cycle: &[DefId]) -> Diagnostic {
    let names: Vec<&str> = cycle.iter().map(|id| symbols.definition(*id).name.text.as_str()).collect();
    let first = names.first().copied().unwrap_or_default();
    let message = match names.as_slice() {
        [one] => format!("the typedef `{one}` is defined by itself"),
        _ => format!("these typedefs are defined by each other: {} -> {first}", shorten(&names)),
    };
    let mut diagnostic = Diagnostic::new(Code::E035, message);
    for id in cycle.iter().take(10) {
        diagnostic = diagnostic.label(symbols.definition(*id).name.span, "");
    }
    diagnostic
}

/// At most ten names of a cycle.
pub(super) fn shorten(names: &[&str]) -> String {
    match names.get(10..) {
        None | Some([]) => names.join(" -> "),
        Some(rest) => format!("{} -> ({} more)", names[..10].join(" -> "), rest.len()),
    }
}
