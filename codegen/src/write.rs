//! From the checked model to Rust text: everything in the generated code but the definitions that pilota-build writes.
//!
//! Pure functions: a writer gets a [`Scope`], which is the module that it writes for, and returns text. What is the same in
//! all generated code stands once in the runtime module, `runtime.rs.in`.

<<<<<<< HEAD
mod doc;
=======
mod constants;
pub(crate) mod doc;
mod enums;
pub(crate) mod module;
>>>>>>> wip-records
mod options;
pub(crate) mod record;
mod scope;
<<<<<<< HEAD
pub(crate) mod services;
=======
mod services;
mod structs;
mod typedefs;
mod unions;
>>>>>>> wip-records

pub use self::options::CodeOptions;
pub(crate) use self::scope::{RUNTIME, Scope};

/// The text of the runtime module.
#[cfg(feature = "emit")]
pub(crate) fn runtime(options: &CodeOptions) -> String {
    let services = if options.types_only { "" } else { include_str!("write/runtime_service.rs.in") };
    format!("{}{services}", include_str!("write/runtime.rs.in"))
}
