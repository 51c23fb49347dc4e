//! Constants and defaults: each is checked against the type of its place, constants before those that need them.

use super::canon::{TypeId, Types, shorten};
use super::cycles::sort;
use super::resolve::{Pending, Resolved, Slot};
use super::sink::Sink;
use super::symbols::{Found, SymbolTable, Table};
use super::values::{Evaluated, Evaluator};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{DefId, Definition, DefinitionKind, Field, Value};
use crate::span::FileId;
use crate::syntax::tree;
use std::collections::HashMap;

/// Puts every value into its place.
pub(super) fn check(symbols: &SymbolTable, types: &mut Types, resolved: &mut Resolved<'_>, sink: &mut Sink) {
    let pending = std::mem::take(&mut resolved.pending);
    let typed: Vec<(Pending<'_>, Option<TypeId>)> = pending
        .into_iter()
        .map(|pending| {
            let ty = pending.ty.as_ref().map(|ty| types.of(ty));
            (pending, ty)
        })
        .collect();
    let consts: HashMap<DefId, usize> = typed
        .iter()
        .enumerate()
        .filter_map(|(index, (pending, _))| match pending.slot {
            Slot::Const(id) => Some((id, index)),
            _ => None,
        })
        .collect();
    let next = |id: DefId| {
        let mut names = Vec::new();
        if let Some((pending, _)) = consts.get(&id).and_then(|index| typed.get(*index)) {
            consts_in(symbols, pending.file, pending.value, &mut names);
        }
        names
    };
    let mut roots: Vec<DefId> = consts.keys().copied().collect();
    roots.sort();
    let (order, cycles) = sort(roots, next);
    for cycle in &cycles {
        sink.push(cycle_of(symbols, cycle));
    }
    let mut evaluator = Evaluator::new(symbols, types, resolved);
    for id in cycles.iter().flatten() {
        evaluator.consts.insert(*id, None);
    }
    let mut done: Vec<(Slot, Value)> = Vec::new();
    for id in order {
        let Some((pending, ty)) = consts.get(&id).and_then(|index| typed.get(*index)) else { continue };
        if evaluator.consts.contains_key(&id) {
            continue;
        }
        let value = ty.and_then(|ty| evaluator.value(pending.file, pending.value, ty, sink));
        let evaluated = match (value, ty) {
            (Some(value), Some(ty)) => {
                let scalar = evaluator.scalar(&value);
                done.push((pending.slot, value));
                Some(Evaluated { ty: *ty, scalar })
            }
            _ => None,
        };
        evaluator.consts.insert(id, evaluated);
    }
    for (pending, ty) in &typed {
        if let (Some(ty), false) = (ty, matches!(pending.slot, Slot::Const(_)))
            && let Some(value) = evaluator.value(pending.file, pending.value, *ty, sink)
        {
            done.push((pending.slot, value));
        }
    }
    for (slot, value) in done {
        put(&mut resolved.definitions, slot, value);
    }
}

/// The constants that a value names.
fn consts_in(symbols: &SymbolTable, file: FileId, value: &tree::ValueNode, out: &mut Vec<DefId>) {
    match &value.kind {
        tree::ValueNodeKind::Name(name) => {
            if let Found::One(id) = symbols.find(file, name, Table::Consts) {
                out.push(id);
            }
        }
        tree::ValueNodeKind::List(elements) => {
            for element in elements {
                consts_in(symbols, file, element, out);
            }
        }
        tree::ValueNodeKind::Map(entries) => {
            for (key, value) in entries {
                consts_in(symbols, file, key, out);
                consts_in(symbols, file, value, out);
            }
        }
        _ => {}
    }
}

fn cycle_of(symbols: &SymbolTable, cycle: &[DefId]) -> Diagnostic {
    let names: Vec<&str> = cycle.iter().map(|id| symbols.definition(*id).name.text.as_str()).collect();
    let first = names.first().copied().unwrap_or_default();
    let message = match names.as_slice() {
        [one] => format!("the constant `{one}` is its own value"),
        _ => format!("these constants are each other's values: {} -> {first}", shorten(&names)),
    };
    let mut diagnostic = Diagnostic::new(Code::E037, message).help("write out the value of one of them");
    for id in cycle.iter().take(10) {
        diagnostic = diagnostic.label(symbols.definition(*id).name.span, "");
    }
    diagnostic
}

fn put(definitions: &mut [Vec<Definition>], slot: Slot, value: Value) {
    let (Slot::Const(id) | Slot::Field(id, _) | Slot::Argument(id, ..) | Slot::Throws(id, ..)) = slot;
    let definition = definitions.get_mut(id.file.0 as usize).and_then(|list| list.get_mut(id.index as usize));
    let field: Option<&mut Field> = match (definition.map(|definition| &mut definition.kind), slot) {
        (Some(DefinitionKind::Const(_, place)), Slot::Const(_)) => {
            *place = value;
            return;
        }
        (Some(DefinitionKind::Struct(_, fields)), Slot::Field(_, field)) => fields.get_mut(field),
        (Some(DefinitionKind::Service(service)), Slot::Argument(_, method, field)) => {
            service.methods.get_mut(method).and_then(|method| method.arguments.get_mut(field))
        }
        (Some(DefinitionKind::Service(service)), Slot::Throws(_, method, field)) => {
            service.methods.get_mut(method).and_then(|method| method.throws.get_mut(field))
        }
        _ => None,
    };
    if let Some(field) = field {
        field.default = Some(value);
    }
}
