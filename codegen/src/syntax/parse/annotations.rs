//! Annotations, and the quoted texts in them and elsewhere.

use super::{Parsed, Parser};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::Annotation;
use crate::nearest::nearest;
use crate::span::{Name, Span};
use crate::syntax::literal::unquote;
use crate::syntax::token::{Symbol, TokenKind};
use crate::syntax::tree::Literal;

const BASE_TYPES: [&str; 10] = ["binary", "bool", "byte", "double", "i16", "i32", "i64", "i8", "string", "uuid"];

/// More names with annotations are not looked at twice.
const MOST: usize = 100;

impl Parser<'_> {
    /// Apache's grammar has annotations after base types and containers only.
    pub(super) fn annotations_of_named_type(&mut self, name: &str) -> Vec<Annotation> {
        let start = self.span();
        let annotated = self.is(Symbol::OpenParen)
            && matches!(self.token(1).kind, TokenKind::Name | TokenKind::Symbol(Symbol::CloseParen))
            && self.annotation_follows();
        if !annotated {
            return Vec::new();
        }
        self.skip_brackets();
        let span = self.since(start);
        let diagnostic = Diagnostic::at(
            Code::E025,
            span,
            "annotations on the name of a type are fbthrift's, Apache's thrift has them behind base types and \
                 containers only",
            "",
        )
        .help("annotate the field after its name, or the definition of the type");
        if self.annotated.len() < MOST {
            self.annotated.push((name.to_owned(), diagnostic));
        } else {
            self.report(diagnostic);
        }
        Vec::new()
    }

    /// Reports annotations of names, except of a name that is probably a misspelled base type, which nothing defines.
    pub(super) fn report_annotated(&mut self) {
        for (name, diagnostic) in std::mem::take(&mut self.annotated) {
            let misspelled = nearest(&name, BASE_TYPES).is_some()
                && self.tree.definitions.iter().all(|definition| definition.name.text != name);
            if !misspelled {
                self.report(diagnostic);
            }
        }
    }

    /// Whether the parenthesis here opens annotations; that of a method's arguments comes after a name.
    fn annotation_follows(&self) -> bool {
        matches!(
            self.token(2).kind,
            TokenKind::Symbol(Symbol::Equals | Symbol::Comma | Symbol::Semicolon | Symbol::CloseParen)
        )
    }

    /// `(key = "value", …)`, or nothing.
    pub(super) fn annotations(&mut self) -> Parsed<Vec<Annotation>> {
        let mut found = Vec::new();
        let Some(open) = self.eat(Symbol::OpenParen) else { return Ok(found) };
        while self.eat(Symbol::CloseParen).is_none() {
            if self.kind() == TokenKind::End || self.is(Symbol::CloseBrace) || self.at_definition() {
                return Err(self.unclosed(open, "this list of annotations"));
            }
            let mark = self.mark();
            match self.annotation() {
                Ok(annotation) => found.push(annotation),
                Err(_) => self.skip_to_member(Symbol::CloseParen, mark),
            }
        }
        Ok(found)
    }

    fn annotation(&mut self) -> Parsed<Annotation> {
        // Any word is a key, keywords too: `(required = "1")`.
        let span = self.span();
        let key = match self.kind() {
            TokenKind::Name | TokenKind::Malformed | TokenKind::Keyword(_) => {
                Name { text: self.text_of(span).to_owned(), span }
            }
            _ => return Err(self.expected("the key of an annotation")),
        };
        if let TokenKind::Keyword(_) = self.kind() {
            self.report(
                Diagnostic::at(Code::W004, span, format!("the keyword `{key}` is the key of an annotation"), "")
                    .help("write another key: Apache's compiler refuses keywords here"),
            );
        }
        self.bump();
        let mut value = "1".to_owned();
        if self.eat(Symbol::Equals).is_some() {
            let found = self.span();
            if let TokenKind::Int | TokenKind::Double | TokenKind::Keyword(_) | TokenKind::Name = self.kind() {
                let text = self.text_of(found);
                self.report(
                    Diagnostic::at(Code::E026, found, "the value of an annotation must be a string", "")
                        .help(format!("write `{key} = \"{text}\"`"))
                        .fix(found, format!("\"{text}\"")),
                );
                self.bump();
            } else {
                value = self.literal("the value of an annotation in quotes")?.text;
            }
        }
        self.eat_separator();
        Ok(Annotation { key, value })
    }

    /// A quoted text.
    pub(super) fn literal(&mut self, what: &str) -> Parsed<Literal> {
        if self.kind() != TokenKind::Literal {
            return Err(self.expected(what));
        }
        let token = self.bump();
        let span = self.span_of(token);
        let (text, bad) = unquote(self.text_of(span));
        for escape in bad {
            let start = span.start + escape.at as u32;
            let place = Span { start, end: start + 1 + escape.escape.len_utf8() as u32, ..span };
            self.report(
                Diagnostic::at(Code::E013, place, format!("`\\{}` is not an escape sequence", escape.escape), "")
                    .help(r#"write `\\` for a backslash; the escapes are \n \r \t \\ \" \'"#),
            );
        }
        Ok(Literal { text, span })
    }
}
