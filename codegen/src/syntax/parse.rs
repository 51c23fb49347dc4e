//! Tokens to a tree. An error is reported where it is seen, once; the parser then looks for the next place at which
//! it can be sure what is meant, so that one error doesn't cause the report of another.

mod annotations;
mod cursor;
mod define;
mod dialect;
mod faults;
mod field;
mod foreign;
mod generics;
mod header;
mod missing;
mod nested;
mod recover;
mod respell;
mod service;
mod types;
mod value;

use super::language::{Language, recognise};
use super::lex::Lexed;
use super::token::{Keyword, Symbol, TokenKind};
use super::tree::{Comment, Tree};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Hidden};
use crate::span::{FileId, Span};
pub(crate) use cursor::Parser;
pub(crate) use respell::is_include;

/// The error has been reported; the caller has to resume at a suitable token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reported;

/// What was read, or the note that an error was reported.
type Parsed<T> = Result<T, Reported>;

/// What a text says, and what is wrong with it.
pub(crate) struct Parsing {
    pub(crate) tree: Tree,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) hidden: Hidden,
}

/// Reads a text that was split already.
pub(crate) fn parse(file: FileId, text: &str, lexed: &Lexed) -> Parsing {
    let mut parser = Parser::new(file, text, lexed);
    match recognise(text, lexed) {
        Some((language, tokens)) => parser.foreign_file(language, tokens),
        None => {
            parser.file();
            parser.report_annotated();
            parser.report_faults(lexed);
        }
    }
    let comment =
        |raw: &super::lex::RawComment| Comment { span: Span { file, start: raw.start, end: raw.end }, doc: raw.doc };
    parser.tree.comments = lexed.comments.iter().map(comment).collect();
    parser.finish()
}

impl Parser<'_> {
    /// Reports that the whole file is in another language, which its first `tokens` show; nothing else is reported.
    fn foreign_file(&mut self, language: &Language, tokens: usize) {
        let mark = self.mark();
        let start = self.span();
        for _ in 0..tokens {
            self.bump();
        }
        let Language { name, help } = language;
        let message = format!("this file looks like {name}, not thrift");
        let label = format!("{name} begins like this");
        self.report(Diagnostic::at(Code::E006, self.since(start), message, label).help(*help));
        while self.kind() != TokenKind::End {
            self.bump();
        }
        self.lose_names(mark);
    }

    fn file(&mut self) {
        loop {
            match self.kind() {
                TokenKind::End => break,
                TokenKind::Keyword(keyword) if keyword.heads() => {
                    if self.header(keyword).is_err() {
                        self.skip_to_definition();
                    }
                }
                TokenKind::Keyword(keyword) if keyword.defines() => self.definition(keyword),
                TokenKind::Name => self.legacy_or_dialect(),
                TokenKind::Malformed => {
                    self.skip_to_definition();
                }
                TokenKind::Symbol(Symbol::Comma | Symbol::Semicolon) => self.stray_separator(),
                TokenKind::Symbol(Symbol::At) => self.structured_annotation(),
                _ => {
                    self.unexpected("a definition");
                    self.skip_to_definition();
                }
            }
        }
    }

    /// Apache's grammar has no separator after a struct, an enum or a service; people write one all the same.
    fn stray_separator(&mut self) {
        let span = self.span();
        let mark = self.text_of(span);
        self.report(
            Diagnostic::at(Code::W004, span, format!("a `{mark}` follows a definition"), "not needed")
                .help("remove it: Apache's compiler refuses it here")
                .fix(span, ""),
        );
        self.bump();
    }

    /// Gives the definition that was just added, if one was, its place.
    fn end_definition(&mut self, before: usize, start: Span) {
        let span = self.since(start);
        if let Some(definition) = self.tree.definitions.get_mut(before) {
            definition.span = span;
        }
    }

    /// One definition, and whatever is needed to go on after a broken one.
    fn definition(&mut self, keyword: Keyword) {
        let before = self.tree.definitions.len();
        let (mark, start) = (self.mark(), self.span());
        let result = match keyword {
            Keyword::Typedef => self.typedef(),
            Keyword::Const => self.constant(),
            Keyword::Enum => self.enumeration(),
            Keyword::Service => self.service(),
            _ => self.record(keyword),
        };
        self.end_definition(before, start);
        if result.is_err() {
            if self.tree.definitions.len() == before {
                self.lose_names(mark);
            }
            self.skip_to_definition();
        }
    }
}
