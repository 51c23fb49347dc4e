//! Paths of the generated crate that no longer exist.

use proc_macro2::{Delimiter, Ident, TokenTree};

use super::generated::GeneratedNames;
use super::scope::plain;
use super::source::{Source, Spans};

/// A path of the generated crate that a file uses, and that the crate does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StalePath {
    /// The line where it is used first, counted from 1.
    pub line: usize,
    /// The path: `hello_generated::api::Request`.
    pub path: String,
    /// Where something of that name is now, if that is clear.
    pub now: Option<String>,
}

/// The paths of the generated crate in a file, in `use` lines and elsewhere, that certainly do not exist; each once. A file
/// that does not parse has none. `crate_name` is what the crate is called in the file's package, if not by its name.
///
/// Forgets the spans of all that the thread has parsed with proc-macro2.
pub fn stale_paths(text: &str, generated: &GeneratedNames, crate_name: Option<&str>) -> Vec<StalePath> {
    if !text.contains(crate_name.unwrap_or(generated.root())) {
        return Vec::new();
    }
    let _spans = Spans;
    let Ok((source, _)) = Source::parse(text) else { return Vec::new() };
    let mut paths = Paths { roots: vec![crate_name.map_or(generated.root(), plain).to_owned()], found: Vec::new() };
    paths.walk(&source.tokens());
    let mut stale: Vec<StalePath> = Vec::new();
    for (names, end) in paths.found {
        let mut path = vec![generated.root().to_owned()];
        path.extend(names);
        let written = path.join("::");
        if generated.has(&path) == Some(false) && !stale.iter().any(|one| one.path == written) {
            let line = source.slice(0..end + source.base).matches('\n').count() + 1;
            let now = path.last().and_then(|name| generated.moved(name));
            stale.push(StalePath { line, path: written, now });
        }
    }
    stale
}

struct Paths {
    /// The crate's name, and what the file calls it.
    roots: Vec<String>,
    /// What stands behind it, and the place of the last name.
    found: Vec<(Vec<String>, usize)>,
}

impl Paths {
    fn walk(&mut self, tokens: &[TokenTree]) {
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.walk(&group.stream().into_iter().collect::<Vec<_>>()),
                TokenTree::Ident(ident) if self.is_root(ident) && !is_behind_a_path(tokens, at) => {
                    let rest = tokens.get(at + 1..).unwrap_or_default();
                    if let Some(name) = renamed(rest) {
                        self.roots.push(name);
                    }
                    self.path(Vec::new(), 0, rest);
                }
                _ => {}
            }
        }
    }

    fn is_root(&self, ident: &Ident) -> bool {
        let name = ident.to_string();
        self.roots.iter().any(|root| root == plain(&name))
    }

    /// Reads what follows a path's beginning: `::name`, `::{…}`, or its end.
    fn path(&mut self, mut names: Vec<String>, mut end: usize, mut rest: &[TokenTree]) {
        // Behind a type come its own functions and constants.
        let is_type = |names: &[String]| names.last().is_some_and(|name| name.starts_with(char::is_uppercase));
        while let [TokenTree::Punct(first), TokenTree::Punct(second), next, behind @ ..] = rest
            && (first.as_char(), second.as_char()) == (':', ':')
            && !is_type(&names)
        {
            match next {
                TokenTree::Ident(ident) if ident == "self" => {}
                TokenTree::Ident(ident) => {
                    names.push(plain(&ident.to_string()).to_owned());
                    end = ident.span().byte_range().start;
                }
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    return self.group(&names, end, &inner);
                }
                _ => break,
            }
            rest = behind;
        }
        if !names.is_empty() {
            self.found.push((names, end));
        }
    }

    /// The trees of `{…}` in a `use`.
    fn group(&mut self, names: &[String], end: usize, tokens: &[TokenTree]) {
        let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
        for tree in tokens.split(is_comma) {
            let Some((TokenTree::Ident(ident), rest)) = tree.split_first() else { continue };
            let mut names = names.to_vec();
            let mut end = end;
            if ident != "self" {
                names.push(plain(&ident.to_string()).to_owned());
                end = ident.span().byte_range().start;
            }
            self.path(names, end, rest);
        }
    }
}

/// Whether a name is a part of another path, or a field.
fn is_behind_a_path(tokens: &[TokenTree], at: usize) -> bool {
    let sign = |back: usize| match at.checked_sub(back).and_then(|at| tokens.get(at)) {
        Some(TokenTree::Punct(punct)) => punct.as_char(),
        _ => ' ',
    };
    let is_part = sign(1) == ':' && sign(2) == ':';
    // `::hello_generated` begins a path: nothing but a sign or the beginning stands before it.
    let begins = !matches!(at.checked_sub(3).and_then(|at| tokens.get(at)), Some(TokenTree::Ident(ident)) if ident != "use" && ident != "pub");
    sign(1) == '.' || (is_part && !begins)
}

/// The name of `as name`.
fn renamed(rest: &[TokenTree]) -> Option<String> {
    match rest {
        [TokenTree::Ident(word), TokenTree::Ident(name), ..] if word == "as" => {
            Some(plain(&name.to_string()).to_owned())
        }
        _ => None,
    }
}
