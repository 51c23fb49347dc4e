//! Services: methods, what they throw, what they inherit.

use super::canon::{CanonicalKind, Types, shorten};
use super::cycles::sort;
use super::duplicates::{RENAME, Seen};
use super::fields::{self, Owner};
use super::resolve::{Pending, Resolved, resolve_type};
use super::sink::Sink;
use super::symbols::{Found, SymbolTable, Table};
use super::words::Meant;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{DefId, DefinitionKind, Method, Service, StructKind, TypeKind};
use crate::span::Span;
use crate::syntax::tree;
use std::collections::{HashMap, HashSet};

pub(super) fn resolve_method<'a>(
    symbols: &SymbolTable,
    id: DefId,
    index: usize,
    method: &'a tree::MethodNode,
    pending: &mut Vec<Pending<'a>>,
    sink: &mut Sink,
) -> Method {
    let unknown = method.result.as_ref().is_some_and(|ty| match &ty.kind {
        tree::TypeNodeKind::Named(name) => {
            symbols.find(id.file, name, Table::Types) == Found::Nothing && name != "slist"
        }
        tree::TypeNodeKind::Unknown => true,
        _ => false,
    });
    let result = method.result.as_ref().map(|ty| {
        let resolved = match &ty.kind {
            tree::TypeNodeKind::Named(name) if unknown && Meant::void(name).is_some() => {
                let message = format!("no type is named `{name}`");
                let diagnostic = Diagnostic::at(Code::E030, ty.span, message, "not found");
                sink.push(Meant::put(Meant::void(name), diagnostic, ty.span));
                None
            }
            _ => resolve_type(symbols, id.file, ty, sink),
        };
        super::resolve::or_placeholder(resolved, ty.span)
    });
    check_oneway(method, unknown, sink);
    Method {
        name: method.name.clone(),
        oneway: method.oneway.is_some(),
        result,
        arguments: fields::resolve(symbols, id, Owner::Arguments(index), &method.arguments, pending, sink),
        throws: fields::resolve(symbols, id, Owner::Throws(index), &method.throws, pending, sink),
        doc: method.doc.clone(),
        annotations: method.annotations.clone(),
    }
}

/// `unknown`: nothing has the name of the result, which was reported; it may be a misspelled `void`.
fn check_oneway(method: &tree::MethodNode, unknown: bool, sink: &mut Sink) {
    let (name, Some(oneway)) = (&method.name, method.oneway) else { return };
    if let Some(result) = method.result.as_ref().filter(|_| !unknown) {
        sink.push(
            Diagnostic::at(Code::E061, result.span, format!("`{name}` is oneway and can't have a result"), "")
                .label(oneway, "no reply is ever sent")
                .help("write `void`, or leave `oneway` out"),
        );
    }
    if let (Some(throws), false) = (method.throws_span, method.throws.is_empty()) {
        sink.push(
            Diagnostic::at(Code::E062, throws, format!("`{name}` is oneway and can't throw"), "")
                .label(oneway, "no reply is ever sent")
                .help("leave `throws` out, or `oneway`"),
        );
    }
}

/// Checks that need every service and every type.
pub(super) fn check(symbols: &SymbolTable, resolved: &Resolved<'_>, types: &mut Types, sink: &mut Sink) {
    let service = |id: DefId| match &resolved.definitions[id.file.0 as usize][id.index as usize].kind {
        DefinitionKind::Service(service) => Some(service),
        _ => None,
    };
    let mut services = Vec::new();
    for (file, unit) in symbols.iter() {
        let ids = (0..unit.tree.definitions.len() as u32).map(|index| DefId { file, index });
        services.extend(ids.filter(|id| service(*id).is_some()));
    }
    let parent = |id: DefId| service(id).and_then(|service| service.extends);
    let (order, cycles) = sort(services.iter().copied(), |id| parent(id).into_iter().collect());
    for cycle in &cycles {
        sink.push(cycle_of(symbols, cycle));
    }
    for id in &services {
        if let Some(service) = service(*id) {
            check_methods(service, sink);
            check_throws(symbols, types, service, sink);
        }
    }
    // Services that are in a cycle count as services without a parent.
    let circular: HashSet<DefId> = cycles.into_iter().flatten().collect();
    let parent = |id: DefId| parent(id).filter(|_| !circular.contains(&id));
    check_inherited(symbols, &order, service, parent, sink);
}

