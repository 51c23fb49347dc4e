//! What the tests and benchmarks of volplane-build share: the corpus of IDL, generated IDL, generated code and crates of
//! it, and an encoder of thrift messages.
//!
//! The functions panic where a test would: on files that are missing and on IDL that has errors.

pub mod corpus;
pub mod generated;
pub mod large;
pub mod message;

/// Xorshift: the same numbers in every run.
pub struct Random(pub u64);

impl Random {
    /// The next number, below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit.max(1)
    }
}
