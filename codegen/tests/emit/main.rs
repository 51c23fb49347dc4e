//! Generated code, as text, compiled, and used by programs. Everything is built in one target directory.
#![cfg(feature = "emit")]

mod build_script;
mod child;
mod compiles;
mod corpus;
mod data;
mod differential;
mod echo;
mod names;
mod split;
mod support;
mod volo;
mod whole;
