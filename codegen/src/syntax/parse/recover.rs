//! How the parser resumes after an error.

use super::Parser;
use crate::syntax::token::{Keyword, Symbol, Token, TokenKind};

impl Parser<'_> {
    /// Whether a definition or a header certainly begins here. A field may be named `struct`, so the keyword has to
    /// begin its line or be followed by what follows it in a definition.
    pub(super) fn at_definition(&self) -> bool {
        let TokenKind::Keyword(keyword) = self.kind() else { return self.hidden_definition().is_some() };
        let next = self.token(1).kind;
        let named = match keyword {
            Keyword::Include | Keyword::CppInclude => return next == TokenKind::Literal,
            Keyword::Namespace => matches!(next, TokenKind::Name | TokenKind::Symbol(Symbol::Star)),
            _ => matches!(next, TokenKind::Name | TokenKind::Malformed | TokenKind::Keyword(_)),
        };
        let brace = self.token(2).kind == TokenKind::Symbol(Symbol::OpenBrace);
        (keyword.defines() || keyword.heads()) && named && (self.token(0).first_on_line || brace)
    }

    /// Goes to the next definition, broken or not. What began the last one is read already. A name on the way may be one that other places need.
    pub(super) fn skip_to_definition(&mut self) {
        let mark = self.mark();
        while self.kind() != TokenKind::End && !self.at_definition() && !self.line_begins_definition() {
            let old = self.token(0).first_on_line && Self::old_scope(self.text_of(self.span())).is_some();
            if old && self.mark() > mark {
                break;
            }
            self.bump();
        }
        self.lose_names(mark);
    }

    /// Whether the first word of a line begins a definition or a header, whatever follows.
    pub(super) fn line_begins_definition(&self) -> bool {
        let TokenKind::Keyword(keyword) = self.kind() else { return false };
        self.token(0).first_on_line && (keyword.defines() || keyword.heads())
    }

    /// Remembers the names since a mark as lost: whether they are defined is not known.
    pub(super) fn lose_names(&mut self, mark: usize) {
        let names = self.tokens_since(mark).iter().filter(|token| token.kind == TokenKind::Name);
        let names: Vec<String> = names.map(|token| self.text_of(self.span_of(*token)).to_owned()).collect();
        self.tree.lost.extend(names);
    }

    /// Goes to the next member of a body that ends with `close`: after a separator, or before what must begin a
    /// member, end the body or begin a definition. `mark` is where the broken member began.
    ///
    /// Brackets are only counted, so that this takes linear time.
    pub(super) fn skip_to_member(&mut self, close: Symbol, mark: usize) {
        let mut open = Open::default();
        for token in self.tokens_since(mark) {
            if let TokenKind::Symbol(symbol) = token.kind {
                open.count(symbol);
            }
        }
        // What could not even begin a member is skipped in any case.
        let mut moved = self.mark() > mark;
        loop {
            let token = self.token(0);
            if token.kind == TokenKind::End || self.at_definition() || (moved && self.begins_member(token, open)) {
                return;
            }
            match token.kind {
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
            moved = true;
            self.bump();
        }
    }

    /// Whether a line begins here that can hardly be anything but a member.
    fn begins_member(&self, token: Token, open: Open) -> bool {
        token.first_on_line
            && match token.kind {
                TokenKind::Int => self.token(1).kind == TokenKind::Symbol(Symbol::Colon),
                TokenKind::Keyword(Keyword::Void | Keyword::Oneway | Keyword::Async) => true,
                TokenKind::Name | TokenKind::Keyword(_) => open.none(),
                _ => false,
            }
    }

    /// Skips from an opening bracket to after the one that closes it.
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
