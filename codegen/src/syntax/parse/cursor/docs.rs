//! Which comment describes what: `/** .. */` before it, or else plain comments right above it, before it on its line and after it on its line.

use super::Parser;
use crate::syntax::lex::RawComment;
use crate::syntax::literal::{doc_text, plain_text};
use crate::syntax::token::{Symbol, TokenKind};

impl Parser<'_> {
    /// What comments say about what begins with this token.
    pub(in crate::syntax::parse) fn doc(&self) -> Option<String> {
        let comments = &self.lexed.comments;
        let end = comments.partition_point(|comment| comment.before as usize <= self.at);
        let start = comments.partition_point(|comment| (comment.before as usize) < self.at);
        let before = comments.get(start..end).unwrap_or_default();
        if let Some(found) = before.iter().rev().find(|comment| comment.doc) {
            return doc_text(self.comment_text(found));
        }
        let mut texts: Vec<&str> = self.above(before).iter().map(|comment| self.comment_text(comment)).collect();
        texts.extend(self.comment_behind().map(|comment| self.comment_text(comment)));
        plain_text(&texts)
    }

    fn comment_text(&self, comment: &RawComment) -> &str {
        self.between(comment.start, comment.end)
    }

    fn between(&self, start: u32, end: u32) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// Those of the comments before this token that are at it: on its line, or above it on lines of their own without an
    /// empty one in between.
    fn above<'c>(&self, before: &'c [RawComment]) -> &'c [RawComment] {
        let mut next = self.token(0).start;
        let mut first = before.len();
        for (index, comment) in before.iter().enumerate().rev() {
            let line = self.text[..comment.start as usize].rfind('\n').map_or(0, |at| at + 1);
            let is_alone = self.between(line as u32, comment.start).trim().is_empty();
            match self.between(comment.end, next).matches('\n').count() {
                0 => {}
                1 if is_alone => {}
                _ => break,
            }
            (first, next) = (index, comment.start);
        }
        &before[first..]
    }

    /// The comment that ends the line of this token, if nothing else begins on that line.
    fn comment_behind(&self) -> Option<&RawComment> {
        let token = self.token(0);
        if !token.first_on_line {
            return None;
        }
        let comments = &self.lexed.comments;
        let later = comments.get(comments.partition_point(|comment| comment.start < token.start)..)?;
        let line_end = self.text.get(token.start as usize..)?.find('\n').map_or(self.text.len(), |at| {
            // It fits: the text is not longer than 4 GiB.
            token.start as usize + at
        });
        let on_line = later.iter().take_while(|comment| (comment.start as usize) < line_end);
        let comment = on_line.last().filter(|comment| !comment.doc && comment.end as usize <= line_end)?;
        let is_last = self.text.get(comment.end as usize..line_end)?.trim().is_empty();
        (is_last && self.is_one_thing(comment.before as usize)).then_some(comment)
    }

    /// Whether the tokens from here up to `end` are one member, or the head of one that goes on in braces.
    fn is_one_thing(&self, end: usize) -> bool {
        let mut depth = 0_i32;
        let tokens = self.lexed.tokens.get(self.at..end).unwrap_or_default();
        for (index, token) in tokens.iter().enumerate() {
            let is_last = index + 1 == tokens.len();
            match token.kind {
                TokenKind::Symbol(Symbol::OpenBrace) if is_last => {}
                TokenKind::Symbol(Symbol::OpenBrace | Symbol::OpenParen | Symbol::OpenBracket | Symbol::OpenAngle) => {
                    depth += 1
                }
                TokenKind::Symbol(
                    Symbol::CloseBrace | Symbol::CloseParen | Symbol::CloseBracket | Symbol::CloseAngle,
                ) => {
                    depth -= 1;
                }
                TokenKind::Symbol(Symbol::Comma | Symbol::Semicolon) if depth == 0 && !is_last => return false,
                _ => {}
            }
        }
        depth == 0
    }
}
