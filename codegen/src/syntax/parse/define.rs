//! Definitions other than services.

use super::field::{FieldList, Fields};
use super::{Parsed, Parser};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{Annotation, StructKind};
use crate::span::Name;
use crate::syntax::token::{Keyword, Symbol, TokenKind};
use crate::syntax::tree::{DefinitionNode, DefinitionNodeKind, EnumValueNode, ValueNodeKind};

impl Parser<'_> {
    pub(super) fn define(&mut self, name: Name, doc: Option<String>, kind: DefinitionNodeKind, damaged: bool) {
        // Its whole place is known at its end.
        let span = name.span;
        self.tree.definitions.push(DefinitionNode { name, doc, annotations: Vec::new(), kind, damaged, span });
    }

    /// The annotations of the definition that was just added, which stays even if they can't be read.
    pub(super) fn annotate_last(&mut self) -> Parsed<()> {
        let annotations: Vec<Annotation> = self.annotations()?;
        if let Some(definition) = self.tree.definitions.last_mut() {
            definition.annotations = annotations;
        }
        Ok(())
    }

    pub(super) fn typedef(&mut self) -> Parsed<()> {
        let doc = self.doc();
        self.bump();
        let ty = self.ty()?;
        let name = self.name("the name of the typedef")?;
        self.define(name, doc, DefinitionNodeKind::Typedef(ty), false);
        self.annotate_last()?;
        self.eat_separator();
        Ok(())
    }

    pub(super) fn constant(&mut self) -> Parsed<()> {
        let doc = self.doc();
        self.bump();
        if self.kind() == TokenKind::Name && self.token(1).kind == TokenKind::Symbol(Symbol::Equals) {
            let span = self.span();
            let name = self.text_of(span);
            return Err(self.complain(
                Diagnostic::at(Code::E020, span, format!("the constant `{name}` has no type"), "expected a type")
                    .help(format!("write the type before the name, as in `const i32 {name} = 1`")),
            ));
        }
        let ty = self.ty()?;
        let name = self.name("the name of the constant")?;
        let value = match self.equals() {
            Ok(_) => self.value(),
            Err(reported) => Err(reported),
        };
        let result = value.as_ref().map(|_| ()).map_err(|reported| *reported);
        let value = value.ok().filter(|value| !matches!(value.kind, ValueNodeKind::Unknown));
        let damaged = value.is_none();
        self.define(name, doc, DefinitionNodeKind::Const(ty, value), damaged);
        result?;
        if self.is(Symbol::OpenParen) {
            let span = self.span();
            self.report(
                Diagnostic::at(Code::W004, span, "annotations follow a constant", "")
                    .help("remove them: Apache's compiler refuses them here"),
            );
            self.annotate_last()?;
        }
        self.eat_separator();
        Ok(())
    }

    pub(super) fn record(&mut self, keyword: Keyword) -> Parsed<()> {
        let doc = self.doc();
        self.bump();
        let (kind, what) = match keyword {
            Keyword::Union => (StructKind::Union, "the name of the union"),
            Keyword::Exception => (StructKind::Exception, "the name of the exception"),
            _ => (StructKind::Struct, "the name of the struct"),
        };
        let name = self.name(what)?;
        self.eat_keyword(Keyword::XsdAll);
        self.no_parent(keyword);
        let (body, result) = match self.open_body() {
            Ok(open) => (self.fields(open, FieldList::Record), Ok(())),
            Err(reported) => (Fields { fields: Vec::new(), damaged: true }, Err(reported)),
        };
        self.define(name, doc, DefinitionNodeKind::Struct(kind, body.fields), body.damaged);
        result?;
        self.annotate_last()
    }

    pub(super) fn enumeration(&mut self) -> Parsed<()> {
        let doc = self.doc();
        self.bump();
        let name = self.name("the name of the enum")?;
        self.no_parent(Keyword::Enum);
        let mut values = Vec::new();
        let (damaged, result) = match self.open_body() {
            Ok(open) => (
                self.members(open, |parser| {
                    let value = parser.enum_value()?;
                    values.push(value);
                    Ok(())
                }),
                Ok(()),
            ),
            Err(reported) => (true, Err(reported)),
        };
        self.define(name, doc, DefinitionNodeKind::Enum(values), damaged);
        result?;
        self.annotate_last()
    }

    fn enum_value(&mut self) -> Parsed<EnumValueNode> {
        let (doc, start) = (self.doc(), self.span());
        let name = self.name("the name of an enum member")?;
        let value = if self.eat(Symbol::Equals).is_some() || self.equals_is_meant() {
            let span = self.span();
            if let Some(found) = self.eat_keyword(Keyword::True).or_else(|| self.eat_keyword(Keyword::False)) {
                // Both are integers for Apache's compiler.
                let value = i64::from(self.text_of(found) == "true");
                Some(crate::syntax::tree::Number { value: Some(value), span })
            } else {
                Some(self.integer()?)
            }
        } else {
            None
        };
        let annotations = self.annotations()?;
        let span = self.since(start);
        self.end_of_member()?;
        Ok(EnumValueNode { name, value, doc, annotations, span })
    }

    pub(super) fn senum(&mut self) -> Parsed<()> {
        let doc = self.doc();
        let span = self.span();
        self.report(
            Diagnostic::at(Code::W004, span, "`senum` is outdated", "")
                .help("write `typedef string` and constants: Apache's compiler no longer knows it"),
        );
        self.bump();
        let name = self.name("the name of the senum")?;
        let mut values = Vec::new();
        let (damaged, result) = match self.expect(Symbol::OpenBrace) {
            Ok(open) => (
                self.members(open, |parser| {
                    let value = parser.literal("a string")?;
                    values.push(value);
                    parser.end_of_member()
                }),
                Ok(()),
            ),
            Err(reported) => (true, Err(reported)),
        };
        self.define(name, doc, DefinitionNodeKind::Senum(values), damaged);
        result?;
        self.annotate_last()
    }

    /// What is between braces, one by one; whether something could not be read.
    fn members(&mut self, open: crate::span::Span, mut member: impl FnMut(&mut Self) -> Parsed<()>) -> bool {
        let mut damaged = false;
        while self.eat(Symbol::CloseBrace).is_none() {
            if self.kind() == TokenKind::End || self.at_definition() {
                if !damaged || self.kind() == TokenKind::End {
                    self.unclosed(open, "this body");
                }
                return true;
            }
            let mark = self.mark();
            if self.is(Symbol::At) {
                self.structured_annotation();
            } else if member(self).is_err() {
                damaged = true;
                self.skip_to_member(Symbol::CloseBrace, mark);
            }
        }
        damaged
    }

    fn end_of_member(&mut self) -> Parsed<()> {
        let follows = match self.kind() {
            TokenKind::Name | TokenKind::Malformed | TokenKind::Keyword(_) | TokenKind::Literal | TokenKind::End => {
                true
            }
            TokenKind::Symbol(symbol) => matches!(symbol, Symbol::CloseBrace | Symbol::At),
            _ => false,
        };
        let over = self.eat_separator() || follows || self.token(0).first_on_line;
        if over { Ok(()) } else { Err(self.expected("`,` or the next member")) }
    }
}