fn cycle_of(symbols: &SymbolTable, cycle: &[DefId]) -> Diagnostic {
    let names: Vec<&str> = cycle.iter().map(|id| symbols.definition(*id).name.text.as_str()).collect();
    let first = names.first().copied().unwrap_or_default();
    let message = match names.as_slice() {
        [one] => format!("the service `{one}` extends itself"),
        _ => format!("these services extend each other: {} -> {first}", shorten(&names)),
    };
    let mut diagnostic = Diagnostic::new(Code::E036, message);
    for id in cycle.iter().take(10) {
        diagnostic = diagnostic.label(symbols.definition(*id).name.span, "");
    }
    diagnostic
}

fn check_methods(service: &Service, sink: &mut Sink) {
    let mut names = Seen::new(Code::E045);
    for method in &service.methods {
        let name = &method.name;
        names.see(name.text.as_str(), name.span, sink, |name| {
            (format!("the method `{name}` occurs twice"), RENAME.to_owned())
        });
    }
}

fn check_throws(symbols: &SymbolTable, types: &mut Types, service: &Service, sink: &mut Sink) {
    for field in service.methods.iter().flat_map(|method| &method.throws) {
        let id = types.of(&field.ty);
        let thrown = match types.shape(id) {
            CanonicalKind::Unknown => true,
            CanonicalKind::Record(id) => {
                matches!(symbols.definition(id).kind, tree::DefinitionNodeKind::Struct(StructKind::Exception, _))
            }
            _ => false,
        };
        if thrown {
            continue;
        }
        let mut diagnostic = Diagnostic::at(Code::E063, field.ty.span, "only exceptions can be thrown", "");
        if let TypeKind::Named(id) = field.ty.kind {
            let definition = symbols.definition(id);
            let what = what(&definition.kind);
            diagnostic = diagnostic.label(definition.name.span, format!("this is {what}"));
            diagnostic = diagnostic.help("define it with `exception`");
        }
        sink.push(diagnostic);
    }
}

fn what(kind: &tree::DefinitionNodeKind) -> &'static str {
    match kind {
        tree::DefinitionNodeKind::Typedef(_) => "a typedef of something else",
        tree::DefinitionNodeKind::Enum(_) => "an enum",
        tree::DefinitionNodeKind::Senum(_) => "a senum",
        tree::DefinitionNodeKind::Const(..) => "a constant",
        tree::DefinitionNodeKind::Struct(StructKind::Struct, _) => "a struct",
        tree::DefinitionNodeKind::Struct(StructKind::Union, _) => "a union",
        tree::DefinitionNodeKind::Struct(StructKind::Exception, _) => "an exception",
        tree::DefinitionNodeKind::Service(..) => "a service",
    }
}

/// Methods that a service has from another one already. Walks from each service down to those that extend it, with
/// the methods of all above at hand, so that a long line of services costs little. `parent` must not lead in a cycle.
fn check_inherited<'a>(
    symbols: &SymbolTable,
    services: &[DefId],
    service: impl Fn(DefId) -> Option<&'a Service>,
    parent: impl Fn(DefId) -> Option<DefId>,
    sink: &mut Sink,
) {
    enum Step {
        Enter(DefId),
        Leave(DefId),
    }
    let mut children: HashMap<DefId, Vec<DefId>> = HashMap::new();
    let mut steps = Vec::new();
    for id in services {
        match parent(*id) {
            Some(above) => children.entry(above).or_default().push(*id),
            None => steps.push(Step::Enter(*id)),
        }
    }
    // By name, from the top down to where the walk is.
    let mut above: HashMap<&str, Vec<(DefId, Span)>> = HashMap::new();
    while let Some(step) = steps.pop() {
        let (Step::Enter(id) | Step::Leave(id)) = step;
        let methods = service(id).map(|service| service.methods.as_slice()).unwrap_or_default();
        if let Step::Leave(_) = step {
            for method in methods {
                if let Some(owners) = above.get_mut(method.name.text.as_str()) {
                    owners.pop_if(|(owner, _)| *owner == id);
                }
            }
            continue;
        }
        for method in methods {
            let name = &method.name;
            let owners = above.entry(name.text.as_str()).or_default();
            // A method that occurs twice in its own service is reported separately.
            if owners.last().is_some_and(|(owner, _)| *owner == id) {
                continue;
            }
            if let Some((owner, first)) = owners.last() {
                let owner = &symbols.definition(*owner).name;
                sink.push(
                    Diagnostic::at(
                        Code::E046,
                        name.span,
                        format!("`{name}` is inherited from `{owner}`"),
                        "here again",
                    )
                    .label(*first, "first here")
                    .help("give one of the two another name"),
                );
            }
            owners.push((id, name.span));
        }
        steps.push(Step::Leave(id));
        steps.extend(children.remove(&id).into_iter().flatten().map(Step::Enter));
    }
}
