//! `volplane idl/echo.thrift`, as kitex users type it.

mod support;

use std::fs;

use support::{ECHO, Sandbox, TestResult};

/// What volplane.toml says of the names.
fn names(sandbox: &Sandbox) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let toml = fs::read_to_string(sandbox.path().join("volplane.toml"))?;
    Ok(toml
        .lines()
        .filter(|line| line.starts_with("module") || line.starts_with("service"))
        .map(str::to_owned)
        .collect())
}

#[test]
fn every_spelling_makes_the_project_around_the_idl() -> TestResult {
    for line in [
        "--module hello --service shop.api idl/echo.thrift",
        "-module hello -service shop.api idl/echo.thrift",
        "-module=hello -service=shop.api idl/echo.thrift",
        "idl/echo.thrift --module=hello --service shop.api",
        "-I common -module github.com/somebody/hello -service shop.api -- idl/echo.thrift",
        "-module example.com/hello/v2 -service shop.api -Icommon idl/echo.thrift --color never",
    ] {
        let sandbox = Sandbox::with_echo()?;
        let outcome = sandbox.run(&line.split(' ').collect::<Vec<_>>())?;
        assert_eq!(outcome.code, Some(0), "{line}: {}", outcome.stderr);
        assert_eq!(names(&sandbox)?, ["module = \"hello\"", "service = \"shop.api\""], "{line}");
        assert_eq!(fs::read_to_string(sandbox.path().join("idl/echo.thrift"))?, ECHO);
    }
    Ok(())
}

#[test]
fn an_empty_folder_gets_the_same_project_as_with_new() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    fs::create_dir_all(sandbox.path().join("a/hello"))?;
    fs::create_dir_all(sandbox.path().join("b/hello"))?;
    let short = sandbox.run_in("a/hello", &["--module", "hello", "../../idl/echo.thrift"])?;
    let long = sandbox.run_in("b/hello", &["new", "--module", "hello", "../../idl/echo.thrift", "."])?;
    assert_eq!((short.code, &short.stderr), (Some(0), &long.stderr));
    assert_eq!(support::tree(&sandbox.path().join("a"))?, support::tree(&sandbox.path().join("b"))?);
    Ok(())
}

#[test]
fn what_lies_around_the_idl_stays() -> TestResult {
    let sandbox = Sandbox::with_echo()?
        .file("README.md", "mine\n")?
        .file("LICENSE", "mine\n")?
        .file(".git/HEAD", "ref: refs/heads/main\n")?
        .file("idl/deep/other.thrift", "struct Other {}\n")?;
    let before = sandbox.tree()?;
    let outcome = sandbox.run(&["-module", "hello", "idl/echo.thrift"])?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let after = sandbox.tree()?;
    for (path, text) in &before {
        assert_eq!(after.get(path), Some(text), "{path}");
    }
    assert!(after.contains_key("cmd/src/echo.rs"));
    let strays: Vec<&String> = after.keys().filter(|path| path.starts_with(".volplane-")).collect();
    assert!(strays.is_empty(), "{strays:?}");
    Ok(())
}

#[test]
fn a_folder_with_other_things_is_refused() -> TestResult {
    let cases = [
        ("foreign_file", "notes.txt", "mine"),
        ("foreign_file_below", "idl/gen/echo.go", "package api"),
        ("in_the_way", ".gitignore", "*.o\n"),
    ];
    for (name, path, text) in cases {
        let sandbox = Sandbox::with_echo()?.file(path, text)?;
        let before = sandbox.tree()?;
        let outcome = sandbox.run(&["-module", "hello", "idl/echo.thrift"])?;
        assert_eq!(sandbox.tree()?, before, "{name}: something was left on the disk");
        insta::assert_snapshot!(name, outcome.text());
    }
    Ok(())
}

#[test]
fn without_a_subcommand_there_is_one_path() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    insta::assert_snapshot!("second_path", sandbox.run(&["idl/echo.thrift", "hello"])?.text());
    insta::assert_snapshot!("unknown_flag", sandbox.run(&["idl/echo.thrift", "--modul", "x"])?.text());
    insta::assert_snapshot!("no_idl", sandbox.run(&["-module", "hello", "idl/ehco.thrift"])?.text());
    Ok(())
}
