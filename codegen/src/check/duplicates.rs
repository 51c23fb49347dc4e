//! What stands twice.

use super::sink::Sink;
use super::world::World;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::syntax::tree::DefinitionKind;
use std::collections::HashMap;
use std::hash::Hash;

/// Remembers where each thing was first seen, and reports the second.
pub(super) struct Seen<K> {
    code: Code,
    /// Most lists are short: a few comparisons cost less than a table.
    few: Vec<(K, Span)>,
    many: HashMap<K, Span>,
}

/// So many are looked through one by one.
const FEW: usize = 16;

impl<K: Eq + Hash> Seen<K> {
    pub(super) fn new(code: Code) -> Self {
        Self { code, few: Vec::new(), many: HashMap::new() }
    }

    pub(super) fn see(&mut self, key: K, span: Span, sink: &mut Sink, message: impl FnOnce(&K) -> String) {
        let first = match self.few.iter().find(|(seen, _)| *seen == key) {
            Some((_, first)) => Some(first),
            None => self.many.get(&key),
        };
        if let Some(first) = first {
            let diagnostic = Diagnostic::at(self.code, span, message(&key), "here again");
            sink.push(diagnostic.label(*first, "first here"));
        } else if self.few.len() < FEW {
            self.few.push((key, span));
        } else {
            self.many.insert(key, span);
        }
    }
}

/// Definitions of one file that share a name. Types and services have one space of names, constants another.
pub(super) fn check(world: &World, sink: &mut Sink) {
    for unit in &world.units {
        let mut types = Seen::new(Code::E040);
        let mut consts = Seen::new(Code::E040);
        for definition in &unit.tree.definitions {
            let (seen, what) = match definition.kind {
                DefinitionKind::Const(..) => (&mut consts, "constant"),
                DefinitionKind::Service(..) => (&mut types, "service"),
                _ => (&mut types, "type"),
            };
            let name = &definition.name;
            seen.see(name.text.as_str(), name.span, sink, |name| {
                format!("the {what} `{name}` takes a name that is defined already")
            });
        }
    }
}
