//! Compiles thrift IDL to volo-thrift code in a build script: [`Builder`] is where to begin.
//!
//! The IDL is read as Apache's compiler reads it, and all errors are reported with their places before any code is generated.
//!
//! # Inside
//!
//! Data flows one way:
//!
//! | step | module | from | to |
//! |---|---|---|---|
//! | load | `load` | paths, through `ReadSource` | texts, each file once |
//! | lex | `syntax::lex` | text | tokens and comments |
//! | parse | `syntax::parse` | tokens | a syntax tree with spans |
//! | resolve | `check::{symbols, resolve, canon}` | syntax trees | definitions with resolved names |
//! | check | `check` (the rest) | definitions, values | diagnostics |
//! | model | `model` | all of it | plain data for the next steps |
//! | generate | `write`, `lower`, `rust`, `emit` | the model | Rust |
//!
//! `render` prints diagnostics, `explain` explains their codes, and `fix` applies the edits that they carry. `dump` writes the model as
//! JSON, `print` writes it as IDL.
//!
//! No input makes this code panic, and no input makes it recurse deeper than `syntax::tree::MAX_DEPTH`.

#[cfg(feature = "emit")]
mod builder;
mod check;
mod code;
mod diagnostic;
mod dump;
#[cfg(feature = "emit")]
mod emit;
#[cfg(feature = "explanations")]
mod explain;
mod fix;
#[doc(hidden)]
pub mod internal;
mod load;
mod lower;
mod model;
mod nearest;
mod print;
mod read;
mod render;
mod rust;
mod source;
mod span;
mod syntax;
mod write;

#[cfg(feature = "emit")]
pub use builder::{Builder, OUTPUT};
