//! The parameters of types, and the types of other languages: `List<i32>`, `[]string`, `map[string]i32`, `*T`.

use super::{Parsed, Parser};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::nearest::nearest;
use crate::span::Span;
use crate::syntax::token::{Keyword, Symbol, TokenKind};
use crate::syntax::tree::{MAX_DEPTH, TypeNode, TypeNodeKind};

impl Parser<'_> {
    /// What follows `list`, `set` or `map`, or after a word that was meant for one of them.
    pub(super) fn elements(&mut self, word: Span, keyword: Keyword, depth: usize) -> Parsed<TypeNodeKind> {
        let Some(open) = self.eat(Symbol::OpenAngle) else {
            if self.is(Symbol::OpenBracket) && self.token(1).kind != TokenKind::Symbol(Symbol::CloseBracket) {
                return self.bracketed(keyword, depth);
            }
            self.no_parameters(word, keyword);
            self.hush();
            return Ok(TypeNodeKind::Unknown);
        };
        if self.eat(Symbol::CloseAngle).is_some() {
            self.no_parameters(word, keyword);
            return Ok(TypeNodeKind::Unknown);
        }
        let first = Box::new(self.nested_type(depth + 1)?);
        let mut kind = match keyword {
            Keyword::Map if self.is(Symbol::CloseAngle) => {
                self.no_parameters(word, keyword);
                TypeNodeKind::Unknown
            }
            Keyword::Map => {
                self.comma_of_map()?;
                TypeNodeKind::Map(first, Box::new(self.nested_type(depth + 1)?))
            }
            Keyword::Set => TypeNodeKind::Set(first),
            _ => TypeNodeKind::List(first),
        };
        if self.is(Symbol::Comma) && self.kind_behind_comma_is_type() {
            let (span, name) = (self.span(), keyword.text());
            let count = if keyword == Keyword::Map { "two types" } else { "one type" };
            self.complain(Diagnostic::at(Code::E020, span, format!("`{name}` takes {count} only"), "expected `>`"));
            while self.eat(Symbol::Comma).is_some() {
                self.nested_type(depth + 1)?;
            }
            kind = TypeNodeKind::Unknown;
        }
        if self.eat(Symbol::CloseAngle).is_none() {
            self.unclosed(open, &format!("this {}", keyword.text()));
        }
        Ok(kind)
    }

    fn no_parameters(&mut self, word: Span, keyword: Keyword) {
        let name = keyword.text();
        let (what, it, example) = match keyword {
            Keyword::Map => ("the types of its keys and values", "them", "map<string, i64>"),
            Keyword::Set => ("the type of its elements", "it", "set<string>"),
            _ => ("the type of its elements", "it", "list<string>"),
        };
        self.complain(
            Diagnostic::at(Code::E020, word, format!("`{name}` needs {what}"), "")
                .help(format!("write {it} between `<` and `>`, as in `{example}`")),
        );
    }

    /// Whether one more parameter follows here, and not the next argument or the next field.
    fn kind_behind_comma_is_type(&self) -> bool {
        let word = matches!(self.token(1).kind, TokenKind::Name | TokenKind::Keyword(_));
        word && matches!(self.token(2).kind, TokenKind::Symbol(Symbol::CloseAngle | Symbol::Comma | Symbol::OpenAngle))
    }

    /// The comma between the types of a map.
    fn comma_of_map(&mut self) -> Parsed<()> {
        if self.eat(Symbol::Comma).is_some() {
            return Ok(());
        }
        let span = self.span();
        if self.is(Symbol::Colon) || self.is(Symbol::Semicolon) {
            let message = format!("expected `,`, found `{}`", self.text_of(span));
            self.complain(Diagnostic::at(Code::E020, span, message, "").help("write `,`").fix(span, ","));
            self.bump();
            return Ok(());
        }
        let closes = matches!(self.token(1).kind, TokenKind::Symbol(Symbol::CloseAngle | Symbol::OpenAngle));
        if closes && matches!(self.kind(), TokenKind::Name | TokenKind::Keyword(_)) {
            let place = self.place_behind();
            let message = "expected `,` between the two types of a map";
            self.complain(Diagnostic::at(Code::E020, place, message, "").help("write `,`").fix(place, ","));
            return Ok(());
        }
        Err(self.expected("`,`"))
    }

    /// `map[string]i32` as in Go, `list[i32]` as in Python and Scala.
    fn bracketed(&mut self, keyword: Keyword, depth: usize) -> Parsed<TypeNodeKind> {
        let open = self.span();
        self.bump();
        let first = Box::new(self.nested_type(depth + 1)?);
        let comma = keyword == Keyword::Map && self.eat(Symbol::Comma).is_some();
        let second = if comma { Some(self.nested_type(depth + 1)?) } else { None };
        let close = self.expect(Symbol::CloseBracket)?;
        let name = keyword.text();
        let example = if keyword == Keyword::Map { "map<string, i32>" } else { "list<string>" };
        let message = format!("the types of a {name} belong between `<` and `>`");
        let diagnostic =
            Diagnostic::at(Code::E028, open, message, "").help(format!("write it as in `{example}`")).fix(open, "<");
        let (kind, diagnostic) = match (keyword, second) {
            (Keyword::Map, Some(second)) => (TypeNodeKind::Map(first, Box::new(second)), diagnostic.fix(close, ">")),
            (Keyword::Map, None) => {
                let second = Box::new(self.nested_type(depth + 1)?);
                let diagnostic = diagnostic.fix(close, ", ").fix(self.place_behind(), ">");
                (TypeNodeKind::Map(first, second), diagnostic)
            }
            (Keyword::Set, _) => (TypeNodeKind::Set(first), diagnostic.fix(close, ">")),
            _ => (TypeNodeKind::List(first), diagnostic.fix(close, ">")),
        };
        self.report(diagnostic);
        Ok(kind)
    }

    /// `[]T` as in Go, `[T]` as in Rust and Swift. The bracket is still to be read.
    pub(super) fn array(&mut self, depth: usize) -> Parsed<TypeNodeKind> {
        let open = self.span();
        if depth >= MAX_DEPTH {
            self.too_deep(open, "type");
            self.skip_brackets();
            self.hush();
            return Ok(TypeNodeKind::Unknown);
        }
        self.bump();
        let close = self.eat(Symbol::CloseBracket);
        let element = self.nested_type(depth + 1)?;
        if close.is_none() {
            self.expect(Symbol::CloseBracket)?;
        }
        let end = self.place_behind();
        let text = self.text_of(element.span);
        if text == "byte" && close.is_some() {
            let whole = self.since(open);
            self.report(self.no_array(whole, "binary").fix(whole, "binary"));
            return Ok(TypeNodeKind::Base(crate::model::TypeKind::Binary));
        }
        let (shown, close) = match close {
            Some(close) => (Span { end: close.end, ..open }, end),
            None => (open, Span { start: end.start - 1, ..end }),
        };
        let diagnostic = self.no_array(self.since(open), &format!("list<{text}>"));
        self.report(diagnostic.fix(shown, "list<").fix(close, ">"));
        Ok(TypeNodeKind::List(Box::new(element)))
    }

    /// `T[]` as in Java and TypeScript, with `T` read already.
    pub(super) fn array_behind(&mut self, mut ty: TypeNode) -> TypeNode {
        let first = Span { end: ty.span.start, ..ty.span };
        let mut depth = 0;
        while self.is(Symbol::OpenBracket)
            && self.token(1).kind == TokenKind::Symbol(Symbol::CloseBracket)
            && !self.token(0).first_on_line
            && depth < MAX_DEPTH
        {
            depth += 1;
            let open = self.span();
            self.bump();
            self.bump();
            let (span, brackets) = (self.since(ty.span), self.since(open));
            let text = self.text_of(ty.span);
            if text == "byte" {
                self.report(self.no_array(span, "binary").fix(span, "binary"));
                ty = TypeNode {
                    kind: TypeNodeKind::Base(crate::model::TypeKind::Binary),
                    annotations: Vec::new(),
                    span,
                };
                continue;
            }
            let diagnostic = self.no_array(span, &format!("list<{text}>"));
            self.report(diagnostic.fix(first, "list<").fix(brackets, ">"));
            ty = TypeNode { kind: TypeNodeKind::List(Box::new(ty)), annotations: Vec::new(), span };
        }
        ty
    }

    fn no_array(&self, span: Span, right: &str) -> Diagnostic {
        let message = format!("thrift has no type `{}`", self.text_of(span));
        Diagnostic::at(Code::E028, span, message, "").help(format!("write `{right}`"))
    }

    /// `*T` and `&T`, with the mark still to be read.
    pub(super) fn pointers(&mut self) {
        let start = self.span();
        while self.is(Symbol::Star) || self.is(Symbol::Ampersand) {
            self.bump();
        }
        let span = self.since(start);
        self.report(
            Diagnostic::at(Code::E028, span, "thrift has no pointers", "")
                .help("remove it; a field that may be missing is `optional`")
                .fix(span, ""),
        );
    }

    /// A type with parameters that is not one of the three of thrift: `Vec<i32>`, `stream<T>`. `None` if this is none.
    pub(super) fn generic(&mut self, depth: usize) -> Parsed<Option<TypeNodeKind>> {
        if self.token(1).kind != TokenKind::Symbol(Symbol::OpenAngle) || self.token(1).first_on_line {
            return Ok(None);
        }
        let span = self.span();
        let word = self.text_of(span);
        let keyword = match container(word) {
            _ if self.dialect_type(span, word) => None,
            Some(keyword) if word.eq_ignore_ascii_case(keyword.text()) => {
                self.misspelled(keyword);
                Some(keyword)
            }
            Some(keyword) => {
                let right = keyword.text();
                let fbthrift = matches!(word, "hash_map" | "hash_set" | "sorted_map" | "sorted_set");
                let diagnostic = if fbthrift {
                    let message = format!("`{word}<…>`: fbthrift syntax, not Apache's thrift");
                    Diagnostic::at(Code::E025, span, message, "")
                } else {
                    Diagnostic::at(Code::E028, span, format!("thrift has no type `{word}<…>`"), "")
                };
                self.report(diagnostic.help(format!("write `{right}<…>`")).fix(span, right));
                Some(keyword)
            }
            None => {
                let near = nearest(word, ["list", "set", "map"]).and_then(Keyword::from_text);
                match near {
                    Some(keyword) => {
                        self.misspelled(keyword);
                    }
                    None => {
                        let wraps = ["option", "optional", "maybe", "nullable"];
                        self.report(if wraps.contains(&word.to_ascii_lowercase().as_str()) {
                            Diagnostic::at(Code::E028, span, format!("thrift has no type `{word}<…>`"), "")
                                .help("write `optional` before the type of a field, as in `1: optional i32 name`")
                        } else {
                            let message = format!("`{word}` takes no type parameters; `list`, `set` and `map` do");
                            Diagnostic::at(Code::E020, span, message, "")
                        });
                    }
                }
                near
            }
        };
        self.bump();
        match keyword {
            Some(_) if depth >= MAX_DEPTH => {
                self.too_deep(span, "type");
                self.skip_brackets();
                self.hush();
                Ok(Some(TypeNodeKind::Unknown))
            }
            Some(keyword) => Ok(Some(self.elements(span, keyword, depth)?)),
            None => {
                self.skip_brackets();
                Ok(Some(TypeNodeKind::Unknown))
            }
        }
    }
}

/// The container that other languages call so.
fn container(word: &str) -> Option<Keyword> {
    Some(match word.to_ascii_lowercase().as_str() {
        "list" | "array" | "arraylist" | "collection" | "iterable" | "linkedlist" | "repeated" | "seq" | "sequence"
        | "slice" | "vec" | "vector" => Keyword::List,
        "set" | "btreeset" | "hash_set" | "hashset" | "sorted_set" | "treeset" | "unordered_set" => Keyword::Set,
        "map" | "btreemap" | "dict" | "dictionary" | "hash_map" | "hashmap" | "linkedhashmap" | "record"
        | "sorted_map" | "treemap" | "unordered_map" => Keyword::Map,
        _ => return None,
    })
}
