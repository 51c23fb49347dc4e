//! Finds the `impl` of a service that a macro writes: it can be read, but not edited.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, TokenTree};

use super::Trait;
use super::scope::plain;
use super::source::{Source, Spans};

/// An `impl` of a service's trait in a macro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InMacro {
    /// The line of the trait's name, counted from 1.
    pub line: usize,
    /// The methods that it lacks, by their identifiers.
    pub missing: Vec<String>,
    /// The methods that it has and the trait does not.
    pub gone: Vec<String>,
}

/// The `impl`s of a trait in a file's macros. Of those that have macros or repetitions in them nothing is missing, as far as
/// can be seen.
///
/// Forgets the spans of all that the thread has parsed with proc-macro2.
pub fn in_macros(text: &str, service: &Trait) -> Vec<InMacro> {
    if !text.contains(plain(&service.ident)) {
        return Vec::new();
    }
    let _spans = Spans;
    let Ok((source, _)) = Source::parse(text) else { return Vec::new() };
    let mut found = Vec::new();
    walk(&source, &source.tokens(), service, false, &mut found);
    found
}

fn walk(source: &Source<'_>, tokens: &[TokenTree], service: &Trait, is_macro: bool, found: &mut Vec<InMacro>) {
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                let is_macro = is_macro || is_behind_mark(tokens.get(..at).unwrap_or_default());
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                walk(source, &inner, service, is_macro, found);
            }
            TokenTree::Ident(ident) if is_macro && plain(&ident.to_string()) == plain(&service.ident) => {
                let rest = tokens.get(at + 1..).unwrap_or_default();
                let before = tokens.get(..at).unwrap_or_default();
                if let Some(body) = implementation(before, rest) {
                    let at = ident.span().byte_range().start + source.base;
                    let line = source.slice(0..at).matches('\n').count() + 1;
                    found.push(read(&body, line, service));
                }
            }
            _ => {}
        }
    }
}

/// Whether `name!` or `macro_rules! name` stands before brackets.
fn is_behind_mark(before: &[TokenTree]) -> bool {
    let is_mark = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '!');
    match before {
        [.., mark] if is_mark(mark) => true,
        [.., mark, TokenTree::Ident(_)] => is_mark(mark),
        _ => false,
    }
}

/// The braces of `impl … Trait for … { … }`.
fn implementation(before: &[TokenTree], rest: &[TokenTree]) -> Option<Group> {
    let is_word = |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(ident) if ident == word);
    rest.first().filter(|first| is_word(first, "for"))?;
    // The `impl` of this trait, and not one that ended before.
    let ends = |token: &&TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    before.iter().rev().take_while(|token| !ends(token)).find(|token| is_word(token, "impl"))?;
    rest.iter().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.clone()),
        _ => None,
    })
}

fn read(body: &Group, line: usize, service: &Trait) -> InMacro {
    let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    let sign = |token: &TokenTree, sign: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    let is_open = tokens.iter().any(|token| sign(token, '$')) || tokens.windows(2).any(is_call);
    let names = tokens.windows(2).filter_map(|pair| match pair {
        [TokenTree::Ident(word), TokenTree::Ident(name)] if word == "fn" => Some(plain(&name.to_string()).to_owned()),
        _ => None,
    });
    let names: BTreeSet<String> = names.collect();
    let known = service.methods.iter().map(|method| plain(&method.ident).to_owned());
    let missing = known.filter(|name| !is_open && !names.contains(name)).collect();
    let gone = names.iter().filter(|name| service.method(name).is_none()).cloned().collect();
    InMacro { line, missing, gone }
}

/// Whether two tokens are `name!`.
fn is_call(pair: &[TokenTree]) -> bool {
    matches!(pair, [TokenTree::Ident(_), TokenTree::Punct(punct)] if punct.as_char() == '!')
}
