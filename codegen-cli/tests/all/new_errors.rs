//! What `volplane new` says when it can't, with which exit code, and that nothing on the disk has changed.

use std::error::Error;
use std::fs;

use volplane_testkit::{Sandbox, TestResult, each};

/// Runs the command, which must change nothing, and shows what it says.
fn refused(sandbox: &Sandbox, dir: &str, arguments: &[&str]) -> Result<String, Box<dyn Error>> {
    let before = sandbox.tree()?;
    let outcome = sandbox.run_in(dir, arguments)?;
    assert_eq!(sandbox.tree()?, before, "something was left on the disk");
    assert_ne!(outcome.code, Some(0));
    Ok(outcome.text())
}

#[test]
fn a_folder_with_something_in_it() -> TestResult {
    let sandbox = Sandbox::with_echo()?.file("hello/notes.txt", "mine")?;
    insta::assert_snapshot!(refused(&sandbox, ".", &["new", "idl/echo.thrift", "hello"])?);
    insta::assert_snapshot!(refused(&sandbox, "hello", &["new", "../idl/echo.thrift", "."])?);
    Ok(())
}

#[test]
fn a_file_in_the_place_of_the_folder() -> TestResult {
    let sandbox = Sandbox::with_echo()?.file("hello", "mine")?;
    insta::assert_snapshot!(refused(&sandbox, ".", &["new", "idl/echo.thrift", "hello"])?);
    insta::assert_snapshot!(refused(&sandbox, ".", &["new", "idl/echo.thrift", "hello/below"])?);
    Ok(())
}

#[test]
fn no_idl() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    insta::assert_snapshot!(refused(&sandbox, ".", &["new", "idl/ehco.thrift", "hello"])?);
    insta::assert_snapshot!(refused(&sandbox, ".", &["new", "idl", "hello"])?);
    Ok(())
}

#[test]
fn an_include_that_is_not_there() -> TestResult {
    let sandbox = Sandbox::new()?.file("shop.thrift", "include \"base.thrift\"\n\nservice Shop {}\n")?;
    insta::assert_snapshot!(refused(&sandbox, ".", &["new", "shop.thrift", "hello"])?);
    Ok(())
}

#[test]
fn an_idl_with_mistakes() -> TestResult {
    let text =
        "struct Item {\n    1: string name\n    1: i32 count\n}\n\nservice Shop {\n    Itme find(1: string name)\n}\n";
    let sandbox = Sandbox::new()?.file("shop.thrift", text)?;
    insta::assert_snapshot!(refused(&sandbox, ".", &["new", "shop.thrift", "hello"])?);
    Ok(())
}

#[test]
fn names_that_are_none() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    each(
        [
            ("digit", &["new", "idl/echo.thrift", "x", "--module", "1st"][..]),
            ("character", &["new", "idl/echo.thrift", "x", "--module", "my shop"]),
            ("capital", &["new", "idl/echo.thrift", "x", "--module", "Shop"]),
            ("separator", &["new", "idl/echo.thrift", "x", "--module", "my--shop"]),
            ("keyword", &["new", "idl/echo.thrift", "x", "--module", "crate"]),
            ("empty", &["new", "idl/echo.thrift", "x", "--module", ""]),
            ("service", &["new", "idl/echo.thrift", "x", "--service", " "]),
        ],
        |(name, arguments)| {
            insta::assert_snapshot!(name, refused(&sandbox, ".", arguments)?);
            Ok(())
        },
    )?;
    Ok(())
}

#[test]
fn a_runtime_that_is_not_there() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    insta::assert_snapshot!(refused(&sandbox, ".", &["new", "idl/echo.thrift", "x", "--runtime", "path=idl"])?);
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written() -> TestResult {
    use std::os::unix::fs::PermissionsExt;

    let sandbox = Sandbox::with_echo()?;
    let locked = sandbox.path().join("locked");
    fs::create_dir(&locked)?;
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555))?;
    // Root may write everywhere: then there is nothing to refuse.
    if fs::write(locked.join("probe"), "").is_ok() {
        return Ok(());
    }
    let text = refused(&sandbox, ".", &["new", "idl/echo.thrift", "locked/hello"])?;
    assert!(text.starts_with("exit: 2\n") && text.contains("error: cannot write in locked"), "{text}");
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_link_to_nowhere() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    std::os::unix::fs::symlink("nowhere", sandbox.path().join("hello"))?;
    let text = refused(&sandbox, ".", &["new", "idl/echo.thrift", "hello"])?;
    assert!(text.contains("hello exists and is not a directory"), "{text}");
    assert!(!fs::exists(sandbox.path().join("nowhere"))?);
    Ok(())
}
