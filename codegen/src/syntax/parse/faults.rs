//! The errors of single characters as diagnostics: one each, or one for all of a kind if there are very many.

use super::Parser;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::span::Span;
use crate::syntax::lex::{Fault, Lexed};
use std::collections::HashMap;

/// Up to this many times the same character is reported at each place.
const MANY: usize = 5;

impl Parser<'_> {
    /// Reports what the lexer found, except in stretches that the parser reported as a whole.
    pub(super) fn report_faults(&mut self, lexed: &Lexed) {
        let excused = std::mem::take(&mut self.excused);
        let text = self.text;
        let counted = |fault: &&Fault| {
            let before = excused.partition_point(|span| span.start <= fault.start);
            before == 0 || excused[before - 1].end < fault.end
        };
        let mut kinds: HashMap<&str, Vec<&Fault>> = HashMap::new();
        let mut singles = Vec::new();
        for fault in lexed.faults.iter().filter(counted) {
            // A file with a NUL usually has very many: it is no text. Only the first has a message.
            if text.as_bytes().get(fault.start as usize) == Some(&0) {
                kinds.entry("\0").or_default().push(fault);
            } else if fault.code == Code::E016 {
                // The tree has the name as it is written; elsewhere it may be written right.
                self.tree.lost.extend(fault.fix.as_ref().filter(|fix| is_name(fix)).cloned());
                kinds.entry(&fault.message).or_default().push(fault);
            } else {
                singles.push(fault);
            }
        }
        let mut found: Vec<Diagnostic> = singles.into_iter().map(|fault| self.one(fault)).collect();
        for (kind, faults) in kinds {
            if faults.len() <= MANY && kind != "\0" {
                found.extend(faults.into_iter().map(|fault| self.one(fault)));
            } else if let Some((first, rest)) = faults.split_first() {
                found.push(self.many(first, rest));
            }
        }
        found.sort_by_key(|diagnostic| diagnostic.labels.first().map(|label| label.span.start));
        for diagnostic in found {
            self.report(diagnostic);
        }
        (0..lexed.more_faults).for_each(|_| self.hidden.count(Severity::Error));
    }

    fn one(&self, fault: &Fault) -> Diagnostic {
        let span = self.place(fault);
        let mut diagnostic = Diagnostic::at(fault.code, span, fault.message.as_str(), fault.label);
        if let Some(help) = &fault.help {
            diagnostic = diagnostic.help(help);
        }
        match &fault.fix {
            Some(fix) => diagnostic.fix(span, fix),
            None => diagnostic,
        }
    }

    /// The first of a kind, with a count and the corrections of the others.
    fn many(&self, first: &Fault, rest: &[&Fault]) -> Diagnostic {
        let mut diagnostic = self.one(first);
        if let Some(label) = diagnostic.labels.first_mut() {
            match rest.len() {
                0 => {}
                1 => label.text = "and in 1 more place".to_owned(),
                count => label.text = format!("and in {count} more places"),
            }
        }
        for fault in rest {
            if let Some(fix) = &fault.fix {
                diagnostic = diagnostic.fix(self.place(fault), fix);
            }
        }
        diagnostic
    }

    fn place(&self, fault: &Fault) -> Span {
        Span { file: self.file, start: fault.start, end: fault.end }
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}
