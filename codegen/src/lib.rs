//! From thrift IDL to volo-thrift code; [`check()`] is where to begin.
//!
//! The front-end reads IDL as Apache's compiler does and reports every mistake with its place, before anything else
//! sees the text. Data flows one way:
//!
//! | step | module | from | to |
//! |---|---|---|---|
//! | load | `load` | paths, through [`ReadSource`] | texts, each behind what it includes |
//! | lex | [`syntax`] (`lex`) | text | [tokens](syntax::token) and comments |
//! | parse | [`syntax`] (`parse`) | tokens | a [tree](syntax::tree) with places |
//! | resolve | `check` (`world`, `resolve`, `canon`) | trees | definitions whose names mean something |
//! | check | `check` (the rest) | definitions, values | [`Diagnostic`]s, or none |
//! | model | [`model`] | all of it | plain data for everything behind |
//!
//! Beside it: [`render()`] shows diagnostics, `explain` tells what a code means, [`dump`] gives the model as JSON,
//! [`print`](mod@print) as IDL, and [`fix`](mod@fix) applies the edits that diagnostics carry.
//!
//! Nothing here panics on any input, and no input makes it recurse deeper than [`syntax::tree::MAX_DEPTH`] asks for.

#[cfg(feature = "emit")]
mod builder;
mod check;
mod code;
mod diagnostic;
pub mod dump;
#[cfg(feature = "emit")]
pub mod emit;
#[cfg(feature = "explanations")]
mod explain;
pub mod fix;
mod load;
pub mod lower;
pub mod model;
mod nearest;
pub mod print;
mod read;
mod render;
pub mod rust;
mod source;
pub mod span;
pub mod syntax;
pub mod write;

#[cfg(feature = "emit")]
pub use builder::{Builder, OUTPUT};
pub use check::{Checked, check};
pub use code::Code;
pub use diagnostic::{Diagnostic, Fix, Label, Severity};
#[cfg(feature = "explanations")]
pub use explain::explain;
pub use nearest::nearest;
pub use read::{Disk, Memory, ReadSource};
pub use render::{MessageFormat, UnknownFormat, render};
pub use source::{Position, Source, Sources};
