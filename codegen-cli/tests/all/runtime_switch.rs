//! Another source of the runtime crates: one line of the report stands for all files that come or go.

use std::fs;

use volplane_testkit::{Sandbox, TestResult};

#[test]
fn switching_the_runtime_is_one_line_and_verbose_lists_the_files() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    let made = sandbox.run(&["-q", "new", "idl/echo.thrift", "hello", "--transport", "stdnet"])?;
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let path = sandbox.path().join("hello/volplane.toml");
    let vendored = fs::read_to_string(&path)?;
    let other = vendored.replace("runtime = \"vendored\"", "runtime = { version = \"0.1\" }");
    assert_ne!(other, vendored);

    for (toml, verb, would) in [(&other, "Removed", "Would remove"), (&vendored, "Created", "Would create")] {
        fs::write(&path, toml)?;
        let of_runtime = |text: &str| text.lines().filter(|line| line.contains(" runtime")).count();
        let check = sandbox.run_in("hello", &["check"])?;
        assert_eq!(check.code, Some(4), "{}", check.stderr);
        assert_eq!(of_runtime(&check.stdout), 1, "{}", check.stdout);
        assert!(check.stdout.contains(&format!("{would} runtime: ")), "{}", check.stdout);
        let verbose = sandbox.run_in("hello", &["-v", "update", "--dry-run"])?;
        assert!(verbose.stderr.contains(&format!("{would} runtime/transport/src/lib.rs")), "{}", verbose.stderr);
        let update = sandbox.run_in("hello", &["update"])?;
        assert_eq!(update.code, Some(0), "{}", update.stderr);
        assert_eq!(of_runtime(&update.stderr), 1, "{}", update.stderr);
        assert!(update.stderr.contains(&format!("{verb} runtime: ")), "{}", update.stderr);
    }
    Ok(())
}
