//! Brings handlers up to a new IDL: the methods of every `impl` of a service's trait, by their spans.
//!
//! What is not concerned stays byte for byte: only methods that are new, changed or gone are touched, and of those only
//! the part that changed. A `use` line of the user's is never touched; a new name gets a line of its own.

mod align;
mod body;
mod collect;
mod differ;
mod event;
mod find;
mod form;
mod forward;
mod generated;
mod in_macros;
mod insert;
mod list;
mod memory;
mod names;
mod prune;
mod rename;
mod rename_service;
mod rewrite;
mod scope;
mod source;
mod splice;
mod stale;
mod types;
mod undefined;
mod update;
mod uses;
mod uses_of;

use std::collections::HashSet;
use std::fmt;

pub use event::{Change, Doubt, Event, EventKind};
pub use generated::GeneratedNames;
pub use in_macros::{InMacro, in_macros};
pub use rename_service::{ServiceRename, rename_service};
pub use stale::{StalePath, stale_paths};

use self::scope::plain;
use self::source::{Source, Spans};
use crate::rust::doc_lines;

/// A service's trait in generated code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trait {
    /// The module that it lies in: `hello_generated::api`.
    pub module: String,
    /// Its identifier: `Echo`.
    pub ident: String,
    /// The service's name in the IDL.
    pub idl_name: String,
    /// All methods, inherited ones too.
    pub methods: Vec<Method>,
}

/// A method of a trait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// Its name in the IDL.
    pub idl_name: String,
    /// Its identifier, `r#type` if it has to be.
    pub ident: String,
    /// What it takes behind `&self`.
    pub arguments: Vec<Argument>,
    /// What it answers, with full paths: `::core::result::Result<(), ::volo_thrift::ServerError>`.
    pub output: String,
    /// The text of its comment.
    pub doc: Option<String>,
}

/// An argument of a method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its identifier, `r#type` if it has to be.
    pub ident: String,
    /// Its field id in the IDL, if that is known.
    pub id: Option<i32>,
    /// Its type, with full paths: `::std::option::Option<hello_generated::api::Request>`.
    pub ty: String,
}

/// A service before and after an edit of the IDL.
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    /// As it was at the last update of the file; `None` without a record.
    pub before: Option<&'a Trait>,
    /// As it is now.
    pub after: &'a Trait,
}

/// What a new method does until somebody writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stub {
    /// `Err(not_implemented("Echo.echo"))`, with the user's `crate::not_implemented`.
    NotImplemented,
    /// This expression, with full paths; `{method}` in it becomes `Echo.echo`.
    Inline(String),
}

/// What a file has to match.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// All services of the project, those without a change too.
    pub services: &'a [Service<'a>],
    /// What the generated crate exports, if that is known.
    pub generated: Option<&'a GeneratedNames>,
    /// What the generated crate is called in this package, if not by its name: `gen` of
    /// `gen = { package = "hello-generated" }`.
    pub crate_name: Option<&'a str>,
    /// `impl`s that are somebody else's affair.
    pub skip: &'a [Implementation],
    /// What new methods do.
    pub stub: &'a Stub,
    /// Comments methods out that the IDL has no more, instead of leaving them.
    pub prune: bool,
}

/// An `impl` of a service's trait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Implementation {
    /// The trait as the services have it now, whatever the file calls it: `hello_generated::api::Echo`.
    pub trait_path: String,
    /// The type, as the file writes it, with no blanks but single ones.
    pub self_ty: String,
    /// The line of its `impl`, counted from 1.
    pub line: usize,
}

/// An updated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its text.
    pub text: String,
    /// What happened, in the order of the lines.
    pub events: Vec<Event>,
    /// The `impl`s of services in the file, those that were skipped, too; their lines are those of the old text.
    pub implementations: Vec<Implementation>,
}

/// Why a file was skipped: it does not parse.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct ParseError {
    /// The line, counted from 1.
    pub line: usize,
    /// The character in the line, counted from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

