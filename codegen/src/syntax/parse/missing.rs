//! Punctuation that is missing or wrong: reported, and read as if the right one were there.

use super::{Parsed, Parser};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::syntax::token::{Keyword, Symbol, TokenKind};

impl Parser<'_> {
    fn missing(&mut self, mark: &str, before: &str) -> Span {
        let place = self.place_behind();
        self.complain(
            Diagnostic::at(Code::E020, place, format!("expected `{mark}` here"), "")
                .help(format!("write `{mark}`"))
                .fix(place, format!("{before}{mark}")),
        );
        place
    }

    /// Reports a wrong punctuation character here, and reads it.
    fn wrong(&mut self, right: &str) {
        let span = self.span();
        let message = format!("expected `{right}`, found `{}`", self.text_of(span));
        self.complain(Diagnostic::at(Code::E020, span, message, "").help(format!("write `{right}`")).fix(span, right));
        self.bump();
    }

    fn same_line(&self, ahead: usize) -> bool {
        !self.token(ahead).first_on_line && self.token(ahead).kind != TokenKind::End
    }

    fn is_word(&self, ahead: usize) -> bool {
        matches!(self.token(ahead).kind, TokenKind::Name | TokenKind::Malformed | TokenKind::Keyword(_))
    }

    /// The brace that opens the body of a definition.
    pub(super) fn open_body(&mut self) -> Parsed<Span> {
        let member = match self.kind() {
            TokenKind::Int => self.token(1).kind == TokenKind::Symbol(Symbol::Colon),
            TokenKind::Name | TokenKind::Keyword(_) => self.token(0).first_on_line && !self.line_begins_definition(),
            TokenKind::Symbol(Symbol::CloseBrace) => true,
            _ => false,
        };
        if self.is(Symbol::OpenBrace) || !member || self.at_definition() {
            return self.expect(Symbol::OpenBrace);
        }
        Ok(self.missing("{", " "))
    }

    /// The parenthesis that opens the arguments of a method; `None` if it has none at all, which is then reported.
    pub(super) fn open_arguments(&mut self) -> Parsed<Option<Span>> {
        let inside = match self.kind() {
            TokenKind::Int => self.token(1).kind == TokenKind::Symbol(Symbol::Colon),
            TokenKind::Symbol(Symbol::CloseParen) => true,
            _ => false,
        };
        if inside && self.same_line(0) {
            return Ok(Some(self.missing("(", "")));
        }
        let over = match self.kind() {
            TokenKind::Symbol(symbol) => matches!(symbol, Symbol::CloseBrace | Symbol::Comma | Symbol::Semicolon),
            TokenKind::Keyword(Keyword::Throws) => true,
            TokenKind::Name | TokenKind::Keyword(_) => self.token(0).first_on_line && !self.at_definition(),
            _ => false,
        };
        if over {
            self.missing("()", "");
            return Ok(None);
        }
        self.expect(Symbol::OpenParen).map(Some)
    }

    /// The mark before the value of a constant.
    pub(super) fn equals(&mut self) -> Parsed<Span> {
        if self.is(Symbol::Colon) && self.token(1).kind == TokenKind::Symbol(Symbol::Equals) {
            let span = Span { end: self.token(1).end, ..self.span() };
            self.bump();
            let diagnostic = Diagnostic::at(Code::E020, span, "expected `=`, found `:=`", "");
            self.complain(diagnostic.help("write `=`").fix(span, "="));
        } else if self.is(Symbol::Colon) {
            let span = self.span();
            self.wrong("=");
            return Ok(span);
        }
        let value = match self.kind() {
            TokenKind::Int | TokenKind::Double | TokenKind::Literal | TokenKind::Malformed => true,
            TokenKind::Keyword(keyword) => matches!(keyword, Keyword::True | Keyword::False),
            TokenKind::Symbol(symbol) => matches!(symbol, Symbol::OpenBracket | Symbol::OpenBrace),
            _ => false,
        };
        if value && self.same_line(0) {
            return Ok(self.missing("=", " "));
        }
        self.expect(Symbol::Equals)
    }

    /// Whether another mark than `=`, or none, precedes the value of an enum member. It is reported and read.
    pub(super) fn equals_is_meant(&mut self) -> bool {
        if self.is(Symbol::Colon) {
            self.wrong("=");
            return true;
        }
        let value = self.kind() == TokenKind::Int && self.same_line(0);
        if value {
            self.missing("=", " ");
        }
        value
    }

    /// The mark after a field id.
    pub(super) fn colon_of_id(&mut self) -> Parsed<()> {
        if self.eat(Symbol::Colon).is_some() {
            return Ok(());
        }
        let type_begins = |ahead: usize| {
            let bracket = self.token(ahead).kind == TokenKind::Symbol(Symbol::OpenBracket);
            self.same_line(ahead) && (bracket || self.is_word(ahead))
        };
        if type_begins(0) {
            let place = self.place_behind();
            let message = "expected `:` after the field id";
            self.complain(Diagnostic::at(Code::E020, place, message, "").help("write `:`").fix(place, ":"));
            return Ok(());
        }
        let mark = matches!(
            self.kind(),
            TokenKind::Symbol(
                Symbol::Equals
                    | Symbol::CloseParen
                    | Symbol::Comma
                    | Symbol::Semicolon
                    | Symbol::Dash
                    | Symbol::CloseBracket
            )
        );
        if mark && type_begins(1) {
            self.wrong(":");
            return Ok(());
        }
        self.expect(Symbol::Colon).map(|_| ())
    }

    /// Whether a line begins here that can only be a method, so that the list of arguments before it is not closed.
    pub(super) fn method_begins(&self) -> bool {
        const LONGEST: usize = 24;
        if !self.token(0).first_on_line || !self.is_word(0) {
            return false;
        }
        for ahead in 1..LONGEST {
            let token = self.token(ahead);
            if token.first_on_line {
                return false;
            }
            match token.kind {
                TokenKind::Name | TokenKind::Keyword(_) => {}
                TokenKind::Symbol(Symbol::OpenAngle | Symbol::CloseAngle | Symbol::Comma) => {}
                TokenKind::Symbol(Symbol::OpenParen) => {
                    let is = |ahead: usize, symbols: &[Symbol]| matches!(self.token(ahead).kind, TokenKind::Symbol(symbol) if symbols.contains(&symbol));
                    // Annotations have parentheses too.
                    let annotated = self.is_word(ahead + 1)
                        && is(ahead + 2, &[Symbol::Equals, Symbol::Comma, Symbol::Semicolon, Symbol::CloseParen]);
                    let empty = is(ahead + 1, &[Symbol::CloseParen])
                        && is(ahead + 2, &[Symbol::Comma, Symbol::Semicolon, Symbol::CloseParen]);
                    return ahead >= 2 && self.is_word(ahead - 1) && !annotated && !empty;
                }
                _ => return false,
            }
        }
        false
    }
}
