//! Names that are defined twice.

use super::sink::Sink;
use super::symbols::SymbolTable;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::syntax::tree::DefinitionNodeKind;
use std::collections::HashMap;
use std::hash::Hash;

/// Remembers where each thing was first seen, and reports the second: the message, then what to do.
pub(super) struct Seen<K> {
    code: Code,
    /// Most lists are short: a few comparisons cost less than a table.
    few: Vec<(K, Span)>,
    many: HashMap<K, Span>,
}

/// What helps with most of them.
pub(super) const RENAME: &str = "rename or remove one of the two";

/// So many are looked through one by one.
const FEW: usize = 16;

impl<K: Eq + Hash> Seen<K> {
    pub(super) fn new(code: Code) -> Self {
        Self { code, few: Vec::new(), many: HashMap::new() }
    }

    pub(super) fn see(&mut self, key: K, span: Span, sink: &mut Sink, say: impl FnOnce(&K) -> (String, String)) {
        let first = match self.few.iter().find(|(seen, _)| *seen == key) {
            Some((_, first)) => Some(first),
            None => self.many.get(&key),
        };
        if let Some(first) = first {
            let (message, help) = say(&key);
            let diagnostic = Diagnostic::at(self.code, span, message, "here again").label(*first, "first here");
            sink.push(diagnostic.help(help));
        } else if self.few.len() < FEW {
            self.few.push((key, span));
        } else {
            self.many.insert(key, span);
        }
    }
}

/// Definitions of one file that share a name. Types and services have one space of names, constants another.
pub(super) fn check(symbols: &SymbolTable, sink: &mut Sink) {
    for unit in &symbols.units {
        let mut types = Seen::new(Code::E040);
        let mut consts = Seen::new(Code::E040);
        for definition in &unit.tree.definitions {
            let (seen, what) = match definition.kind {
                DefinitionNodeKind::Const(..) => (&mut consts, "constant"),
                DefinitionNodeKind::Service(..) => (&mut types, "service"),
                _ => (&mut types, "type"),
            };
            let name = &definition.name;
            seen.see(name.text.as_str(), name.span, sink, |name| {
                let message = format!("the {what} `{name}` takes a name that is defined already");
                (message, RENAME.to_owned())
            });
        }
    }
}
