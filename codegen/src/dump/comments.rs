//! Which definition, field, member or method each comment belongs to.

use crate::span::{FileId, Span};
use crate::syntax::lex::{Lexed, RawComment};
use crate::syntax::literal::comment_text;
use crate::syntax::token::{Symbol, Token, TokenKind};
use crate::syntax::tree::{DefinitionNode, DefinitionNodeKind, Tree};
use std::collections::HashMap;

/// A comment, and its position relative to the item that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FoundComment {
    pub(super) span: Span,
    /// Without marks.
    pub(super) text: String,
    /// Written `/** … */`.
    pub(super) doc: bool,
    pub(super) position: CommentPosition,
}

/// Where a comment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CommentPosition {
    /// In front of it.
    Before,
    /// Behind it, on the line on which it ends.
    Behind,
    /// Between its parts, belonging to none of them.
    Inside,
}

/// The comments of a file by the first byte of what they belong to. Those of the file itself have no key.
pub(super) type Comments = HashMap<Option<u32>, Vec<FoundComment>>;

/// Finds an owner for every comment. Takes time in proportion to the text, but for a factor of its logarithm.
pub(super) fn of(file: FileId, text: &str, lexed: &Lexed, tree: &Tree) -> Comments {
    let mut items: Vec<Span> = Vec::new();
    tree.definitions.iter().for_each(|definition| collect(definition, &mut items));
    items.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    let owners = Owners::new(&items);
    let beside = beside(text, lexed);
    let mut out = Comments::new();
    for (raw, beside) in lexed.comments.iter().zip(beside) {
        let (owner, position) = owners.of(text, lexed, raw, raw.doc || beside);
        let source = text.get(raw.start as usize..raw.end as usize).unwrap_or_default();
        out.entry(owner).or_default().push(FoundComment {
            span: Span { file, start: raw.start, end: raw.end },
            text: comment_text(source),
            doc: raw.doc,
            position,
        });
    }
    out
}

/// Of every comment, whether no empty line is between it and the token after it.
fn beside(text: &str, lexed: &Lexed) -> Vec<bool> {
    let mut out = Vec::with_capacity(lexed.comments.len());
    // The place after, and whether that is beside the token: of the comment that follows, or the token's own.
    let mut behind: Option<(u32, u32, bool)> = None;
    for raw in lexed.comments.iter().rev() {
        let token = lexed.tokens.get(raw.before as usize).map_or(raw.end, |token| token.start);
        let (place, near) = match behind {
            Some((before, place, near)) if before == raw.before => (place, near),
            _ => (token, true),
        };
        let near = near && breaks(text, raw.end, place) < 2;
        behind = Some((raw.before, raw.start, near));
        out.push(near);
    }
    out.reverse();
    out
}

/// How many lines end between two places.
fn breaks(text: &str, from: u32, to: u32) -> usize {
    let between = text.get(from as usize..to as usize).unwrap_or_default();
    between.bytes().filter(|byte| *byte == b'\n').count()
}

fn collect(definition: &DefinitionNode, out: &mut Vec<Span>) {
    out.push(definition.span);
    match &definition.kind {
        DefinitionNodeKind::Enum(members) => out.extend(members.iter().map(|member| member.span)),
        DefinitionNodeKind::Struct(_, fields) => out.extend(fields.iter().map(|field| field.span)),
        DefinitionNodeKind::Service(_, methods) => {
            for method in methods {
                out.push(method.span);
                out.extend(method.arguments.iter().chain(&method.throws).map(|field| field.span));
            }
        }
        DefinitionNodeKind::Typedef(_) | DefinitionNodeKind::Const(..) | DefinitionNodeKind::Senum(_) => {}
    }
}

/// What comments can belong to, by place.
struct Owners<'a> {
    /// By start; what contains others comes before them.
    items: &'a [Span],
    /// The innermost item that contains each item.
    parents: Vec<Option<usize>>,
    /// The item that ends at a byte: the inner one.
    ending: HashMap<u32, u32>,
}

impl<'a> Owners<'a> {
    fn new(items: &'a [Span]) -> Self {
        let mut parents = Vec::with_capacity(items.len());
        let mut open: Vec<(u32, usize)> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            while open.pop_if(|(end, _)| *end <= item.start).is_some() {}
            parents.push(open.last().map(|(_, outer)| *outer));
            open.push((item.end, index));
        }
        let ending = items.iter().map(|item| (item.end, item.start)).collect();
        Self { items, parents, ending }
    }

    /// `beside`: a plain comment with an empty line after it belongs to no item.
    fn of(&self, text: &str, lexed: &Lexed, raw: &RawComment, beside: bool) -> (Option<u32>, CommentPosition) {
        let next = raw.before as usize;
        let before = lexed.tokens.get(..next).unwrap_or_default();
        let following = lexed.tokens.get(next).map(|token| token.start);
        let begins = following.filter(|at| self.items.binary_search_by_key(at, |item| item.start).is_ok());
        let Some(last) = before.last().filter(|last| breaks(text, last.end, raw.start) == 0) else {
            return match begins {
                Some(start) if beside => (Some(start), CommentPosition::Before),
                _ => (self.around(raw), CommentPosition::Inside),
            };
        };
        // On the line of a token, it belongs to what ends there, or to what begins on this line after a separator.
        let ends = before.iter().rev().find(|token| !separates(token)).unwrap_or(last).end;
        let ending = self.ending.get(&ends).copied();
        let same_line = begins.filter(|start| breaks(text, raw.end, *start) == 0);
        match (ending, same_line) {
            (Some(_), Some(start)) if separates(last) => (Some(start), CommentPosition::Before),
            (Some(start), _) => (Some(start), CommentPosition::Behind),
            (None, Some(start)) => (Some(start), CommentPosition::Before),
            (None, None) => (self.around(raw), CommentPosition::Inside),
        }
    }

    /// The innermost item that a comment is in.
    fn around(&self, raw: &RawComment) -> Option<u32> {
        let started = self.items.partition_point(|item| item.start < raw.start);
        let mut around = started.checked_sub(1);
        loop {
            let item = self.items.get(around?)?;
            if item.end > raw.start {
                return Some(item.start);
            }
            around = self.parents.get(around?).copied().flatten();
        }
    }
}

fn separates(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Symbol(Symbol::Comma | Symbol::Semicolon))
}
