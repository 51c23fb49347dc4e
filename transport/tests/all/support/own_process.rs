//! Tests that run in a process of their own, because they measure or limit the whole process.

use std::process::Command;

/// Set in the processes that are started here.
const STARTED_HERE: &str = "VOLPLANE_TEST_IN_OWN_PROCESS";

/// Stands first in a test. The test then ends here, with the outcome of a second process that runs it alone.
macro_rules! run_in_own_process {
    () => {
        if $crate::support::own_process::has_run(std::any::type_name_of_val(&|| {})) {
            return;
        }
    };
}
pub(crate) use run_in_own_process;

/// Runs the test that has the closure of this name, unless this is the process for it already.
pub fn has_run(closure: &str) -> bool {
    if std::env::var_os(STARTED_HERE).is_some() {
        return false;
    }
    // `all::module::test::{{closure}}`, once more for an `async` test.
    let test = closure.split("::{{closure}}").next().and_then(|path| path.split_once("::")).unwrap().1;
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(STARTED_HERE, "1")
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let ran = output.status.success() && stdout.contains("1 passed");
    assert!(ran, "{test} in its own process: {}\n{stdout}{}", output.status, String::from_utf8_lossy(&output.stderr));
    true
}
