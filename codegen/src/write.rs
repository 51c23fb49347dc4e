//! From the checked model to Rust text: everything in the generated code but the definitions that pilota-build writes.
//!
//! Pure functions: a writer gets a `Scope`, which is the module that it writes for, and returns text. What is the same in
//! all generated code is in the runtime module, `runtime.rs.in`.

pub(crate) mod attributes;
mod constants;
mod doc;
mod enums;
pub(crate) mod module;
mod options;
pub(crate) mod record;
mod scope;
mod services;
mod structs;
#[cfg(test)]
mod tests;
mod typedefs;
mod unions;
pub(crate) mod values;

pub use self::options::{CodeOptions, OptionError, is_serde_trait, is_trait_path, unknown_service};
pub(crate) use self::scope::{RUNTIME, Scope};

/// The text of the runtime module.
#[cfg(feature = "emit")]
pub(crate) fn runtime(options: &CodeOptions) -> String {
    let mut text = include_str!("write/runtime.rs.in").to_owned();
    if let Some(feature) = &options.serde_feature {
        text.push_str(&format!("\n#[cfg(feature = {feature:?})]\n"));
    } else if options.derives_serde() {
        text.push('\n');
    }
    if options.serde_feature.is_some() || options.derives_serde() {
        text.push_str(include_str!("write/runtime_serde.rs.in"));
    }
    if !options.types_only {
        text.push_str(include_str!("write/runtime_service.rs.in"));
        if options.descriptors {
            text.push_str(include_str!("write/runtime_descriptor.rs.in"));
        }
    }
    text
}