/// The `impl`s of these services in a file.
///
/// Forgets the spans of all that the thread has parsed with proc-macro2.
///
/// # Errors
/// When the file does not parse, and looks as if it had such an `impl`. One that mentions no service is not parsed.
pub fn implementations(text: &str, services: &[Service<'_>]) -> Result<Vec<Implementation>, ParseError> {
    if !may_concern(text, services) {
        return Ok(Vec::new());
    }
    let _spans = Spans;
    let (source, file) = match Source::parse(text) {
        Ok(parsed) => parsed,
        Err(_) if !services.iter().any(|service| service.may_be_implemented_in(text)) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let (scopes, impls) = collect::collect(&source, &file);
    let found = find::find(&source, &scopes, &impls, services);
    Ok(found.into_iter().map(|found| found.implementation(&source)).collect())
}

/// Brings a file up to date: adds methods to every `impl` of a service, changes signatures, and reports or comments out
/// what is gone. With nothing to do the text is the same.
///
/// Forgets the spans of all that the thread has parsed with proc-macro2.
///
/// # Errors
/// When the file does not parse, and looks as if it had such an `impl`: templates and the like are no Rust and need nothing.
/// One that mentions no service is not parsed.
pub fn update(text: &str, request: &Request<'_>) -> Result<Outcome, ParseError> {
    let unchanged = || Outcome { text: text.to_owned(), events: Vec::new(), implementations: Vec::new() };
    if !may_concern(text, request.services) {
        return Ok(unchanged());
    }
    let _spans = Spans;
    let (source, file) = match Source::parse(text) {
        Ok(parsed) => parsed,
        Err(_) if !request.services.iter().any(|service| service.may_be_implemented_in(text)) => return Ok(unchanged()),
        Err(error) => return Err(error),
    };
    let (mut scopes, impls) = collect::collect(&source, &file);
    let root = request.services.first().and_then(|service| service.after.module.split("::").next());
    scopes.renamed = request.crate_name.zip(root).map(|(name, root)| (plain(name).to_owned(), plain(root).to_owned()));
    let found = find::find(&source, &scopes, &impls, request.services);
    Ok(update::update(&source, scopes, &found, request))
}

/// Whether a file has to be parsed: it has an `impl`, and a word that is the name of a service. Looked up in a table, because
/// there may be a hundred services, and as many files for each.
fn may_concern(text: &str, services: &[Service<'_>]) -> bool {
    let words: HashSet<&str> = text.split(|c| !is_part(c)).collect();
    let mut traits = services.iter().flat_map(Service::traits);
    words.contains("impl") && traits.any(|one| words.contains(scope::plain(&one.ident)))
}

/// The lines of a comment as they are compared.
fn written_doc(doc: &str) -> Vec<String> {
    doc_lines(Some(doc)).iter().map(|line| line.replace('\r', " ").trim().to_owned()).collect()
}

/// Whether a word may have this in it.
fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl Trait {
    /// Its full path.
    pub fn path(&self) -> String {
        format!("{}::{}", self.module, self.ident)
    }

    /// The method with this identifier, with `r#` or without.
    pub fn method(&self, ident: &str) -> Option<&Method> {
        self.methods.iter().find(|method| scope::plain(&method.ident) == scope::plain(ident))
    }
}

impl Method {
    /// Whether it takes and answers what another does, under the same names.
    fn has_signature_of(&self, other: &Self) -> bool {
        let same = |one: &Argument, other: &Argument| one.ident == other.ident && one.ty == other.ty;
        self.output == other.output
            && self.arguments.len() == other.arguments.len()
            && self.arguments.iter().zip(&other.arguments).all(|(one, other)| same(one, other))
    }
}

impl<'a> Service<'a> {
    /// The trait before and after, as far as they are known.
    fn traits(&self) -> impl Iterator<Item = &'a Trait> + use<'a> {
        [Some(self.after), self.before].into_iter().flatten()
    }

    /// Whether a file that does not parse seems to implement the trait, or to import it under another name.
    fn may_be_implemented_in(&self, text: &str) -> bool {
        let begins = |rest: &str, word: &str| rest.strip_prefix(word).is_some_and(|rest| !rest.starts_with(is_part));
        let is_meant = |before: &str, behind: &str| {
            let line = before.rsplit('\n').next().unwrap_or_default();
            let rest = behind.trim_start();
            let is_word = !before.ends_with(is_part) && !behind.starts_with(is_part);
            let in_impl = || line.split(|c| !is_part(c)).any(|word| word == "impl");
            is_word && (begins(rest, "for") || begins(rest, "as") || in_impl())
        };
        self.traits().any(|one| {
            let ident = scope::plain(&one.ident);
            let mut found = text.match_indices(ident);
            found.any(|(at, _)| text.get(..at).zip(text.get(at + ident.len()..)).is_some_and(|(a, b)| is_meant(a, b)))
        })
    }
}

impl fmt::Display for Implementation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "impl {} for {}", self.trait_path, self.self_ty)
    }
}
