//! What several modules of these tests use.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `check` for every case of a table, then fails with all cases for which it panicked.
pub fn each<T: Debug>(cases: &[T], check: impl Fn(&T)) {
    let fails = |case: &&T| catch_unwind(AssertUnwindSafe(|| check(case))).is_err();
    let failed: Vec<&T> = cases.iter().filter(fails).collect();
    assert!(
        failed.is_empty(),
        "{} of {} cases failed, each with its panic above: {failed:#?}",
        failed.len(),
        cases.len()
    );
}
