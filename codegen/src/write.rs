//! From the checked model to Rust text: everything in the generated code but the definitions that pilota-build writes.
//!
//! Pure functions: a writer gets a [`Scope`], which is the module that it writes for, and returns text. What is the same in
//! all generated code stands once in the runtime module, `runtime.rs.in`.

pub(crate) mod doc;
mod options;
pub(crate) mod record;
mod scope;

pub use self::options::CodeOptions;
pub(crate) use self::scope::Scope;

/// The runtime module of generated code: the body of `mod volplane_runtime`, for the types.
pub(crate) const RUNTIME_TEXT: &str = include_str!("write/runtime.rs.in");
