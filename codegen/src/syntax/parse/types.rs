//! Types and annotations.

use super::{Parsed, Parser};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{self, Annotation};
use crate::span::{Name, Span};
use crate::syntax::literal::unquote;
use crate::syntax::token::{Keyword, Symbol, TokenKind};
use crate::syntax::tree::{Literal, MAX_DEPTH, Type, TypeKind};

impl Parser<'_> {
    /// A type with its annotations.
    pub(super) fn ty(&mut self) -> Parsed<Type> {
        self.nested_type(0)
    }

    fn nested_type(&mut self, depth: usize) -> Parsed<Type> {
        let start = self.span();
        let kind = match self.kind() {
            TokenKind::Name => {
                if self.dialect_type() {
                    return Ok(Type { kind: TypeKind::Unknown, annotations: Vec::new(), span: start });
                }
                let name = self.dotted_name("a type")?;
                let span = self.since(start);
                let annotations = self.annotations_of_named_type();
                return Ok(Type { kind: TypeKind::Named(name.text), annotations, span });
            }
            TokenKind::Keyword(keyword) => match base(keyword) {
                Some(kind) => {
                    self.bump();
                    TypeKind::Base(kind)
                }
                None => match keyword {
                    Keyword::List | Keyword::Set | Keyword::Map if depth >= MAX_DEPTH => {
                        self.too_deep(start, "type");
                        self.skip_brackets_of_type();
                        self.hush();
                        TypeKind::Unknown
                    }
                    Keyword::List | Keyword::Set | Keyword::Map => self.container(keyword, depth)?,
                    Keyword::Void => {
                        self.report(Diagnostic::at(
                            Code::E020,
                            start,
                            "`void` can only be the result of a method",
                            "expected a type",
                        ));
                        self.bump();
                        TypeKind::Unknown
                    }
                    _ => return Err(self.expected("a type")),
                },
            },
            TokenKind::Malformed => {
                self.bump();
                TypeKind::Unknown
            }
            _ => return Err(self.expected("a type")),
        };
        let span = self.since(start);
        Ok(Type { kind, annotations: self.annotations()?, span })
    }

    fn container(&mut self, keyword: Keyword, depth: usize) -> Parsed<TypeKind> {
        self.bump();
        let before = self.cpp_type()?;
        let open = self.expect(Symbol::OpenAngle)?;
        let first = Box::new(self.nested_type(depth + 1)?);
        let kind = match keyword {
            Keyword::Map => {
                self.expect(Symbol::Comma)?;
                TypeKind::Map(first, Box::new(self.nested_type(depth + 1)?))
            }
            Keyword::Set => TypeKind::Set(first),
            _ => TypeKind::List(first),
        };
        if self.eat(Symbol::CloseAngle).is_none() {
            return Err(self.unclosed(open, &format!("this {}", keyword.text())));
        }
        // Apache's grammar has it behind a list too, as a leftover, but not behind the others.
        let behind = self.span();
        if let Some(found) = self.cpp_type()?
            && keyword != Keyword::List
        {
            let warning =
                Diagnostic::at(Code::W004, behind, format!("`cpp_type` stands behind a {}", keyword.text()), "")
                    .help("write it before the `<`: Apache's compiler refuses it here");
            let place = Span { end: open.start, ..open };
            let moved = before.is_none().then(|| format!(" {} ", self.text_of(found)));
            let deleted = moved.is_some().then_some("");
            self.report(warning.fix_with(place, moved).fix_with(found, deleted));
        }
        Ok(kind)
    }

    /// `cpp_type "…"`: nothing but C++ heeds it.
    fn cpp_type(&mut self) -> Parsed<Option<Span>> {
        let Some(start) = self.eat_keyword(Keyword::CppType) else { return Ok(None) };
        self.literal("a C++ type in quotes")?;
        Ok(Some(self.since(start)))
    }

    pub(super) fn too_deep(&mut self, span: Span, what: &str) {
        self.report(
            Diagnostic::at(Code::E024, span, format!("this {what} nests deeper than {MAX_DEPTH} levels"), "")
                .help("give the inner part a name of its own, with a `typedef`, a struct or a constant"),
        );
    }

    /// From the keyword of a container to behind it.
    fn skip_brackets_of_type(&mut self) {
        if !self.is(Symbol::OpenAngle) {
            self.bump();
        }
        if self.is(Symbol::OpenAngle) {
            self.skip_brackets();
        }
    }

    /// Apache's grammar has annotations behind base types and containers only.
    fn annotations_of_named_type(&mut self) -> Vec<Annotation> {
        let start = self.span();
        let annotated = self.is(Symbol::OpenParen)
            && matches!(self.token(1).kind, TokenKind::Name | TokenKind::Symbol(Symbol::CloseParen))
            && self.annotation_follows();
        if !annotated {
            return Vec::new();
        }
        self.skip_brackets();
        let span = self.since(start);
        self.report(
            Diagnostic::at(
                Code::E025,
                span,
                "annotations on the name of a type are fbthrift's, Apache's thrift has them behind base types and \
                 containers only",
                "",
            )
            .help("annotate the field behind its name, or the definition of the type"),
        );
        Vec::new()
    }

    /// Whether the parenthesis here opens annotations; that of a method's arguments comes behind a name.
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
            TokenKind::Name | TokenKind::Keyword(_) => Name { text: self.text_of(span).to_owned(), span },
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
                    Diagnostic::at(Code::E026, found, "the value of an annotation is a quoted text", "")
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
                Diagnostic::at(Code::E013, place, format!("`\\{}` is no escape", escape.escape), "")
                    .help(r#"write `\\` for a backslash; the escapes are \n \r \t \\ \" \'"#),
            );
        }
        Ok(Literal { text, span })
    }
}

fn base(keyword: Keyword) -> Option<model::TypeKind> {
    use model::TypeKind;
    Some(match keyword {
        Keyword::Bool => TypeKind::Bool,
        Keyword::Byte | Keyword::I8 => TypeKind::I8,
        Keyword::I16 => TypeKind::I16,
        Keyword::I32 => TypeKind::I32,
        Keyword::I64 => TypeKind::I64,
        Keyword::Double => TypeKind::Double,
        Keyword::String => TypeKind::String,
        Keyword::Binary => TypeKind::Binary,
        Keyword::Uuid => TypeKind::Uuid,
        _ => return None,
    })
}
