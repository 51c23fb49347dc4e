//! From thrift IDL to volo-thrift code.

pub mod model;
pub mod span;
