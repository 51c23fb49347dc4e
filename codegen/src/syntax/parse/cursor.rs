//! Where the parser is, what it saw, and how it finds its way after a mistake.

use super::{Parsed, Reported};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::span::{FileId, Name, Span};
use crate::syntax::lex::Lexed;
use crate::syntax::literal::doc_text;
use crate::syntax::token::{Keyword, Symbol, Token, TokenKind};
use crate::syntax::tree::Tree;

/// More than this many mistakes of one file are not worth collecting: a run shows fewer.
const MAX_COLLECTED: usize = 200;

/// A place in the tokens of one file.
pub(crate) struct Parser<'a> {
    file: FileId,
    text: &'a str,
    lexed: &'a Lexed,
    at: usize,
    /// The token of the last "expected …", so that a place gets one only.
    complained_at: Option<usize>,
    diagnostics: Vec<Diagnostic>,
    pub(super) tree: Tree,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(file: FileId, text: &'a str, lexed: &'a Lexed) -> Self {
        Self { file, text, lexed, at: 0, complained_at: None, diagnostics: Vec::new(), tree: Tree::default() }
    }

    pub(crate) fn finish(self) -> (Tree, Vec<Diagnostic>) {
        (self.tree, self.diagnostics)
    }

    /// The token `ahead` of this one; behind the last one there are only ends.
    pub(super) fn token(&self, ahead: usize) -> Token {
        let end = self.text.len() as u32;
        let none = Token { kind: TokenKind::End, first_on_line: true, start: end, end };
        self.lexed.tokens.get(self.at + ahead).copied().unwrap_or(none)
    }

    pub(super) fn kind(&self) -> TokenKind {
        self.token(0).kind
    }

    pub(super) fn span(&self) -> Span {
        self.span_of(self.token(0))
    }

    pub(super) fn span_of(&self, token: Token) -> Span {
        Span { file: self.file, start: token.start, end: token.end }
    }

    /// From the beginning of `first` to the end of the token just read.
    pub(super) fn since(&self, first: Span) -> Span {
        let last = self.at.checked_sub(1).and_then(|at| self.lexed.tokens.get(at));
        Span { end: last.map_or(first.end, |token| token.end).max(first.start), ..first }
    }

    pub(super) fn text_of(&self, span: Span) -> &'a str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    pub(super) fn bump(&mut self) -> Token {
        let token = self.token(0);
        if self.at < self.lexed.tokens.len() {
            self.at += 1;
        }
        token
    }

    pub(super) fn is(&self, symbol: Symbol) -> bool {
        self.kind() == TokenKind::Symbol(symbol)
    }

    pub(super) fn eat(&mut self, symbol: Symbol) -> Option<Span> {
        self.is(symbol).then(|| {
            let token = self.bump();
            self.span_of(token)
        })
    }

    pub(super) fn eat_keyword(&mut self, keyword: Keyword) -> Option<Span> {
        (self.kind() == TokenKind::Keyword(keyword)).then(|| {
            let token = self.bump();
            self.span_of(token)
        })
    }

    pub(super) fn eat_separator(&mut self) -> bool {
        self.eat(Symbol::Comma).or_else(|| self.eat(Symbol::Semicolon)).is_some()
    }

    pub(super) fn expect(&mut self, symbol: Symbol) -> Parsed<Span> {
        match self.eat(symbol) {
            Some(span) => Ok(span),
            None => Err(self.expected(&format!("`{}`", symbol.text()))),
        }
    }

    /// A plain name: no keyword, no dots.
    pub(super) fn name(&mut self, what: &str) -> Parsed<Name> {
        let name = self.dotted_name(what)?;
        if name.text.contains('.') && self.was_name() {
            self.report(
                Diagnostic::at(Code::E023, name.span, format!("{what} can't contain a dot"), "")
                    .help(format!("write `{}`", name.text.replace('.', "_"))),
            );
        }
        Ok(name)
    }

    /// Whether the token just read is a proper name.
    fn was_name(&self) -> bool {
        self.at.checked_sub(1).and_then(|at| self.lexed.tokens.get(at)).is_some_and(|it| it.kind == TokenKind::Name)
    }

    /// A name, dots allowed. A keyword is reported, then taken as if it were a name.
    pub(super) fn dotted_name(&mut self, what: &str) -> Parsed<Name> {
        let span = self.span();
        let text = self.text_of(span).to_owned();
        match self.kind() {
            TokenKind::Name | TokenKind::Malformed => {}
            TokenKind::Keyword(_) if !self.at_definition() => {
                self.report(
                    Diagnostic::at(Code::E022, span, format!("`{text}` is a keyword and can't be {what}"), "")
                        .help(format!("write another name, such as `{text}_`")),
                );
            }
            _ => return Err(self.expected(what)),
        }
        self.bump();
        Ok(Name { text, span })
    }

    /// The doc comment before this token, if there is one.
    pub(super) fn doc(&self) -> Option<String> {
        let comments = &self.lexed.comments;
        let end = comments.partition_point(|comment| comment.before as usize <= self.at);
        let here = comments[..end].iter().rev().take_while(|comment| comment.before as usize == self.at);
        let found = here.into_iter().find(|comment| comment.doc)?;
        doc_text(self.text.get(found.start as usize..found.end as usize)?)
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) -> Reported {
        if self.diagnostics.len() < MAX_COLLECTED {
            self.diagnostics.push(diagnostic);
        }
        Reported
    }

    /// Says that something else should stand here, unless that was said of this place already.
    pub(super) fn expected(&mut self, what: &str) -> Reported {
        let found = self.found();
        self.complain(Diagnostic::at(
            Code::E020,
            self.span(),
            format!("expected {what}, found {found}"),
            format!("expected {what}"),
        ))
    }

    /// Reports a mistake of this token, unless one was reported already or the text was cut short before it.
    pub(super) fn complain(&mut self, diagnostic: Diagnostic) -> Reported {
        let silent = self.kind() == TokenKind::End && self.lexed.cut_short;
        if !silent && self.complained_at != Some(self.at) {
            self.report(diagnostic);
        }
        self.complained_at = Some(self.at);
        Reported
    }

    /// Says that a bracket is never closed, unless a mistake of this place was reported already.
    pub(super) fn unclosed(&mut self, open: Span, what: &str) -> Reported {
        let mark = self.text_of(open);
        let found = self.found();
        self.complain(
            Diagnostic::at(
                Code::E021,
                self.span(),
                format!("{what} is never closed"),
                format!("found {found} instead"),
            )
            .label(open, format!("`{mark}` stands here")),
        )
    }

    fn found(&self) -> String {
        let token = self.token(0);
        let text = self.text_of(self.span_of(token));
        match token.kind {
            TokenKind::End => "the end of the file".to_owned(),
            TokenKind::Literal if text.len() > 40 => "a quoted text".to_owned(),
            TokenKind::Keyword(_) => format!("the keyword `{text}`"),
            _ => format!("`{text}`"),
        }
    }

    /// Whether a definition or a header certainly begins here. A field may be named `struct`, so the keyword has to
    /// begin its line or be followed by what follows it in a definition.
    pub(super) fn at_definition(&self) -> bool {
        let TokenKind::Keyword(keyword) = self.kind() else { return false };
        let next = self.token(1).kind;
        let named = match keyword {
            Keyword::Include | Keyword::CppInclude => return next == TokenKind::Literal,
            Keyword::Namespace => matches!(next, TokenKind::Name | TokenKind::Symbol(Symbol::Star)),
            Keyword::Const | Keyword::Typedef => matches!(next, TokenKind::Name | TokenKind::Keyword(_)),
            _ => matches!(next, TokenKind::Name | TokenKind::Keyword(_)),
        };
        let brace = self.token(2).kind == TokenKind::Symbol(Symbol::OpenBrace);
        (keyword.defines() || keyword.heads()) && named && (self.token(0).first_on_line || brace)
    }

    pub(super) fn skip_to_definition(&mut self) {
        while self.kind() != TokenKind::End && !self.at_definition() {
            self.bump();
        }
    }

    /// Goes to the next member of a body that ends with `close`: behind a separator, or before what must begin a
    /// member, end the body or begin a definition. Brackets are only counted, so that this takes linear time.
    pub(super) fn skip_to_member(&mut self, close: Symbol) {
        let mut open = Open::default();
        let mut first = true;
        loop {
            let token = self.token(0);
            match token.kind {
                TokenKind::End => return,
                TokenKind::Keyword(_) if self.at_definition() => return,
                TokenKind::Int if !first && token.first_on_line && self.token(1).kind == COLON => return,
                TokenKind::Symbol(Symbol::Comma | Symbol::Semicolon) if open.none() => {
                    self.bump();
                    return;
                }
                TokenKind::Symbol(symbol) => {
                    let ends = !open.count(symbol) && (symbol == close || symbol == Symbol::CloseBrace);
                    if ends {
                        return;
                    }
                }
                _ => {}
            }
            first = false;
            self.bump();
        }
    }

    /// Skips from an opening bracket to behind the one that closes it.
    pub(super) fn skip_brackets(&mut self) {
        let mut open = Open::default();
        while self.kind() != TokenKind::End && !self.at_definition() {
            if let TokenKind::Symbol(symbol) = self.kind()
                && !open.count(symbol)
            {
                return;
            }
            self.bump();
            if open.none() {
                return;
            }
        }
    }
}

