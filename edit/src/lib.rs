//! Brings files that a user owns up to a new IDL, and keeps what the user wrote byte for byte.
//!
//! Everything here is pure: texts in, texts and a report out.
//!
//! - [`handlers`]: methods added, changed and commented out in `impl`s, by their spans.
//! - [`merge`]: three-way merges of whole files, as git makes them.
//! - [`diff`]: what changed, for people.
//! - [`rust`]: how Rust is written: `use` lines, short types, signatures.

pub mod diff;
pub mod handlers;
pub mod merge;
pub mod newlines;
pub mod rust;
