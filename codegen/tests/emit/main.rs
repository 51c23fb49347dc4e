//! Generated code, as text and compiled.
#![cfg(feature = "emit")]

mod build_script;
mod child;
mod corpus;
mod data;
mod echo;
mod names;
mod split;
mod support;
mod volo;
mod whole;
