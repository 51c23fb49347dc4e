//! Collects diagnostics and hands out as many as anybody wants to read.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

/// How many a run shows.
const MAX_SHOWN: usize = 100;
/// How many it keeps to choose from.
const MAX_KEPT: usize = 10_000;

pub(super) struct Sink {
    kept: Vec<Diagnostic>,
    dropped: usize,
}

impl Sink {
    pub(super) fn new(kept: Vec<Diagnostic>) -> Self {
        Self { kept, dropped: 0 }
    }

    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        if self.kept.len() < MAX_KEPT {
            self.kept.push(diagnostic);
        } else if diagnostic.severity() == Severity::Error || self.dropped == 0 {
            self.dropped += 1;
        }
    }

    /// Whether a further one is likely to be shown, so that a costly help line pays.
    pub(super) fn wants_help(&self) -> bool {
        self.kept.len() < MAX_SHOWN
    }

    /// By file and place, mistakes before warnings where there are too many, and the rest as a number.
    pub(super) fn finish(self) -> Vec<Diagnostic> {
        let Self { mut kept, mut dropped } = self;
        let place = |diagnostic: &Diagnostic| {
            diagnostic.labels.first().map(|label| (label.span.file, label.span.start, label.span.end))
        };
        if kept.len() > MAX_SHOWN {
            kept.sort_by_key(|diagnostic| (diagnostic.severity(), place(diagnostic)));
            let hidden = kept.split_off(MAX_SHOWN);
            dropped += hidden.iter().filter(|diagnostic| diagnostic.severity() == Severity::Error).count();
        }
        kept.sort_by_key(|diagnostic| (place(diagnostic), diagnostic.severity(), diagnostic.code()));
        kept.dedup();
        if dropped > 0 {
            let message = format!("{dropped} more mistakes are not shown");
            kept.push(Diagnostic::new(Code::E099, message).help("mend these first, then look again"));
        }
        kept
    }
}
