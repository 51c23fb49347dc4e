//! Definitions, methods, fields and includes as other languages write them.

use super::{Parsed, Parser};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::StructKind;
use crate::span::{Name, Span};
use crate::syntax::token::{Keyword, Symbol, TokenKind};
use crate::syntax::tree::{DefinitionNodeKind, Literal};

impl Parser<'_> {
    fn symbol(&self, ahead: usize, symbol: Symbol) -> bool {
        self.token(ahead).kind == TokenKind::Symbol(symbol)
    }

    /// `package demo;`: reported and read as a namespace of every language.
    pub(super) fn foreign_namespace(&mut self) -> bool {
        let span = self.span();
        let word = self.text_of(span);
        let over = self.token(2).first_on_line || self.symbol(2, Symbol::Semicolon);
        let named = self.token(1).kind == TokenKind::Name && !self.token(1).first_on_line;
        if !matches!(word, "package" | "module") || !named || !over {
            return false;
        }
        self.bump();
        let name = self.text_of(self.span());
        self.bump();
        self.eat(Symbol::Semicolon);
        let right = format!("namespace * {name}");
        self.complain(
            Diagnostic::at(Code::E028, span, format!("expected `namespace` and a language, found `{word}`"), "")
                .help(format!("write `{right}`, or a language such as `rs` in place of `*`"))
                .fix(self.since(span), right),
        );
        true
    }

    /// `message M { string name = 1; }` of protobuf, `type T struct { … }` of Go, `type T = …`: reported and skipped.
    pub(super) fn foreign_definition(&mut self) -> bool {
        let span = self.span();
        let (word, name) = (self.text_of(span), self.text_of(self.span_of(self.token(1))));
        if self.token(1).kind != TokenKind::Name {
            return false;
        }
        let help = match word {
            "message" if self.symbol(2, Symbol::OpenBrace) && self.protobuf_field(3) => {
                format!("write `struct {name} {{ … }}`, and a field `string name = 1;` as `1: string name`")
            }
            "type" if matches!(self.token(2).kind, TokenKind::Keyword(Keyword::Struct)) => {
                format!("write `struct {name} {{ … }}`, and a field `Name string` as `1: string name`")
            }
            "type" if self.symbol(2, Symbol::Equals) => format!("write `typedef`, the type and then `{name}`"),
            _ => return false,
        };
        let message = format!("`{word}` does not begin a definition of thrift");
        self.complain(Diagnostic::at(Code::E028, span, message, "").help(help));
        self.bump();
        let name = Name { text: name.to_owned(), span: self.span() };
        let doc = self.doc();
        let mark = self.mark();
        self.bump();
        while !self.is(Symbol::OpenBrace) && !self.token(0).first_on_line && self.kind() != TokenKind::End {
            self.bump();
        }
        if self.is(Symbol::OpenBrace) {
            self.skip_brackets();
            self.define(name, doc, DefinitionNodeKind::Struct(StructKind::Struct, Vec::new()), true);
        }
        self.lose_names(mark);
        true
    }

    /// `string name = 1;`, perhaps with a word before it.
    fn protobuf_field(&self, from: usize) -> bool {
        let equals = (from + 2..from + 6).find(|ahead| self.symbol(*ahead, Symbol::Equals));
        equals.is_some_and(|at| {
            self.token(at + 1).kind == TokenKind::Int
                && (self.symbol(at + 2, Symbol::Semicolon) || self.symbol(at + 2, Symbol::OpenBracket))
                && (from..at).all(|ahead| !self.symbol(ahead, Symbol::Colon))
        })
    }

    /// `rpc Get (Request) returns (Response) {}`, `func Get(…) error`, `fn get(…) -> T`: reported and skipped.
    pub(super) fn foreign_method(&mut self) -> bool {
        let span = self.span();
        let word = self.text_of(span);
        let begins = matches!(word, "rpc" | "func" | "fn" | "fun" | "def" | "function" | "sub");
        if !begins || self.token(1).kind != TokenKind::Name || !self.symbol(2, Symbol::OpenParen) {
            return false;
        }
        let mark = self.mark();
        let text = |ahead: usize| self.text_of(self.span_of(self.token(ahead)));
        let name = text(1);
        let plain = word == "rpc" && self.symbol(4, Symbol::CloseParen) && text(5) == "returns";
        let right = plain.then(|| format!("{} {name}(1: {} request)", text(7), text(3)));
        let plain = plain && self.symbol(6, Symbol::OpenParen) && self.symbol(8, Symbol::CloseParen);
        self.bump();
        self.bump();
        self.skip_brackets();
        while !self.token(0).first_on_line && !self.is(Symbol::CloseBrace) && self.kind() != TokenKind::End {
            if self.is(Symbol::OpenBrace) || self.is(Symbol::OpenParen) {
                self.skip_brackets();
            } else {
                self.bump();
            }
        }
        let whole = self.since(span);
        let diagnostic = Diagnostic::at(Code::E028, span, format!("a method does not begin with `{word}`"), "");
        self.report(match right {
            Some(right) if plain => diagnostic.help(format!("write `{right}`")).fix(whole, right),
            _ => diagnostic.help(format!("write the type of the result first, as in `string {name}(1: i32 id)`")),
        });
        self.lose_names(mark);
        true
    }

    /// `name: type` in place of `type name`; the name, which is then read with its mark.
    pub(super) fn name_before_type(&mut self) -> Option<Name> {
        let named = match self.kind() {
            TokenKind::Name => true,
            TokenKind::Keyword(keyword) => keyword.may_name_a_field(),
            _ => false,
        };
        let typed = match self.token(2).kind {
            TokenKind::Name | TokenKind::Symbol(Symbol::OpenBracket) => true,
            TokenKind::Keyword(keyword) => keyword.is_type(),
            _ => false,
        };
        if !named || !typed || !self.symbol(1, Symbol::Colon) || self.token(2).first_on_line {
            return None;
        }
        let token = self.bump();
        let span = self.span_of(token);
        // `name?: type` of TypeScript.
        self.excused.push(Span { start: span.end, end: self.token(0).start, ..span });
        self.bump();
        Some(Name { text: self.text_of(span).to_owned(), span })
    }

    /// Reports that the name came first, after the type.
    pub(super) fn report_swapped(&mut self, name: Name, ty: Span) -> Name {
        let before = Span { end: ty.start, ..name.span };
        let right = format!("{} {name}", self.text_of(ty));
        self.report(
            Diagnostic::at(Code::E028, self.since(name.span), "the type of a field comes before its name", "")
                .help(format!("write `{right}`"))
                .fix(before, "")
                .fix(self.place_behind(), format!(" {name}")),
        );
        name
    }

    /// A path that is in no quotes, or between `<` and `>`, after the word of an include. It is reported and read
    /// as a path. `None` if nothing like it follows.
    pub(super) fn bare_path(&mut self, word: Span) -> Option<Literal> {
        let first = self.token(0);
        let begins =
            matches!(first.kind, TokenKind::Name | TokenKind::Keyword(_) | TokenKind::Symbol(Symbol::OpenAngle));
        if first.first_on_line || !begins {
            return None;
        }
        let rest = self.text.get(first.start as usize..)?;
        let line = rest.lines().next().unwrap_or_default();
        let (path, length) = match line.strip_prefix('<') {
            Some(inner) => {
                let path = inner.split('>').next().unwrap_or_default();
                (path, (path.len() + 2).min(line.trim_end().len()))
            }
            None => {
                let path = line.split([' ', '\t', ';', ',', '\r']).next().unwrap_or_default();
                (path, path.len())
            }
        };
        let span = Span { file: self.file, start: first.start, end: first.start + length as u32 };
        while self.token(0).start < span.end && self.kind() != TokenKind::End {
            self.bump();
        }
        self.excused.push(span);
        let complete = path.ends_with(".thrift");
        let right = match (complete, path.contains('/')) {
            (true, _) => path.to_owned(),
            (false, true) => format!("{path}.thrift"),
            (false, false) => format!("{}.thrift", path.replace('.', "/")),
        };
        let whole = Span { end: span.end, ..word };
        let message = format!("expected the path of a thrift file in quotes, found `{}`", self.text_of(span));
        let diagnostic = Diagnostic::at(Code::E020, span, message, "").help(format!("write `include \"{right}\"`"));
        self.report(if complete { diagnostic.fix(whole, format!("include \"{right}\"")) } else { diagnostic });
        Some(Literal { text: right, span })
    }

    /// The path after the word of an include.
    pub(super) fn include_path(&mut self, word: Span) -> Parsed<Literal> {
        match self.bare_path(word) {
            Some(path) => Ok(path),
            None => self.literal("the path of a thrift file in quotes"),
        }
    }
}
