//! Where the parser is, what it saw, and how it complains.

mod docs;

use super::{Parsed, Parsing, Reported};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Hidden, Severity};
use crate::span::{FileId, Name, Span};
use crate::syntax::lex::Lexed;
use crate::syntax::token::{Keyword, Symbol, Token, TokenKind};
use crate::syntax::tree::Tree;

/// More than this many errors of one file, or warnings, are not worth collecting: a run shows fewer.
const MAX_COLLECTED: usize = 200;

/// A place in the tokens of one file.
pub(crate) struct Parser<'a> {
    pub(super) file: FileId,
    pub(super) text: &'a str,
    lexed: &'a Lexed,
    at: usize,
    /// The token of the last "expected …", so that a place gets one only.
    complained_at: Option<usize>,
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
    pub(super) hidden: Hidden,
    /// What to say of annotations after the name of a type.
    pub(super) annotated: Vec<(String, Diagnostic)>,
    /// How many definitions are read inside of others.
    pub(super) depth: usize,
    /// Stretches, ascending, whose characters were reported together with something larger.
    pub(super) excused: Vec<Span>,
    pub(super) tree: Tree,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(file: FileId, text: &'a str, lexed: &'a Lexed) -> Self {
        Self {
            file,
            text,
            lexed,
            at: 0,
            complained_at: None,
            errors: Vec::new(),
            warnings: Vec::new(),
            hidden: Hidden::default(),
            annotated: Vec::new(),
            depth: 0,
            excused: Vec::new(),
            tree: Tree::default(),
        }
    }

    pub(crate) fn finish(self) -> Parsing {
        let diagnostics = self.errors.into_iter().chain(self.warnings).collect();
        Parsing { tree: self.tree, diagnostics, hidden: self.hidden }
    }

    /// Where the parser is, to come back to in [`Self::skip_to_member`].
    pub(super) fn mark(&self) -> usize {
        self.at
    }

    /// The tokens between a mark and here.
    pub(super) fn tokens_since(&self, mark: usize) -> &'a [Token] {
        self.lexed.tokens.get(mark..self.at).unwrap_or_default()
    }

    /// The token `ahead` of this one; after the last one there are only ends.
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

    /// From the beginning of `first` to the end of the token just read, or of the one before if it is a separator.
    pub(super) fn since(&self, first: Span) -> Span {
        let read = self.lexed.tokens.get(..self.at).unwrap_or_default();
        let separates = |token: &&Token| matches!(token.kind, TokenKind::Symbol(Symbol::Comma | Symbol::Semicolon));
        let last = read.iter().rev().find(|token| !separates(token));
        Span { end: last.map_or(first.end, |token| token.end).max(first.start), ..first }
    }

    /// The empty place after the token just read.
    pub(super) fn place_behind(&self) -> Span {
        let last = self.at.checked_sub(1).and_then(|at| self.lexed.tokens.get(at));
        let end = last.map_or(0, |token| token.end);
        Span { file: self.file, start: end, end }
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

    pub(super) fn report(&mut self, diagnostic: Diagnostic) -> Reported {
        let severity = diagnostic.severity();
        let collected = match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        if collected.len() < MAX_COLLECTED {
            collected.push(diagnostic);
        } else {
            self.hidden.count(severity);
        }
        Reported
    }

    /// Reports that something should follow the token just read, unless an error was reported at this place already.
    pub(super) fn expected(&mut self, what: &str) -> Reported {
        let before = self.at.checked_sub(1).map(|at| self.span_of(self.lexed.tokens[at]));
        match before {
            // The next line, or the end, has nothing to do with it.
            Some(before) if self.token(0).first_on_line || self.kind() == TokenKind::End => {
                let place = Span { start: before.end, ..before };
                let message = format!("expected {what} here");
                self.complain(Diagnostic::at(Code::E020, place, message, ""))
            }
            _ => self.unexpected(what),
        }
    }

    /// Reports that the token here should be another, unless an error was reported at this place already.
    pub(super) fn unexpected(&mut self, what: &str) -> Reported {
        let found = self.found();
        let message = format!("expected {what}, found {found}");
        self.complain(Diagnostic::at(Code::E020, self.span(), message, format!("expected {what}")))
    }

    /// Reports an error of this token, unless one was reported already or the text was cut short before it.
    pub(super) fn complain(&mut self, diagnostic: Diagnostic) -> Reported {
        let cut_short = self.kind() == TokenKind::End && self.lexed.cut_short;
        if !cut_short && !self.stray_nearby() && self.complained_at != Some(self.at) {
            self.report(diagnostic);
        }
        self.complained_at = Some(self.at);
        Reported
    }

    /// Whether an unexpected character is just before, which is the cause.
    fn stray_nearby(&self) -> bool {
        let from = self.lexed.tokens.get(self.at.saturating_sub(2)).map_or(0, |token| token.start);
        let faults = &self.lexed.faults;
        let near = &faults[faults.partition_point(|fault| fault.start < from)..];
        near.first().is_some_and(|fault| fault.code == Code::E010 && fault.start <= self.token(0).end)
    }

    /// Keeps quiet about this place: what was skipped before it was reported.
    pub(super) fn hush(&mut self) {
        self.complained_at = Some(self.at);
    }

    /// Reports that a bracket is not closed, unless an error of this place was reported already.
    pub(super) fn unclosed(&mut self, open: Span, what: &str) -> Reported {
        let mark = self.text_of(open);
        let found = self.found();
        let (message, label) = (format!("{what} is not closed"), format!("found {found} instead"));
        let diagnostic = Diagnostic::at(Code::E021, self.span(), message, label);
        let close = match mark {
            "{" => "}",
            "(" => ")",
            "[" => "]",
            "<" => ">",
            // The opening bracket is missing too, which was reported.
            _ => return self.complain(diagnostic),
        };
        let text = if mark == "{" { "\n}" } else { close };
        // Lists of values and of annotations may have lost more than that.
        let certain = mark != "[" && !what.ends_with("annotations") && (mark == "<" || !what.ends_with("map"));
        let fix = (certain && !self.behind_open_text()).then_some(text);
        self.complain(
            diagnostic
                .label(open, format!("`{mark}` opened here"))
                .help(format!("close it with `{close}`"))
                .fix_with(self.place_behind(), fix),
        )
    }

    /// Whether the token just read is a text without a closing quote, so that what is written after it belongs to it.
    fn behind_open_text(&self) -> bool {
        let last = self.at.checked_sub(1).and_then(|at| self.lexed.tokens.get(at));
        let Some(last) = last.filter(|last| last.kind == TokenKind::Literal) else { return false };
        let faults = &self.lexed.faults;
        let here = &faults[faults.partition_point(|fault| fault.start < last.start)..];
        here.first().is_some_and(|fault| fault.code == Code::E011 && fault.start == last.start)
    }

    fn found(&self) -> String {
        let token = self.token(0);
        let text = self.text_of(self.span_of(token));
        match token.kind {
            TokenKind::End => "the end of the file".to_owned(),
            TokenKind::Literal if text.len() > 40 => "a string".to_owned(),
            TokenKind::Keyword(_) => format!("the keyword `{text}`"),
            _ => format!("`{text}`"),
        }
    }
}
