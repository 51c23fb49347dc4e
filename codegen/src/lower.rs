//! From the checked model to what the generated code is made from: IDL with the types alone, which pilota-build turns
//! into definitions, and the Rust text around and between them.
//!
//! pilota-build reads less than Apache's grammar and fails on some of what it reads (docs/limits.md has the
//! list), so it is given text printed from the model: one file per Rust module, every id written, and the Rust name of
//! everything pinned by `pilota.name`. Pure: nothing is read or written here.

mod print;

use serde::{Deserialize, Serialize};

use crate::model::Model;
use crate::rust::keys::Keys;
use crate::rust::layout::RustPaths;
use crate::rust::traits::Traits;
use crate::write::{self, CodeOptions, Scope};

/// What the generated code is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lowered {
    /// The paths of the files that were asked for, as the user gave them.
    pub sources: Vec<String>,
    /// The options.
    pub options: CodeOptions,
    /// The IDL for pilota-build, all in one directory. All of it is compiled.
    pub files: Vec<LoweredFile>,
    /// The modules of the code, but for the definitions that pilota-build makes of `files`.
    pub modules: Vec<ModuleText>,
}

/// One normalised file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoweredFile {
    /// Its file name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// The Rust of one module, in the order of the IDL. The definitions in it are pilota-build's, the rest is ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleText {
    /// The names of the modules that lead to it, keywords not escaped.
    pub path: Vec<String>,
    /// What it holds.
    pub pieces: Vec<Piece>,
    /// The names of the shapes in it whose values have to be hashed: their floating point numbers are ordered ones.
    pub ordered: Vec<String>,
}

/// One item of a module, with everything that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    /// Text of ours alone: an enum, a constant, a service.
    Own(String),
    /// A struct, exception, union or typedef, which pilota-build defines.
    Shape(Shape),
}

/// The text around a definition of pilota-build.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Its Rust name, not escaped, by which it is found.
    pub name: String,
    /// Doc comment and attributes before it.
    pub head: String,
    /// Attributes of each field or arm, in the order of the IDL.
    pub fields: Vec<String>,
    /// The text after it: `impl`s.
    pub impls: String,
}

/// Lowers `model` to what the code generator takes.
pub fn lower(model: &Model, options: &CodeOptions) -> Lowered {
    let layout = RustPaths::new(model);
    let keys = Keys::new(model);
    let traits = Traits::new(model, &keys);
    let mut files = Vec::new();
    let mut modules = Vec::new();
    for (index, module) in layout.modules().iter().enumerate() {
        let (file, ordered) = print::file(model, &layout, &keys, index);
        let scope = Scope { model, layout: &layout, keys: &keys, traits: &traits, options, module: index };
        files.push(file);
        modules.push(ModuleText { path: module.path.clone(), pieces: write::module::pieces(&scope), ordered });
    }
    Lowered {
        sources: model.roots.iter().map(|&file| model.file(file).path.clone()).collect(),
        options: options.clone(),
        files,
        modules,
    }
}
