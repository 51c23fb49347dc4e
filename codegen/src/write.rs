//! From the checked model to Rust text: everything in the generated code but the definitions that pilota-build writes.
//!
//! Pure functions: a writer gets a [`Scope`], which is the module that it writes for, and returns text. What is the same in
//! all generated code stands once in the runtime module, `runtime.rs.in`.

mod options;
mod scope;

pub use self::options::{CodeOptions, OptionError, is_trait_path, unknown_service};
pub(crate) use self::scope::Scope;
