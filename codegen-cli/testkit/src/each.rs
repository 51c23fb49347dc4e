//! Cases in a list.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::sandbox::TestResult;

/// Checks every case, also after one that fails.
///
/// # Errors
/// The cases that failed; what they panicked with is printed above.
pub fn each<T: Debug>(cases: impl IntoIterator<Item = T>, mut check: impl FnMut(T) -> TestResult) -> TestResult {
    let (mut count, mut failed) = (0, Vec::new());
    for case in cases {
        count += 1;
        let name = format!("{case:?}");
        match catch_unwind(AssertUnwindSafe(|| check(case))) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => failed.push(format!("{name}: {error}")),
            Err(_) => failed.push(name),
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!("{} of {count} cases failed:\n{}", failed.len(), failed.join("\n")).into())
}

#[cfg(test)]
mod tests {
    use super::each;

    #[test]
    fn a_case_that_fails_does_not_hide_the_others() {
        let checked = each([1, 2, 3, 4], |case| {
            assert!(case != 2, "two");
            if case == 4 { Err("four".into()) } else { Ok(()) }
        });
        assert_eq!(checked.unwrap_err().to_string(), "2 of 4 cases failed:\n2\n4: four");
        assert!(each([""; 0], |_| Err("never".into())).is_ok());
    }
}