/// How many brackets of each kind are open.
#[derive(Clone, Copy, Debug, Default)]
struct Open {
    parens: usize,
    braces: usize,
    brackets: usize,
    angles: usize,
}

impl Open {
    fn none(self) -> bool {
        self.parens + self.braces + self.brackets + self.angles == 0
    }

    /// Counts a symbol; `false` if it closes what was not opened.
    fn count(&mut self, symbol: Symbol) -> bool {
        let (count, opens) = match symbol {
            Symbol::OpenParen => (&mut self.parens, true),
            Symbol::OpenBrace => (&mut self.braces, true),
            Symbol::OpenBracket => (&mut self.brackets, true),
            Symbol::OpenAngle => (&mut self.angles, true),
            Symbol::CloseParen => (&mut self.parens, false),
            Symbol::CloseBrace => (&mut self.braces, false),
            Symbol::CloseBracket => (&mut self.brackets, false),
            Symbol::CloseAngle => (&mut self.angles, false),
            _ => return true,
        };
        match (opens, count.checked_sub(1)) {
            (true, _) => *count += 1,
            (false, Some(less)) => *count = less,
            (false, None) => return false,
        }
        // What closes an outer bracket closes the forgotten ones in it.
        if symbol == Symbol::CloseBrace {
            *self = Self { braces: self.braces, ..Self::default() };
        } else if symbol == Symbol::CloseParen {
            self.angles = 0;
        }
        true
    }
}

const COLON: TokenKind = TokenKind::Symbol(Symbol::Colon);
