//! What the tests of volplane and of volplane-edit share: the real command in a folder of its own, projects that are
//! edited at random, and the lists of text cases.
//!
//! The functions panic where a test would.

mod each;
pub mod living;
pub mod on_disk;
mod sandbox;

pub use each::each;
pub use sandbox::{ECHO, Outcome, Sandbox, TestResult, tree, volplane, without_counts};

include!(concat!(env!("OUT_DIR"), "/cases.rs"));
