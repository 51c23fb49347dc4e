//! Services and their methods.

use super::field::{FieldList, Fields};
use super::{Parsed, Parser};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::syntax::token::{Keyword, Symbol, TokenKind};
use crate::syntax::tree::{DefinitionNodeKind, MethodNode};

impl Parser<'_> {
    pub(super) fn service(&mut self) -> Parsed<()> {
        let doc = self.doc();
        self.bump();
        let name = self.name("the name of the service")?;
        let mut parent = None;
        let mut damaged = false;
        let mut methods = Vec::new();
        let result = self.service_head(&mut parent).map(|open| damaged = self.methods(open, &mut methods));
        damaged |= result.is_err();
        self.define(name, doc, DefinitionNodeKind::Service(parent, methods), damaged);
        result?;
        self.annotate_last()
    }

    fn service_head(&mut self, parent: &mut Option<crate::span::Name>) -> Parsed<Span> {
        if self.extends() {
            *parent = Some(self.dotted_name("the name of a service")?);
        }
        self.open_body()
    }

    /// `extends`, or the word or the mark that was meant for it.
    pub(super) fn extends(&mut self) -> bool {
        if self.eat_keyword(Keyword::Extends).is_some() {
            return true;
        }
        let misspelled = self.kind() == TokenKind::Name && self.token(1).kind == TokenKind::Name;
        let colon = self.is(Symbol::Colon);
        if colon || (misspelled && !self.token(0).first_on_line) {
            self.misspelled(Keyword::Extends);
            self.bump();
            return true;
        }
        false
    }

    fn methods(&mut self, open: Span, methods: &mut Vec<MethodNode>) -> bool {
        let mut damaged = false;
        while self.eat(Symbol::CloseBrace).is_none() {
            if self.nested_definition(open, "a service") {
                continue;
            }
            if self.kind() == TokenKind::End || self.at_definition() {
                if !damaged || self.kind() == TokenKind::End {
                    self.unclosed(open, "this body");
                }
                return true;
            }
            if self.is(Symbol::At) {
                self.structured_annotation();
                continue;
            }
            if self.dialect_performs() {
                continue;
            }
            if self.foreign_method() {
                damaged = true;
                continue;
            }
            let mark = self.mark();
            match self.method(&mut damaged) {
                Ok(method) => methods.push(method),
                Err(_) => {
                    damaged = true;
                    self.skip_to_member(Symbol::CloseBrace, mark);
                }
            }
        }
        damaged
    }

    fn method(&mut self, damaged: &mut bool) -> Parsed<MethodNode> {
        let (doc, start) = (self.doc(), self.span());
        self.dialect_method_word();
        let oneway = match self.eat_keyword(Keyword::Async) {
            Some(span) => {
                self.report(
                    Diagnostic::at(Code::W005, span, "`async` is the old word for `oneway`", "")
                        .help("write `oneway`")
                        .fix(span, "oneway"),
                );
                Some(span)
            }
            None if self.before_result() && self.meant(0, &[Keyword::Oneway]).is_some() => {
                let span = self.span();
                self.misspelled(Keyword::Oneway);
                self.bump();
                Some(span)
            }
            None => self.eat_keyword(Keyword::Oneway),
        };
        let result = match self.eat_keyword(Keyword::Void) {
            Some(_) => None,
            None => Some(self.result_type()?),
        };
        let name = self.name("the name of the method")?;
        let arguments = match self.open_arguments()? {
            Some(open) => self.fields(open, FieldList::Arguments),
            None => Fields { fields: Vec::new(), damaged: false },
        };
        let throws_span = self.throws();
        let mut throws = Fields { fields: Vec::new(), damaged: false };
        if throws_span.is_some() && !arguments.damaged {
            let open = self.expect(Symbol::OpenParen)?;
            throws = self.fields(open, FieldList::Throws);
        } else if throws_span.is_some()
            && let Some(open) = self.eat(Symbol::OpenParen)
        {
            throws = self.fields(open, FieldList::Throws);
        }
        *damaged |= arguments.damaged || throws.damaged;
        let annotations = self.annotations()?;
        let span = self.since(start);
        self.end_of_method()?;
        let (arguments, throws) = (arguments.fields, throws.fields);
        Ok(MethodNode { name, oneway, result, arguments, throws, throws_span, doc, annotations, span })
    }

    /// `throws`, or the word that was meant for it.
    fn throws(&mut self) -> Option<Span> {
        let span = self.span();
        let paren = self.token(1).kind == TokenKind::Symbol(Symbol::OpenParen);
        if paren && self.meant(0, &[Keyword::Throws]).is_some() {
            self.misspelled(Keyword::Throws);
            self.bump();
            return Some(span);
        }
        self.eat_keyword(Keyword::Throws)
    }

    /// The result of a method, with a message of its own where no method begins.
    fn result_type(&mut self) -> Parsed<crate::syntax::tree::TypeNode> {
        match self.kind() {
            TokenKind::Name if self.token(1).kind == TokenKind::Symbol(Symbol::OpenParen) => {
                let span = self.span();
                let word = self.text_of(span);
                Err(self.complain(
                    Diagnostic::at(Code::E020, span, format!("the method `{word}` has no result type"), "")
                        .help(format!("write `void {word}(`, or the type of the result"))
                        .fix(Span { end: span.start, ..span }, "void "),
                ))
            }
            TokenKind::Name | TokenKind::Malformed | TokenKind::Keyword(_) => self.ty(),
            _ => Err(self.unexpected("a method")),
        }
    }

    fn end_of_method(&mut self) -> Parsed<()> {
        let follows = match self.kind() {
            TokenKind::Name | TokenKind::Malformed | TokenKind::Keyword(_) | TokenKind::End => true,
            TokenKind::Symbol(symbol) => matches!(symbol, Symbol::CloseBrace | Symbol::At),
            _ => false,
        };
        let over = self.eat_separator() || follows || self.token(0).first_on_line;
        if over { Ok(()) } else { Err(self.expected("`,` or the next method")) }
    }
}
