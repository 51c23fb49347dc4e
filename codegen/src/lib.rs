//! From thrift IDL to volo-thrift code.

#[cfg(feature = "emit")]
pub mod emit;
pub mod lower;
pub mod model;
pub mod rust;
pub mod span;
