//! `volplane check-idl --fix`: what it changes, what it leaves, what it says.

use std::fs;

use volplane_testkit::{Sandbox, TestResult, each};

const WRONG: &str = "include \"base\"

// A comment stays.
struct Item {
    1: String name
    2: base.Kind kind   // so does this
    3: Strin guess
    4: int64 count
};
";
const BASE: &str = "enum Kind {\n    A = 0X1\n};\n";

fn sandbox() -> Result<Sandbox, Box<dyn std::error::Error>> {
    Sandbox::new()?.file("idl/item.thrift", WRONG)?.file("idl/base.thrift", BASE)
}

fn read(sandbox: &Sandbox, path: &str) -> Result<String, Box<dyn std::error::Error>> {
    Ok(fs::read_to_string(sandbox.path().join(path))?)
}

#[test]
fn what_is_certain_is_fixed_and_the_rest_is_reported() -> TestResult {
    let sandbox = sandbox()?;
    insta::assert_snapshot!("fix_offered", sandbox.run(&["check-idl", "idl", "--message-format", "short"])?.text());
    assert_eq!(
        (read(&sandbox, "idl/item.thrift")?.as_str(), read(&sandbox, "idl/base.thrift")?.as_str()),
        (WRONG, BASE)
    );
    let mut outcome = sandbox.run(&["check-idl", "idl", "--fix"])?.text();
    for path in ["idl/base.thrift", "idl/item.thrift"] {
        outcome.push_str(&format!("--- {path}\n{}", read(&sandbox, path)?));
    }
    insta::assert_snapshot!("fix_applied", outcome);
    // Nothing is left beside them, and a second run finds nothing more.
    let tree: Vec<String> = sandbox.tree()?.into_keys().collect();
    assert_eq!(tree, ["idl/", "idl/base.thrift", "idl/item.thrift"]);
    let again = sandbox.run(&["check-idl", "idl", "--fix", "--message-format", "short"])?;
    insta::assert_snapshot!("fix_again", again.text());
    Ok(())
}

#[test]
fn the_help_says_which_files_are_changed() -> TestResult {
    let sandbox = Sandbox::new()?;
    insta::assert_snapshot!("help_check_idl", sandbox.run(&["check-idl", "--help"])?.text());
    insta::assert_snapshot!("help_dump", sandbox.run(&["dump", "--help"])?.text());
    Ok(())
}

#[test]
fn a_file_without_a_fix_is_not_written() -> TestResult {
    let sandbox = sandbox()?.file("fine/fine.thrift", "struct Fine {}\n")?;
    let path = sandbox.path().join("fine/fine.thrift");
    let before = fs::metadata(&path)?.modified()?;
    let outcome = sandbox.run(&["check-idl", "fine", "--fix"])?;
    assert_eq!(
        outcome.text(),
        "exit: 0\n--- stdout\n--- stderr\n     Checked 1 file: 0 services, 0 methods, 1 struct\n"
    );
    assert_eq!(fs::metadata(&path)?.modified()?, before);
    Ok(())
}

#[test]
fn files_of_others_stay_as_they_are() -> TestResult {
    let sandbox = Sandbox::new()?
        .file("idl/a.thrift", "include \"vendor/b.thrift\"\ninclude \"../other/c.thrift\"\ninclude \"d.thrift\"\nstruct A { 1: b.B b 2: c.C c 3: d.D d };\n")?
        .file("idl/vendor/b.thrift", "struct B {};\n")?
        .file("other/c.thrift", "struct C {};\n")?
        .file("idl/d.thrift", "struct D {};\n")?;
    let d = sandbox.path().join("idl/d.thrift");
    let mut permissions = fs::metadata(&d)?.permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&d, permissions)?;
    let before = sandbox.tree()?;
    let outcome = sandbox.run(&["check-idl", "idl/a.thrift", "--fix", "--message-format", "short"])?;
    insta::assert_snapshot!("fix_skipped", outcome.text());
    let after = sandbox.tree()?;
    let changed: Vec<&String> =
        after.iter().filter(|(path, text)| before.get(*path) != Some(text)).map(|it| it.0).collect();
    assert_eq!(changed, ["idl/a.thrift"]);
    // Named themselves, those of others still stay.
    assert_eq!(sandbox.run(&["check-idl", "idl/vendor/b.thrift", "--fix"])?.code, Some(1));
    assert_eq!(sandbox.run(&["check-idl", "other/c.thrift", "--fix"])?.code, Some(0));
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_link_stays_and_one_that_leads_away_is_not_followed() -> TestResult {
    let sandbox =
        Sandbox::new()?.file("idl/real/a.thrift", "struct A {};\n")?.file("other/b.thrift", "struct B {};\n")?;
    std::os::unix::fs::symlink("real/a.thrift", sandbox.path().join("idl/a.thrift"))?;
    std::os::unix::fs::symlink("../other/b.thrift", sandbox.path().join("idl/b.thrift"))?;
    let outcome = sandbox.run(&["check-idl", "idl/a.thrift", "idl/real", "--fix"])?;
    assert_eq!(
        (outcome.code, read(&sandbox, "idl/real/a.thrift")?.as_str()),
        (Some(0), "struct A {}\n"),
        "{}",
        outcome.stderr
    );
    assert!(fs::symlink_metadata(sandbox.path().join("idl/a.thrift"))?.is_symlink());
    let outcome = sandbox.run(&["check-idl", "idl", "--fix"])?;
    assert_eq!(
        (outcome.code, read(&sandbox, "other/b.thrift")?.as_str()),
        (Some(1), "struct B {};\n"),
        "{}",
        outcome.stderr
    );
    Ok(())
}

#[test]
fn standard_input_comes_out_fixed() -> TestResult {
    let sandbox = sandbox()?;
    let text = WRONG.replace("\"base\"", "\"idl/base\"").replace("Strin ", "string ");
    insta::assert_snapshot!("fix_stdin", sandbox.run_with_input(&["check-idl", "--fix", "-"], &text)?.text());
    assert_eq!(read(&sandbox, "idl/base.thrift")?, BASE);
    let plain =
        sandbox.run_with_input(&["check-idl", "-", "--message-format", "short"], "struct A { 1: Nothing a }")?;
    insta::assert_snapshot!("check_stdin", plain.text());
    // As it is, if there is nothing to fix.
    let fine = sandbox.run_with_input(&["check-idl", "--fix", "-q", "-"], "struct A {}\r\n")?;
    assert_eq!((fine.code, fine.stdout.as_str(), fine.stderr.as_str()), (Some(0), "struct A {}\r\n", ""));
    Ok(())
}

#[test]
fn programs_apply_fixes_by_themselves() -> TestResult {
    let sandbox = sandbox()?;
    each(["json", "github"], |format| {
        let outcome = sandbox.run(&["check-idl", "idl", "--fix", "--message-format", format])?;
        insta::assert_snapshot!(format!("fix_{format}"), outcome.text());
        Ok(())
    })?;
    assert_eq!(read(&sandbox, "idl/item.thrift")?, WRONG);
    Ok(())
}
