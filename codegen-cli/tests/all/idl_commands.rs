//! The commands that only read IDL: check-idl, explain, dump.

use volplane_testkit::{ECHO, Sandbox, TestResult, each};

const WRONG: &str = "struct Item {\n    1: string name\n    1: i32 count\n}\n";
const ODD: &str = "include \"fine.thrift\"\n\nstruct Item {\n    1: string name\n}\n";
const FINE: &str = "enum Kind {\n    A = 1\n}\n";

fn sandbox() -> Result<Sandbox, Box<dyn std::error::Error>> {
    Sandbox::with_echo()?
        .file("wrong.thrift", WRONG)?
        .file("odd/odd.thrift", ODD)?
        .file("odd/deeper/fine.thrift", FINE)?
        .file("odd/fine.thrift", FINE)?
        .file("odd/notes.txt", "no IDL")?
        .file("empty/notes.txt", "no IDL")
}

#[test]
fn check_idl_counts_what_it_saw() -> TestResult {
    let sandbox = sandbox()?;
    let outcome = sandbox.run(&["check-idl", "idl/echo.thrift"])?;
    assert_eq!(
        outcome.text(),
        "exit: 0\n--- stdout\n--- stderr\n     Checked 1 file: 1 service, 1 method, 2 structs\n"
    );
    Ok(())
}

#[test]
fn check_idl_tells_mistakes_in_four_forms() -> TestResult {
    let sandbox = sandbox()?;
    each(["human", "short", "json", "github"], |format| {
        let outcome = sandbox.run(&["check-idl", "wrong.thrift", "--message-format", format])?;
        assert_eq!(outcome.code, Some(1));
        insta::assert_snapshot!(format!("check_{format}"), outcome.text());
        Ok(())
    })?;
    assert_eq!(sandbox.run(&["check-idl", "wrong.thrift", "--message-format", "xml"])?.code, Some(2));
    Ok(())
}

#[test]
fn check_idl_takes_folders_and_lets_warnings_pass_unless_told_otherwise() -> TestResult {
    let sandbox = sandbox()?;
    insta::assert_snapshot!(sandbox.run(&["check-idl", "odd", "--message-format", "short"])?.text());
    let outcome = sandbox.run(&["check-idl", "odd", "--deny-warnings"])?;
    assert_eq!(outcome.code, Some(1), "{}", outcome.stderr);
    assert_eq!(outcome.stderr.lines().last(), Some("error: 2 warnings, and --deny-warnings was given"));
    Ok(())
}

#[test]
fn programs_get_diagnostics_and_a_summary() -> TestResult {
    let sandbox = sandbox()?;
    let is_object = |line: &str| line.starts_with("{\"reason\":\"");
    let fine = sandbox.run(&["check-idl", "idl/echo.thrift", "--message-format", "json"])?;
    assert_eq!((fine.stdout.lines().count(), fine.stderr.as_str()), (1, ""));
    assert!(fine.stdout.starts_with("{\"reason\":\"summary\",\"command\":\"check-idl\",\"exit_code\":0,"));
    let args = ["check-idl", "odd", "--deny-warnings", "--message-format", "json"];
    let denied = sandbox.run(&args)?;
    assert_eq!((denied.code, denied.stderr.as_str()), (Some(1), ""));
    assert!(denied.stdout.lines().count() > 1 && denied.stdout.lines().all(is_object), "{}", denied.stdout);
    each(
        [
            (&["check-idl", "odd"][..], "github", "::warning "),
            (&["dump", "--json", "odd/odd.thrift"], "github", "::warning "),
            // Its stdout is the dump.
            (&["dump", "--json", "odd/odd.thrift"], "json", "{\"reason\":\"diagnostic\","),
        ],
        |(command, format, begins)| {
            let outcome = sandbox.run(&[command, &["--deny-warnings", "--message-format", format]].concat())?;
            assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""), "{}", outcome.stderr);
            assert!(!outcome.stderr.is_empty());
            assert!(outcome.stderr.lines().all(|line| line.starts_with(begins)), "{}", outcome.stderr);
            Ok(())
        },
    )?;
    Ok(())
}

#[test]
fn check_idl_of_nothing_is_a_usage_error() -> TestResult {
    let sandbox = sandbox()?;
    insta::assert_snapshot!(sandbox.run(&["check-idl", "empty"])?.text());
    assert_eq!(sandbox.run(&["check-idl"])?.code, Some(2));
    Ok(())
}

#[test]
fn explain_knows_every_code() -> TestResult {
    let sandbox = Sandbox::new()?;
    let list = sandbox.run(&["explain"])?;
    assert_eq!(list.code, Some(0));
    let codes: Vec<&str> = list.stdout.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(codes.contains(&"E030") && codes.contains(&"W001"), "{codes:?}");
    each(codes, |code| {
        let outcome = sandbox.run(&["explain", code])?;
        assert!(outcome.code == Some(0) && outcome.stdout.len() > 40, "{code}: {}", outcome.text());
        Ok(())
    })?;
    insta::assert_snapshot!("explain", sandbox.run(&["explain", "e030"])?.text());
    insta::assert_snapshot!("explain_unknown", sandbox.run(&["explain", "E999"])?.text());
    Ok(())
}

#[test]
fn dump_prints_the_model_as_json() -> TestResult {
    let sandbox = sandbox()?;
    let outcome = sandbox.run(&["dump", "--json", "idl/echo.thrift"])?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let model: serde_json::Value = serde_json::from_str(&outcome.stdout)?;
    assert_eq!((&model["version"], &model["files"][0]["path"]), (&2.into(), &"idl/echo.thrift".into()));
    let wrong = sandbox.run(&["dump", "--json", "wrong.thrift"])?;
    assert_eq!((wrong.code, wrong.stdout.as_str()), (Some(1), ""));
    let piped = sandbox.run_with_input(&["dump", "--json", "-"], ECHO)?;
    let piped_model: serde_json::Value = serde_json::from_str(&piped.stdout)?;
    assert_eq!(piped_model["files"][0]["definitions"], model["files"][0]["definitions"]);
    assert_eq!(sandbox.run(&["dump", "idl/echo.thrift"])?.code, Some(2));
    let denied = sandbox.run(&["dump", "--json", "--deny-warnings", "odd/odd.thrift"])?;
    assert_eq!((denied.code, denied.stdout.as_str()), (Some(1), ""));
    assert!(denied.stderr.ends_with("error: 1 warning, and --deny-warnings was given\n"), "{}", denied.stderr);
    Ok(())
}
