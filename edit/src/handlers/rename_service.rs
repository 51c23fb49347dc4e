//! Gives a service another name in a file: its trait, what the generated crate names after it, and its handler.

use proc_macro2::{Delimiter, Ident, Literal, Span, TokenTree};

use super::generated::GeneratedNames;
use super::scope::plain;
use super::source::{Source, Spans};
use super::splice::Splices;

/// What the generated code and the templates put behind a service's name.
const SUFFIXES: &[&str] = &[
    "Handler",
    "Server",
    "Client",
    "ClientBuilder",
    "GenericClient",
    "OneShotClient",
    "RequestRecv",
    "RequestSend",
    "ResponseRecv",
    "ResponseSend",
    "ArgsSend",
    "ArgsRecv",
    "ResultSend",
    "ResultRecv",
    "Exception",
];

/// A service under another name.
#[derive(Clone, Copy, Debug)]
pub struct ServiceRename<'a> {
    /// Its trait until now: `Echo`.
    pub from: &'a str,
    /// Its trait from now on: `Parrot`.
    pub to: &'a str,
    /// The module of its handler until now, and from now on.
    pub module: Option<(&'a str, &'a str)>,
    /// What the generated crate exports: other names that begin like the service's stay.
    pub exports: &'a GeneratedNames,
}

impl ServiceRename<'_> {
    /// The new name of an identifier, if it has one. The trait's own name is left out.
    fn derived(&self, ident: &str) -> Option<String> {
        let rest = ident.strip_prefix(self.from)?;
        let is_derived = SUFFIXES.iter().any(|suffix| rest.ends_with(suffix)) && !self.exports.has_name(ident);
        is_derived.then(|| format!("{}{rest}", self.to))
    }

    /// A type with full paths under the new name.
    pub fn in_type(&self, ty: &str) -> String {
        crate::rust::map_paths(ty, |path| match path.rsplit_once("::") {
            Some((module, name)) => match self.derived(name) {
                Some(name) => format!("{module}::{name}"),
                None => path.to_owned(),
            },
            None => path.to_owned(),
        })
    }
}

/// The text of a file under the new name. A file that does not parse, or that says nothing of the service, is the same.
///
/// Forgets the spans of all that the thread has parsed with proc-macro2.
pub fn rename_service(text: &str, rename: &ServiceRename<'_>) -> String {
    if !text.contains(rename.from) {
        return text.to_owned();
    }
    let _spans = Spans;
    let Ok((source, _)) = Source::parse(text) else { return text.to_owned() };
    let tokens = source.tokens();
    let mut renamer = Renamer { source: &source, rename, is_imported: false, splices: Splices::default() };
    renamer.is_imported = renamer.imports(&tokens);
    renamer.walk(&tokens, None);
    renamer.splices.apply(text, &[]).0
}

struct Renamer<'a> {
    source: &'a Source<'a>,
    rename: &'a ServiceRename<'a>,
    /// The file has the trait under its own name.
    is_imported: bool,
    splices: Splices,
}

impl Renamer<'_> {
    /// Whether a file brings in the trait by name, or all of a module of the generated crate, and has nothing else of that name.
    fn imports(&self, tokens: &[TokenTree]) -> bool {
        let text = self.source.text;
        let root = self.rename.exports.root();
        let defines = |word: &str| text.contains(&format!("{word} {} ", self.rename.from));
        tokens.iter().any(|token| matches!(token, TokenTree::Ident(ident) if ident == root))
            && !["struct", "enum", "trait", "type", "union"].iter().any(|word| defines(word))
    }

    /// `before` is the segment that the brackets stand behind: `api::{…}`.
    fn walk(&mut self, tokens: &[TokenTree], before: Option<&str>) {
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => {
                    // What is between an enum's braces are its own names.
                    if group.delimiter() == Delimiter::Brace && is_enum(tokens, at) {
                        continue;
                    }
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    let segment = segment_before(tokens, at);
                    self.walk(&inner, segment.as_deref());
                }
                TokenTree::Ident(ident) => self.ident(tokens, at, ident, before),
                TokenTree::Literal(literal) => self.literal(literal),
                TokenTree::Punct(_) => {}
            }
        }
    }

    fn ident(&mut self, tokens: &[TokenTree], at: usize, ident: &Ident, before: Option<&str>) {
        let text = ident.to_string();
        let name = plain(&text);
        let segment = segment_before(tokens, at);
        let segment = segment.as_deref().or(before);
        if let Some((from, to)) = self.rename.module.filter(|(from, _)| *from == name) {
            if matches!(segment, Some("crate" | "super")) && from != to {
                self.replace(ident.span(), to);
            }
            return;
        }
        if let Some(new) = self.rename.derived(name) {
            return self.replace(ident.span(), &new);
        }
        let is_field = at
            .checked_sub(1)
            .and_then(|at| tokens.get(at))
            .is_some_and(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '.'));
        let is_trait = match segment {
            Some(segment) => segment.starts_with(char::is_lowercase) && !["crate", "super", "self"].contains(&segment),
            None => true,
        };
        if name == self.rename.from && self.is_imported && is_trait && !is_field {
            self.replace(ident.span(), self.rename.to);
        }
    }

    /// `"Echo.echo"`, as stubs say it.
    fn literal(&mut self, literal: &Literal) {
        let text = literal.to_string();
        let old = format!("\"{}.", self.rename.from);
        let is_word = |rest: &str| rest.trim_end_matches('"').chars().all(|c| c.is_alphanumeric() || c == '_');
        if let Some(rest) = text.strip_prefix(&old).filter(|rest| is_word(rest)) {
            self.replace(literal.span(), &format!("\"{}.{rest}", self.rename.to));
        }
    }

    fn replace(&mut self, span: Span, new: &str) {
        let range = span.byte_range();
        self.splices.replace(range.start + self.source.base..range.end + self.source.base, new);
    }
}

/// The segment of a path that ends with `::` before a place.
fn segment_before(tokens: &[TokenTree], at: usize) -> Option<String> {
    let back = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
    let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    if !is_colon(back(1)) || !is_colon(back(2)) {
        return None;
    }
    match back(3) {
        Some(TokenTree::Ident(ident)) => Some(plain(&ident.to_string()).to_owned()),
        _ => None,
    }
}

/// Whether a brace belongs to `enum Name`.
fn is_enum(tokens: &[TokenTree], at: usize) -> bool {
    let before = tokens.get(..at).unwrap_or_default().iter().rev();
    let head = before.take_while(|token| {
        !matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
            && !matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';')
    });
    head.into_iter().any(|token| matches!(token, TokenTree::Ident(ident) if ident == "enum"))
}
