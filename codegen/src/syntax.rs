//! Text to tokens to a syntax tree. Knows nothing of other files or of what names mean.

pub(crate) mod alike;
pub(crate) mod language;
pub(crate) mod lex;
pub(crate) mod literal;
pub(crate) mod parse;
pub mod token;
pub mod tree;

use crate::diagnostic::Diagnostic;
use crate::span::FileId;

/// Reads one text, whatever it says: the tree of what was understood, and what was not.
pub fn parse(file: FileId, text: &str) -> (tree::Tree, Vec<Diagnostic>) {
    let lexed = lex::lex(text, &[]);
    let parse::Parsing { tree, diagnostics, .. } = parse::parse(file, text, &lexed);
    (tree, diagnostics)
}
