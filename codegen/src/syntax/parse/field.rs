//! Fields: of records, of arguments, of `throws`.

use super::{Parsed, Parser};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::Requiredness;
use crate::span::{Name, Span};
use crate::syntax::token::{Keyword, Symbol, TokenKind};
use crate::syntax::tree::{FieldNode, MAX_DEPTH, Number};

/// What a list of fields belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldList {
    Record,
    Arguments,
    Throws,
}

impl FieldList {
    fn close(self) -> Symbol {
        if self == Self::Record { Symbol::CloseBrace } else { Symbol::CloseParen }
    }

    fn what(self) -> &'static str {
        match self {
            Self::Record => "this body",
            Self::Arguments => "this list of arguments",
            Self::Throws => "this list of exceptions",
        }
    }

    fn field(self) -> &'static str {
        match self {
            Self::Record => "a field",
            Self::Arguments => "an argument",
            Self::Throws => "an exception",
        }
    }
}

/// A list of fields, and whether one of them could not be read.
pub(super) struct Fields {
    pub(super) fields: Vec<FieldNode>,
    pub(super) damaged: bool,
}

impl Parser<'_> {
    /// The fields after an opening bracket, and the bracket that closes them.
    pub(super) fn fields(&mut self, open: Span, place: FieldList) -> Fields {
        let mut out = Fields { fields: Vec::new(), damaged: false };
        let close = place.close();
        while self.eat(close).is_none() {
            if place == FieldList::Record && self.nested_definition(open, "a struct") {
                continue;
            }
            let over = self.kind() == TokenKind::End || self.is(Symbol::CloseBrace) || self.at_definition();
            if over || self.no_field_begins(place) {
                // A broken field may have swallowed the bracket.
                if !out.damaged || self.kind() == TokenKind::End {
                    self.unclosed(open, place.what());
                }
                out.damaged = true;
                break;
            }
            if self.is(Symbol::At) {
                self.structured_annotation();
                continue;
            }
            let mark = self.mark();
            match self.field(place) {
                Ok(field) => out.fields.push(field),
                Err(_) => {
                    out.damaged = true;
                    self.skip_to_member(close, mark);
                }
            }
        }
        out
    }

    fn field(&mut self, place: FieldList) -> Parsed<FieldNode> {
        let (doc, start) = (self.doc(), self.span());
        let id = self.field_id()?;
        let requiredness = self.requiredness();
        self.dialect_terse();
        if id.is_none() && requiredness.1.is_none() && !self.type_begins() {
            return Err(self.unexpected(place.field()));
        }
        let swapped = self.name_before_type();
        let ty = self.ty()?;
        let reference = self.eat(Symbol::Ampersand).is_some();
        let name = match swapped {
            Some(name) => Some(self.report_swapped(name, ty.span)),
            None => self.field_name(place)?,
        };
        let default = if self.eat(Symbol::Equals).is_some() { Some(self.value()?) } else { None };
        self.xsd_attributes(0)?;
        let annotations = self.annotations()?;
        let span = self.since(start);
        self.end_of_field(place)?;
        Ok(FieldNode { id, requiredness, ty, reference, name, default, doc, annotations, span })
    }

    /// Whether a keyword is here that begins a definition or a method, so that the list must have ended.
    fn no_field_begins(&self, place: FieldList) -> bool {
        match self.kind() {
            TokenKind::Keyword(Keyword::Void | Keyword::Oneway | Keyword::Async) => place != FieldList::Record,
            TokenKind::Keyword(Keyword::Throws) => {
                place == FieldList::Arguments && self.token(1).kind == TokenKind::Symbol(Symbol::OpenParen)
            }
            TokenKind::Keyword(keyword) if keyword.defines() => true,
            _ => place != FieldList::Record && self.method_begins(),
        }
    }

    fn type_begins(&self) -> bool {
        match self.kind() {
            TokenKind::Name | TokenKind::Malformed | TokenKind::Symbol(Symbol::OpenBracket | Symbol::Star) => true,
            TokenKind::Keyword(keyword) => !keyword.defines() && !keyword.heads(),
            _ => false,
        }
    }

    fn field_id(&mut self) -> Parsed<Option<Number>> {
        let colon = self.token(1).kind == TokenKind::Symbol(Symbol::Colon);
        // `1. i32 a`
        let dotted =
            self.text_of(self.span()).strip_suffix('.').filter(|_| self.kind() == TokenKind::Malformed && !colon);
        if dotted.is_some_and(|id| id.bytes().all(|byte| byte.is_ascii_digit())) {
            let span = self.span();
            self.bump();
            self.excused.push(span);
            let place = Span { start: span.end.saturating_sub(1), ..span };
            let diagnostic = Diagnostic::at(Code::E020, place, "expected `:` after the field id, found `.`", "");
            self.report(diagnostic.help("write `:`").fix(place, ":"));
            return Ok(Some(Number { value: None, span }));
        }
        let malformed = self.kind() == TokenKind::Malformed && colon;
        if self.kind() != TokenKind::Int && !malformed {
            return Ok(None);
        }
        let id = self.integer()?;
        self.colon_of_id()?;
        Ok(Some(id))
    }

    fn requiredness(&mut self) -> (Requiredness, Option<Span>) {
        if let Some(span) = self.eat_keyword(Keyword::Required) {
            (Requiredness::Required, Some(span))
        } else if let Some(span) = self.eat_keyword(Keyword::Optional) {
            (Requiredness::Optional, Some(span))
        } else if self.before_type() && self.text_of(self.span()) != "terse" {
            let span = self.span();
            let meant = self.meant(0, &[Keyword::Optional, Keyword::Required]);
            let Some(keyword) = meant else {
                self.needless_word();
                return (Requiredness::Default, None);
            };
            self.misspelled(keyword);
            self.bump();
            let optional = keyword == Keyword::Optional;
            (if optional { Requiredness::Optional } else { Requiredness::Required }, Some(span))
        } else {
            (Requiredness::Default, None)
        }
    }

    /// Nearly every keyword may name a field; an exception that is thrown needs no name.
    fn field_name(&mut self, place: FieldList) -> Parsed<Option<Name>> {
        let span = self.span();
        match self.kind() {
            TokenKind::Keyword(keyword) if keyword.may_name_a_field() && !self.at_definition() => {
                self.bump();
                Ok(Some(Name { text: keyword.text().to_owned(), span }))
            }
            TokenKind::Symbol(Symbol::CloseParen | Symbol::Comma | Symbol::Semicolon) if place == FieldList::Throws => {
                self.report(
                    Diagnostic::at(Code::W004, span, "this exception has no name", "expected a name")
                        .help("name it, as in `1: NotFound missing`: Apache's compiler refuses it without"),
                );
                Ok(None)
            }
            _ => {
                let what = match place {
                    FieldList::Record => "the name of the field",
                    FieldList::Arguments => "the name of the argument",
                    FieldList::Throws => "the name of the exception",
                };
                self.name(what).map(Some)
            }
        }
    }

    /// `xsd_optional xsd_nillable xsd_attrs { … }`: read, but not used.
    fn xsd_attributes(&mut self, depth: usize) -> Parsed<()> {
        self.eat_keyword(Keyword::XsdOptional);
        self.eat_keyword(Keyword::XsdNillable);
        if let Some(start) = self.eat_keyword(Keyword::XsdAttrs) {
            if depth >= MAX_DEPTH && self.is(Symbol::OpenBrace) {
                self.too_deep(start, "list of attributes");
                self.skip_brackets();
                self.hush();
                return Ok(());
            }
            let open = self.expect(Symbol::OpenBrace)?;
            self.attributes(open, depth)?;
        }
        Ok(())
    }

    /// The fields of `xsd_attrs`, which may have attributes again.
    fn attributes(&mut self, open: Span, depth: usize) -> Parsed<()> {
        while self.eat(Symbol::CloseBrace).is_none() {
            if self.kind() == TokenKind::End || self.at_definition() {
                return Err(self.unclosed(open, "this list of attributes"));
            }
            self.field_id()?;
            self.requiredness();
            self.ty()?;
            self.eat(Symbol::Ampersand);
            self.field_name(FieldList::Record)?;
            if self.eat(Symbol::Equals).is_some() {
                self.value()?;
            }
            self.xsd_attributes(depth + 1)?;
            self.annotations()?;
            self.eat_separator();
        }
        Ok(())
    }

    /// A separator, or what can follow without one: otherwise the field goes on in a way that it can't.
    fn end_of_field(&mut self, place: FieldList) -> Parsed<()> {
        if self.eat_separator() {
            return Ok(());
        }
        let follows = match self.kind() {
            TokenKind::Int | TokenKind::Name | TokenKind::Malformed | TokenKind::Keyword(_) | TokenKind::End => true,
            TokenKind::Symbol(symbol) => {
                symbol == place.close() || symbol == Symbol::At || symbol == Symbol::CloseBrace
            }
            _ => false,
        };
        let over = follows || self.token(0).first_on_line;
        if over { Ok(()) } else { Err(self.expected("`,` or the next field")) }
    }
}
