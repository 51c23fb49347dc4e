//! From the checked model to IDL text that pilota-build accepts and that means the same.
//!
//! pilota-build reads less than Apache's grammar and stumbles over some of what it reads (docs/limits.md has the
//! list), so it is given text printed from the model: one file per Rust module, every id written, every constant
//! resolved, legacy forms gone, and the Rust name of everything pinned by `pilota.name`. What it can't express is
//! handed on beside the text, as [`Patch`]es of its output. Pure: nothing is read or written here.

mod literal;
mod print;
mod value;

use serde::{Deserialize, Serialize};

use crate::model::{DefinitionKind, Model};
use crate::rust::keys::{self, Keys};
use crate::rust::layout::Layout;
use crate::span::Span;
use crate::{Code, Diagnostic};

/// Normalised IDL, and what has to happen to the code generated from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lowered {
    /// The paths of the files that were asked for, as the user gave them.
    pub sources: Vec<String>,
    /// The files, all in one folder. All of them are compiled.
    pub files: Vec<LoweredFile>,
    /// Changes to the generated code, independent of each other.
    pub patches: Vec<Patch>,
    /// Services whose Rust name is not their name in the IDL.
    pub services: Vec<ServiceName>,
}

/// One normalised file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoweredFile {
    /// Its file name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A text that stands once in the generated code, and what has to stand there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patch {
    /// The text that pilota-build generates.
    pub from: String,
    /// The text to put there.
    pub to: String,
}

/// The Rust of one module, in the order of the IDL. The definitions in it are pilota-build's, the rest is ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleText {
    /// The names of the modules that lead to it, keywords not escaped.
    pub path: Vec<String>,
    /// What it holds.
    pub pieces: Vec<Piece>,
}

/// One item of a module, with everything that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    /// Text of ours alone: an enum, a constant, a service.
    Own(String),
    /// A struct, exception, union or typedef, which pilota-build defines.
    Shape(Shape),
}

/// What stands around a definition of pilota-build's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Its Rust name, not escaped, by which it is found.
    pub name: String,
    /// Doc comment and attributes before it.
    pub head: String,
    /// Attributes of each field or arm, in the order of the IDL.
    pub fields: Vec<String>,
    /// The text behind it: `impl`s.
    pub impls: String,
}

/// A service that has another name in Rust than on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceName {
    /// The module of its trait, keywords not escaped.
    pub module: Vec<String>,
    /// The name of its trait; traits of several modules may have it.
    pub rust: String,
    /// The name in the IDL, by which a multi-service server finds it.
    pub idl: String,
}

/// Something valid that the backend can't express. docs/limits.md explains each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Where it stands.
    pub span: Span,
    /// What can't be expressed.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.message, self.help)
    }
}

impl From<&Limit> for Diagnostic {
    fn from(limit: &Limit) -> Diagnostic {
        Diagnostic::at(Code::E070, limit.span, limit.message.clone(), "").help(limit.help.clone())
    }
}

/// Prints `model` as normalised IDL.
///
/// # Errors
/// Everything in the model that the backend can't express, each with its place.
pub fn lower(model: &Model) -> Result<Lowered, Vec<Limit>> {
    let layout = Layout::new(model);
    let keys = Keys::new(model);
    let mut limits = Vec::new();
    let mut patches = Vec::new();
    let files = (0..layout.modules().len())
        .map(|module| print::Printer::new(model, &layout, &keys, module, &mut patches, &mut limits).file())
        .collect();
    if !limits.is_empty() {
        return Err(limits);
    }
    Ok(Lowered {
        sources: model.roots.iter().map(|&file| model.file(file).path.clone()).collect(),
        files,
        patches,
        services: renamed_services(model, &layout),
    })
}

fn renamed_services(model: &Model, layout: &Layout) -> Vec<ServiceName> {
    keys::definitions(model)
        .filter(|(_, definition)| matches!(definition.kind, DefinitionKind::Service(_)))
        .map(|(id, definition)| ServiceName {
            module: layout.modules()[layout.module_of(id.file)].path.clone(),
            rust: layout.name(id).to_owned(),
            idl: definition.name.text.clone(),
        })
        .filter(|name| name.rust != name.idl)
        .collect()
}
