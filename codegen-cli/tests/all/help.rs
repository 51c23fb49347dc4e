//! What the command says of itself.

use volplane_testkit::{Sandbox, TestResult, each};

#[test]
fn the_command_explains_itself() -> TestResult {
    let sandbox = Sandbox::new()?;
    insta::assert_snapshot!("help", sandbox.run(&["--help"])?.text());
    insta::assert_snapshot!("help_new", sandbox.run(&["new", "--help"])?.text());
    insta::assert_snapshot!("help_demo", sandbox.run(&["demo", "--help"])?.text());
    insta::assert_snapshot!("help_update", sandbox.run(&["update", "--help"])?.text());
    insta::assert_snapshot!("help_check", sandbox.run(&["check", "--help"])?.text());
    insta::assert_snapshot!("help_add", sandbox.run(&["add", "--help"])?.text());
    insta::assert_snapshot!("help_remove", sandbox.run(&["remove", "--help"])?.text());
    insta::assert_snapshot!("help_doctor", sandbox.run(&["doctor", "--help"])?.text());
    insta::assert_snapshot!("help_upgrade", sandbox.run(&["upgrade", "--help"])?.text());
    insta::assert_snapshot!("no_command", sandbox.run(&[])?.text());
    Ok(())
}

#[test]
fn the_version_names_the_one_of_volo_thrift() -> TestResult {
    let outcome = Sandbox::new()?.run(&["--version"])?;
    assert_eq!(outcome.code, Some(0));
    let workspace = include_str!("../../../Cargo.toml");
    let volo = workspace.lines().find_map(|line| line.strip_prefix("volo-thrift = ")).unwrap_or_default();
    let expected =
        format!("volplane {} (for volo-thrift {})\n", env!("CARGO_PKG_VERSION"), volo.trim_matches(['"', '=']));
    assert_eq!(outcome.stdout, expected);
    Ok(())
}

#[test]
fn a_mistyped_command_line_is_a_usage_error() -> TestResult {
    let sandbox = Sandbox::new()?;
    each(
        [
            &["nwe"][..],
            &["new"],
            &["new", "a.thrift", "b", "c"],
            &["new", "a.thrift", "--transport", "stdnet,udp"],
            &["new", "a.thrift", "--runtime", "path="],
            &["new", "a.thrift", "-q", "-v"],
            &["demo", "--keep"],
        ],
        |arguments| {
            let outcome = sandbox.run(arguments)?;
            assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""), "{arguments:?}: {}", outcome.stderr);
            assert!(outcome.stderr.starts_with("error: "), "{arguments:?}: {}", outcome.stderr);
            Ok(())
        },
    )?;
    Ok(())
}

#[test]
fn the_long_help_ends_with_the_exit_codes() -> TestResult {
    let sandbox = Sandbox::new()?;
    let long = sandbox.run(&["help"])?.stdout;
    let (_, table) = long.split_once("Exit codes:\n").unwrap_or_default();
    let codes: Vec<&str> = table.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(codes, ["0", "1", "2", "3", "4", "130"], "{long}");
    assert!(!sandbox.run(&["-h"])?.stdout.contains("Exit codes"));
    Ok(())
}
