//! The forms of fbthrift that Apache's thrift doesn't have: each is named, not answered with a riddle.

use super::Parser;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::syntax::token::{Keyword, Symbol, TokenKind};

impl Parser<'_> {
    fn dialect(&mut self, span: Span, what: &str, help: &str) {
        let diagnostic = Self::of_fbthrift(span, what);
        self.report(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
    }

    /// The same where `replacement` means what was written.
    fn dialect_for(&mut self, span: Span, what: &str, help: &str, replacement: &str) {
        self.report(Self::of_fbthrift(span, what).help(help).fix(span, replacement));
    }

    fn of_fbthrift(span: Span, what: &str) -> Diagnostic {
        Diagnostic::at(Code::E025, span, format!("{what}: fbthrift syntax, not Apache's thrift"), "")
    }

    /// A word that is no keyword where a definition belongs.
    pub(super) fn legacy_or_dialect(&mut self) {
        let span = self.span();
        let word = self.text_of(span);
        let next = self.token(1).kind;
        if word == "senum" && next == TokenKind::Name {
            let before = self.tree.definitions.len();
            let result = self.senum();
            self.end_definition(before, span);
            if result.is_err() {
                self.skip_to_definition();
            }
            return;
        }
        if let Some(scope) = Self::old_scope(word) {
            if self.old_namespace(scope).is_err() {
                self.skip_to_definition();
            }
            return;
        }
        match (word, next) {
            ("package", TokenKind::Literal) => {
                self.dialect(span, "`package`", "write a `namespace` line per language");
                self.bump();
                self.bump();
                self.eat_separator();
            }
            ("hs_include", TokenKind::Literal) => {
                self.bump();
                self.bump();
                let line = self.since(span);
                self.report(Self::of_fbthrift(span, "`hs_include`").help("remove the line").fix(line, ""));
            }
            ("interaction", TokenKind::Name) => {
                self.dialect(span, "`interaction`", "write a service");
                self.skip_to_definition();
            }
            (
                "safe" | "transient" | "stateful" | "permanent" | "client" | "server",
                TokenKind::Name | TokenKind::Keyword(Keyword::Exception),
            ) => {
                while self.kind() == TokenKind::Name {
                    self.bump();
                }
                let words = self.since(span);
                let diagnostic = Self::of_fbthrift(span, &format!("`{word}` before `exception`"));
                let exception = self.kind() == TokenKind::Keyword(Keyword::Exception);
                self.report(diagnostic.help("leave it out").fix_with(words, exception.then_some("")));
            }
            _ if self.foreign_definition() || self.foreign_namespace() => {}
            ("type", TokenKind::Name) if self.token(2).kind == TokenKind::Symbol(Symbol::OpenBrace) => {
                self.misspelled_definition(Keyword::Struct);
            }
            _ => match self.meant_definition() {
                Some(keyword) => self.misspelled_definition(keyword),
                None => {
                    let message = format!("expected a definition, found `{word}`");
                    self.complain(Diagnostic::at(Code::E020, span, message, "expected a definition"));
                    self.skip_to_definition();
                }
            },
        }
    }

    /// A definition or a header line whose keyword is misspelled.
    fn misspelled_definition(&mut self, keyword: Keyword) {
        // What is said of a path without quotes names the word too.
        if keyword != Keyword::Include || self.token(1).kind == TokenKind::Literal || self.token(1).first_on_line {
            self.misspelled(keyword);
        }
        if keyword.defines() {
            self.definition(keyword);
        } else if self.header(keyword).is_err() {
            self.skip_to_definition();
        }
    }

    /// `@thrift.Annotation{…}`, anywhere that a definition, a field or a method may begin.
    pub(super) fn structured_annotation(&mut self) {
        let start = self.span();
        self.bump();
        if self.kind() == TokenKind::Name {
            self.bump();
        }
        if self.is(Symbol::OpenBrace) {
            self.skip_brackets();
        }
        let span = self.since(start);
        self.dialect(span, "a structured annotation", "write `(key = \"value\")` after the annotated item");
    }

    /// `include "x" as y`
    pub(super) fn dialect_include_alias(&mut self) {
        let start = self.span();
        if self.kind() == TokenKind::Name && self.text_of(start) == "as" {
            self.bump();
            if self.kind() == TokenKind::Name {
                self.bump();
            }
            let span = self.since(start);
            self.dialect(span, "an include with another name", "qualify with the name of the file");
        }
    }

    /// `stream<T>`, `sink<T, U>`, which are reported; whether it is one.
    pub(super) fn dialect_type(&mut self, span: Span, word: &str) -> bool {
        let found = matches!(word, "stream" | "sink");
        if found {
            self.dialect(span, &format!("`{word}<…>`"), "Apache's thrift has no streams");
        }
        found
    }

    /// `Point{x = 1}` as a value, with the name read already.
    pub(super) fn dialect_struct_value(&mut self, name: Span) {
        self.skip_brackets();
        let span = self.since(name);
        self.dialect(span, "a value that begins with the name of its struct", "write `{\"field\": value}`");
    }

    /// `performs Session;` where a method belongs: reported and skipped.
    pub(super) fn dialect_performs(&mut self) -> bool {
        let span = self.span();
        let found = self.text_of(span) == "performs"
            && self.token(1).kind == TokenKind::Name
            && self.token(2).kind != TokenKind::Symbol(Symbol::OpenParen);
        if found {
            self.dialect(span, "`performs`", "leave it out, and write a service in place of the interaction");
            self.bump();
            self.bump();
            self.eat_separator();
        }
        found
    }

    /// `terse` before the type of a field. It may be the type too, so what follows decides.
    pub(super) fn dialect_terse(&mut self) {
        let span = self.span();
        if self.text_of(span) == "terse" && self.before_type() {
            self.dialect(span, "`terse`", "leave it out");
            self.bump();
        }
    }

    /// A word before the result of a method that only fbthrift knows.
    pub(super) fn dialect_method_word(&mut self) {
        let span = self.span();
        let word = self.text_of(span);
        let next = self.token(1).kind;
        let typed = matches!(next, TokenKind::Name | TokenKind::Keyword(_));
        let method = self.token(2).kind == TokenKind::Symbol(Symbol::OpenParen);
        if typed && !method && matches!(word, "readonly" | "idempotent") {
            self.dialect_for(span, &format!("`{word}`"), "leave it out", "");
            self.bump();
        } else if self.before_result() && self.meant(0, &[Keyword::Oneway]).is_none() {
            self.needless_word();
        }
    }
}
