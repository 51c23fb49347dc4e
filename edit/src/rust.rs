//! Rust as rustfmt writes it: `use` lines, types in short, signatures.

mod imports;
mod signature;

pub use imports::Imports;
pub(crate) use imports::{in_prelude, is_reserved, map_paths, sort_key, use_line};
pub use signature::{Layout, WIDTH, doc_lines, signature, unused};
