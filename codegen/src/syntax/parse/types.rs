//! Types.

use super::{Parsed, Parser};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model;
use crate::span::Span;
use crate::syntax::token::{Keyword, Symbol, TokenKind};
use crate::syntax::tree::{MAX_DEPTH, TypeNode, TypeNodeKind};

impl Parser<'_> {
    /// A type with its annotations.
    pub(super) fn ty(&mut self) -> Parsed<TypeNode> {
        let ty = self.nested_type(0)?;
        let start = self.span();
        while self.is(Symbol::CloseAngle) {
            self.bump();
        }
        if self.since(start).end > start.start {
            let span = self.since(start);
            self.report(
                Diagnostic::at(Code::E020, span, "this `>` closes nothing", "").help("remove it").fix(span, ""),
            );
        }
        Ok(ty)
    }

    pub(super) fn nested_type(&mut self, depth: usize) -> Parsed<TypeNode> {
        if self.is(Symbol::Star) || self.is(Symbol::Ampersand) {
            self.pointers();
        }
        let ty = self.element_type(depth)?;
        Ok(if self.is(Symbol::OpenBracket) { self.array_behind(ty) } else { ty })
    }

    fn element_type(&mut self, depth: usize) -> Parsed<TypeNode> {
        let start = self.span();
        let kind = match self.kind() {
            TokenKind::Name => {
                if let Some(kind) = self.generic(depth)? {
                    let span = self.since(start);
                    return Ok(TypeNode { kind, annotations: self.annotations()?, span });
                }
                let name = self.dotted_name("a type")?;
                let span = self.since(start);
                let annotations = self.annotations_of_named_type(&name.text);
                return Ok(TypeNode { kind: TypeNodeKind::Named(name.text), annotations, span });
            }
            TokenKind::Symbol(Symbol::OpenBracket) => self.array(depth)?,
            TokenKind::Keyword(keyword) => match base(keyword) {
                Some(kind) => {
                    self.bump();
                    TypeNodeKind::Base(kind)
                }
                None => match keyword {
                    Keyword::List | Keyword::Set | Keyword::Map if depth >= MAX_DEPTH => {
                        self.too_deep(start, "type");
                        self.skip_brackets_of_type();
                        self.hush();
                        TypeNodeKind::Unknown
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
                        TypeNodeKind::Unknown
                    }
                    _ if keyword.defines() => match self.definition_as_type(keyword) {
                        true => TypeNodeKind::Unknown,
                        false => return Err(self.expected("a type")),
                    },
                    _ => return Err(self.expected("a type")),
                },
            },
            TokenKind::Malformed => {
                self.bump();
                TypeNodeKind::Unknown
            }
            _ => return Err(self.expected("a type")),
        };
        let span = self.since(start);
        Ok(TypeNode { kind, annotations: self.annotations()?, span })
    }

    fn container(&mut self, keyword: Keyword, depth: usize) -> Parsed<TypeNodeKind> {
        let word = self.span();
        self.bump();
        let before = self.cpp_type()?;
        let place = Span { end: self.span().start, ..self.span() };
        let kind = self.elements(word, keyword, depth)?;
        // Apache's grammar has it after a list too, as a leftover, but not after the others.
        let behind = self.span();
        if let Some(found) = self.cpp_type()?
            && keyword != Keyword::List
        {
            let warning = Diagnostic::at(Code::W004, behind, format!("`cpp_type` follows a {}", keyword.text()), "")
                .help("write it before the `<`: Apache's compiler refuses it here");
            let moved = before.is_none().then(|| format!(" {} ", self.text_of(found)));
            let deleted = moved.is_some().then_some("");
            self.report(warning.fix_with(place, moved).fix_with(found, deleted));
        }
        Ok(kind)
    }

    /// `cpp_type "…"`: nothing but C++ uses it.
    fn cpp_type(&mut self) -> Parsed<Option<Span>> {
        let start = self.span();
        let misspelled = self.token(1).kind == TokenKind::Literal && self.meant(0, &[Keyword::CppType]).is_some();
        if misspelled {
            self.misspelled(Keyword::CppType);
            self.bump();
        } else if self.eat_keyword(Keyword::CppType).is_none() {
            return Ok(None);
        }
        self.literal("a C++ type in quotes")?;
        Ok(Some(self.since(start)))
    }

    pub(super) fn too_deep(&mut self, span: Span, what: &str) {
        self.report(
            Diagnostic::at(Code::E024, span, format!("this {what} nests deeper than {MAX_DEPTH} levels"), "")
                .help("give the inner part a name of its own, with a `typedef`, a struct or a constant"),
        );
    }

    /// From the keyword of a container to after it.
    fn skip_brackets_of_type(&mut self) {
        if !self.is(Symbol::OpenAngle) {
            self.bump();
        }
        if self.is(Symbol::OpenAngle) {
            self.skip_brackets();
        }
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
