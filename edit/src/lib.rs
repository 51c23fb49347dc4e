//! Brings files that a user owns up to a new IDL, and keeps what the user wrote byte for byte.
//!
//! Everything here is pure: texts in, texts and a report out.
//!
//! - [`merge`]: three-way merges of whole files, as git makes them.
//! - [`diff`]: what changed, for people.

pub mod diff;
pub mod merge;
pub mod newlines;
