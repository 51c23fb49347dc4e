//! Tests of the front-end and of diagnostics, which need no other process: one program, so that there is one to link.

#[macro_use]
mod corpus_files;

mod codes;
mod common;
mod corpus;
mod dump;
mod fixes;
mod formats;
mod hostile;
#[cfg(unix)]
mod links;
mod misspelled;
mod once;
mod roundtrip;
mod syntax;
mod words;
