//! Definitions at places where they are not allowed: in a body, or in place of a type.

use super::Parser;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::syntax::token::{Keyword, Symbol, TokenKind};
use crate::syntax::tree::MAX_DEPTH;

impl Parser<'_> {
    /// A definition in the body that `open` opened: reported, and read as the definition it is. `false` if none begins
    /// here, or if it is more likely that the body was never closed: then the definition is not indented more.
    pub(super) fn nested_definition(&mut self, open: Span, body: &str) -> bool {
        let TokenKind::Keyword(keyword) = self.kind() else { return false };
        if !keyword.defines() || !self.at_definition() {
            return false;
        }
        let span = self.span();
        if self.token(0).first_on_line && self.indent(span.start) <= self.indent(open.start) {
            return false;
        }
        let what = what(keyword);
        self.complain(
            Diagnostic::at(Code::E028, span, format!("{what} can't be defined inside {body}"), "")
                .help("move it to the top level of the file"),
        );
        if self.depth >= MAX_DEPTH {
            self.skip_body();
        } else {
            self.depth += 1;
            self.definition(keyword);
            self.depth -= 1;
        }
        true
    }

    /// `struct B b` as in C, `struct { … } b`, in place of a type. `false` if it is something else.
    pub(super) fn definition_as_type(&mut self, keyword: Keyword) -> bool {
        let span = self.span();
        let brace = |ahead: usize| self.token(ahead).kind == TokenKind::Symbol(Symbol::OpenBrace);
        let named = self.token(1).kind == TokenKind::Name && !self.token(1).first_on_line;
        if brace(1) || (named && brace(2)) {
            self.report(
                Diagnostic::at(Code::E028, span, format!("{} can't be defined in place of a type", what(keyword)), "")
                    .help("define it at the top level of the file, and write its name here"),
            );
            self.skip_body();
            return true;
        }
        let word = matches!(self.token(2).kind, TokenKind::Name | TokenKind::Keyword(_));
        if named && word && !self.token(2).first_on_line {
            let text = keyword.text();
            let end = self.token(1).start;
            self.report(
                Diagnostic::at(Code::E028, span, format!("`{text}` is not allowed before a type"), "")
                    .help("remove it")
                    .fix(Span { end, ..span }, ""),
            );
            self.bump();
            self.bump();
            return true;
        }
        false
    }

    /// From the keyword of a definition to after its body.
    fn skip_body(&mut self) {
        let mark = self.mark();
        self.bump();
        while !self.is(Symbol::OpenBrace) && self.kind() != TokenKind::End {
            self.bump();
        }
        self.skip_brackets();
        self.lose_names(mark);
    }

    /// How many characters of space its line begins with.
    fn indent(&self, at: u32) -> usize {
        let text = self.text.get(..at as usize).unwrap_or_default();
        let line = text.rfind('\n').map_or(0, |end| end + 1);
        let line = self.text.get(line..).unwrap_or_default();
        line.len() - line.trim_start_matches([' ', '\t']).len()
    }

    /// `struct X extends Y`: reported and skipped.
    pub(super) fn no_parent(&mut self, keyword: Keyword) {
        let span = self.span();
        let extends = match self.kind() {
            TokenKind::Keyword(Keyword::Extends) | TokenKind::Symbol(Symbol::Colon) => true,
            TokenKind::Name => self.meant(0, &[Keyword::Extends]).is_some(),
            _ => false,
        };
        if !extends || self.token(0).first_on_line {
            return;
        }
        self.bump();
        while matches!(self.kind(), TokenKind::Name | TokenKind::Keyword(_) | TokenKind::Symbol(Symbol::Comma))
            && !self.token(0).first_on_line
        {
            self.bump();
        }
        let whole = self.since(span);
        let message = format!("{} can't extend another one; only a service can", what(keyword));
        let help = match keyword {
            Keyword::Enum => "remove it: an enum is always sent as an i32",
            _ => "copy the fields of the other one, or add a field of its type",
        };
        self.report(Diagnostic::at(Code::E028, whole, message, "").help(help));
    }
}

fn what(keyword: Keyword) -> &'static str {
    match keyword {
        Keyword::Const => "a constant",
        Keyword::Enum => "an enum",
        Keyword::Exception => "an exception",
        Keyword::Service => "a service",
        Keyword::Typedef => "a typedef",
        Keyword::Union => "a union",
        _ => "a struct",
    }
}
