//! From paths to a [`Model`], or to diagnostics: load, lex, parse, resolve, check.
//!
//! Each phase reports all errors that it finds, and passes on what it understood. What an earlier phase reported as missing,
//! a later phase assumes to exist.

mod canon;
mod constants;
mod convert;
mod cycles;
mod duplicates;
mod endless;
mod enums;
mod fields;
mod lints;
mod named;
mod places;
mod resolve;
mod rust_names;
mod services;
mod sink;
mod symbols;
mod values;
mod words;

use crate::diagnostic::{Diagnostic, Severity};
use crate::load::load;
use crate::model::{File, Include, Model, Namespace};
use crate::read::ReadSource;
use crate::source::{Source, Sources};
use crate::span::{Name, Span};
use sink::{MAX_SHOWN, Sink};
use std::path::PathBuf;
use symbols::SymbolTable;

/// The result of a check.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The texts, to which diagnostics refer.
    pub sources: Sources,
    /// At most 100, by file and place; then one that counts further errors, and one that counts further
    /// warnings, if there are any.
    pub diagnostics: Vec<Diagnostic>,
    /// The model; `Some` if and only if no diagnostic is an error.
    pub model: Option<Model>,
}

/// Loads the files and everything they include, reports every error, and returns the model if there is none.
///
/// An include is searched in the directory of the including file, then in `include_dirs` in their order, as Apache's
/// compiler does; not in the current directory.
pub fn check(files: &[PathBuf], include_dirs: &[PathBuf], reader: &dyn ReadSource) -> Checked {
    check_up_to(MAX_SHOWN, files, include_dirs, reader)
}

/// [`check()`] with another limit for the number of diagnostics.
pub(crate) fn check_up_to(
    limit: usize,
    files: &[PathBuf],
    include_dirs: &[PathBuf],
    reader: &dyn ReadSource,
) -> Checked {
    let loaded = load(files, include_dirs, reader);
    let mut sink = Sink::new(limit, loaded.diagnostics, loaded.hidden);
    let symbols = SymbolTable::new(loaded.files);
    duplicates::check(&symbols, &mut sink);
    let mut resolved = resolve::resolve(&symbols, &mut sink);
    let mut types = canon::Types::new(&symbols, &resolved, &mut sink);
    services::check(&symbols, &resolved, &mut types, &mut sink);
    constants::check(&symbols, &mut types, &mut resolved, &mut sink);
    endless::check(&symbols, &resolved, &mut types, &mut sink);
    lints::check(&symbols, &loaded.sources, &resolved, &mut types, &mut sink);
    rust_names::check(&symbols, &mut sink);
    let mut diagnostics = sink.finish();
    tidy(&mut diagnostics, &loaded.sources);
    let clean = diagnostics.iter().all(|diagnostic| diagnostic.severity() == Severity::Warning);
    let definitions = resolved.definitions;
    let model = clean.then(|| Model { files: files_of(symbols, definitions), roots: loaded.roots });
    Checked { sources: loaded.sources, diagnostics, model }
}

/// A deletion includes the blanks that would be left, and the line if nothing else is on it.
fn tidy(diagnostics: &mut [Diagnostic], sources: &Sources) {
    for fix in diagnostics.iter_mut().flat_map(Diagnostic::fixes_mut).filter(|fix| fix.replacement.is_empty()) {
        let Some(text) = sources.file(fix.span.file).map(Source::text) else { continue };
        let (start, end) = (fix.span.start as usize, fix.span.end as usize);
        let (Some(before), Some(behind)) = (text.get(..start), text.get(end..)) else { continue };
        let blank: &[char] = &[' ', '\t', '\r'];
        let (left, right) = (before.trim_end_matches(blank), behind.trim_start_matches(blank));
        let begins_line = left.is_empty() || left.ends_with('\n');
        let (start, end) = match right.strip_prefix('\n') {
            Some(next) if begins_line => (left.len(), text.len() - next.len()),
            // Blanks at the end of a line.
            Some(_) => (left.len(), end),
            None if right.is_empty() => (left.len(), text.len()),
            None if begins_line || before.len() > left.len() || left.ends_with(['(', '{', '<', '[']) => {
                (start, text.len() - right.len())
            }
            None => (start, end),
        };
        fix.span = Span { start: start as u32, end: end as u32, ..fix.span };
    }
}

fn files_of(symbols: SymbolTable, definitions: Vec<Vec<crate::model::Definition>>) -> Vec<File> {
    let file = |(unit, definitions): (symbols::Unit, _)| {
        let include = |(path, file): (crate::syntax::tree::Literal, Option<_>)| {
            Some(Include { path: Name { text: path.text, span: path.span }, file: file? })
        };
        File {
            path: unit.path,
            stem: unit.stem,
            includes: unit.tree.includes.into_iter().zip(unit.includes).filter_map(include).collect(),
            namespaces: unit
                .tree
                .namespaces
                .into_iter()
                .map(|space| Namespace { scope: space.scope, name: space.name, annotations: space.annotations })
                .collect(),
            definitions,
        }
    };
    symbols.units.into_iter().zip(definitions).map(file).collect()
}
