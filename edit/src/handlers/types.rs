//! Types as tokens, in which paths are single ones: to compare how a user writes a type with what it has to be.

use std::ops::Range;
use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::names::same;
use super::scope::{Id, Scopes, plain};

/// A token of a type.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) what: Kind,
    /// Where it stands in the type's text.
    pub(super) range: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A path, without its generic arguments; a leading `::` is an empty segment.
    Path(Vec<String>),
    /// Anything else.
    Other(String),
}

/// Reads a type.
pub(super) fn tokens(ty: &str) -> Vec<Token> {
    let mut flat = Vec::new();
    flatten(TokenStream::from_str(ty).unwrap_or_default(), &mut flat);
    let mut out: Vec<Token> = Vec::new();
    // What a `::` that was just read belongs to: the path before it, or one that begins so.
    let mut colons: Option<Range<usize>> = None;
    let mut flat = flat.into_iter().peekable();
    while let Some((text, range)) = flat.next() {
        if text == ":" && flat.peek().is_some_and(|(next, at)| next == ":" && at.start == range.end) {
            let end = flat.next().map_or(range.end, |(_, at)| at.end);
            colons = Some(range.start..end);
            continue;
        }
        let before = colons.take();
        if !text.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            out.push(Token { what: Kind::Other(text), range });
            continue;
        }
        let name = plain(&text).to_owned();
        match (before, out.last_mut()) {
            (Some(_), Some(Token { what: Kind::Path(path), range: whole })) => {
                path.push(name);
                whole.end = range.end;
            }
            (Some(at), _) => {
                out.push(Token { what: Kind::Path(vec![String::new(), name]), range: at.start..range.end });
            }
            (None, _) => out.push(Token { what: Kind::Path(vec![name]), range }),
        }
    }
    // A comma before a closing bracket says nothing; one in `(A,)` does, but not to a reader of signatures.
    let closes = |token: &Token| matches!(&token.what, Kind::Other(text) if [">", ")", "]"].contains(&text.as_str()));
    let comma = Kind::Other(",".to_owned());
    let idle: Vec<bool> = (0..out.len())
        .map(|at| out.get(at).is_some_and(|token| token.what == comma) && out.get(at + 1).is_some_and(closes))
        .collect();
    out.into_iter().zip(idle).filter(|(_, idle)| !idle).map(|(token, _)| token).collect()
}

/// The comments in a type.
pub(super) fn comments(ty: &str) -> Vec<&str> {
    let mut flat = Vec::new();
    flatten(TokenStream::from_str(ty).unwrap_or_default(), &mut flat);
    let mut at = 0;
    let mut found = Vec::new();
    for (_, range) in flat {
        found.extend(ty.get(at..range.start).map(str::trim).filter(|text| !text.is_empty()));
        at = range.end;
    }
    found
}

fn flatten(tokens: TokenStream, out: &mut Vec<(String, Range<usize>)>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                out.push((open.to_owned(), group.span_open().byte_range()));
                flatten(group.stream(), out);
                out.push((close.to_owned(), group.span_close().byte_range()));
            }
            token => out.push((token.to_string(), token.span().byte_range())),
        }
    }
}

/// How exactly a user's type is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Accuracy {
    /// A path's last segment is enough.
    Names,
    /// What the file imports under a name must not be something else.
    Imports,
}

/// Compares what a user wrote with full paths.
pub(super) struct Comparison<'a> {
    pub(super) scopes: &'a Scopes,
    pub(super) scope: Id,
}

impl Comparison<'_> {
    /// Whether a user's type is this one.
    pub(super) fn is(&self, users: &str, full: &str, accuracy: Accuracy) -> bool {
        self.matches(&tokens(users), &tokens(full), accuracy)
    }

    pub(super) fn matches(&self, users: &[Token], full: &[Token], accuracy: Accuracy) -> bool {
        users.len() == full.len()
            && users.iter().zip(full).all(|(users, full)| match (&users.what, &full.what) {
                (Kind::Path(users), Kind::Path(full)) => self.is_path(users, full, accuracy),
                (users, full) => users == full,
            })
    }

    fn is_path(&self, users: &[String], full: &[String], accuracy: Accuracy) -> bool {
        let full = if full.first().is_some_and(String::is_empty) { full.get(1..).unwrap_or_default() } else { full };
        let meant = self.scopes.certain(self.scope, users);
        let is_same = meant.as_ref().is_some_and(|meant| same(meant, full));
        let is_imported = users.first().is_some_and(|first| {
            users.len() > 1 || self.scopes.chain(self.scope).any(|(_, scope)| scope.names.contains_key(first))
        });
        match accuracy {
            _ if is_same => true,
            Accuracy::Imports if meant.is_some() && is_imported => false,
            _ => users.last() == full.last(),
        }
    }
}
