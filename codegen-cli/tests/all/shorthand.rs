//! `volplane idl/echo.thrift`, as kitex users type it.

use std::collections::BTreeMap;
use std::fs;

use volplane_testkit::{ECHO, Sandbox, TestResult, each, tree};

/// What volplane.toml says of the names.
fn names(sandbox: &Sandbox) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let toml = fs::read_to_string(sandbox.path().join("volplane.toml"))?;
    Ok(toml
        .lines()
        .filter(|line| line.starts_with("module") || line.starts_with("service"))
        .map(str::to_owned)
        .collect())
}

/// Everything in the folder but what a run keeps for itself.
fn files(sandbox: &Sandbox) -> Result<BTreeMap<String, String>, Box<dyn std::error::Error>> {
    let mut tree = sandbox.tree()?;
    tree.retain(|path, _| !path.starts_with(".volplane/"));
    Ok(tree)
}

#[test]
fn every_spelling_makes_the_project_around_the_idl() -> TestResult {
    each(
        [
            "--module hello --service shop.api idl/echo.thrift",
            "-module hello -service shop.api idl/echo.thrift",
            "-module=hello -service=shop.api idl/echo.thrift",
            "idl/echo.thrift --module=hello --service shop.api",
            "-I common -module github.com/somebody/hello -service shop.api -- idl/echo.thrift",
            "-module example.com/hello/v2 -service shop.api -Icommon idl/echo.thrift --color never",
        ],
        |line| {
            let sandbox = Sandbox::with_echo()?;
            let outcome = sandbox.run(&line.split(' ').collect::<Vec<_>>())?;
            assert_eq!(outcome.code, Some(0), "{line}: {}", outcome.stderr);
            assert_eq!(names(&sandbox)?, ["module = \"hello\"", "service = \"shop.api\""], "{line}");
            assert_eq!(fs::read_to_string(sandbox.path().join("idl/echo.thrift"))?, ECHO);
            Ok(())
        },
    )?;
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
    assert_eq!(tree(&sandbox.path().join("a"))?, tree(&sandbox.path().join("b"))?);
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
fn in_a_project_it_updates() -> TestResult {
    let sandbox = Sandbox::with_echo()?.file("README.md", "mine\n")?;
    let line = ["-module", "example.com/team/hello", "-service", "shop.api", "-I", "idl", "idl/echo.thrift"];
    assert_eq!(sandbox.run(&line)?.code, Some(0));
    let made = files(&sandbox)?;
    // Nothing has changed, wherever one stands.
    insta::assert_snapshot!("nothing_to_do", sandbox.run(&line)?.text());
    assert_eq!(sandbox.run_in("cmd", &["../idl/echo.thrift"])?.code, Some(0));
    assert!(files(&sandbox)? == made, "an update with nothing to do changed something");

    let edited = ECHO.replace("service Echo {", "service Echo {\n    void ping()");
    let sandbox = sandbox.file("idl/echo.thrift", &edited)?;
    let dry = sandbox.run(&[&line[..], &["--dry-run"]].concat())?;
    assert_eq!(dry.code, Some(0), "{}", dry.stderr);
    assert!(!fs::read_to_string(sandbox.path().join("cmd/src/echo.rs"))?.contains("ping"));
    insta::assert_snapshot!("updated", sandbox.run(&line)?.text());
    assert!(fs::read_to_string(sandbox.path().join("cmd/src/echo.rs"))?.contains("async fn ping("));
    assert_eq!(fs::read_to_string(sandbox.path().join("README.md"))?, "mine\n");
    assert_eq!(sandbox.run(&["check"])?.code, Some(0));
    Ok(())
}

#[test]
fn in_a_project_what_is_typed_has_to_agree() -> TestResult {
    let sandbox = Sandbox::with_echo()?.file("echo.thrift", ECHO)?.file("other.thrift", "service Other {}\n")?;
    assert_eq!(sandbox.run(&["-module", "hello", "-service", "shop.api", "idl/echo.thrift"])?.code, Some(0));
    let before = files(&sandbox)?;
    insta::assert_snapshot!("other_module", sandbox.run(&["-module", "other", "idl/echo.thrift"])?.text());
    insta::assert_snapshot!("other_service", sandbox.run(&["-service", "other", "idl/echo.thrift"])?.text());
    insta::assert_snapshot!("other_idl", sandbox.run(&["other.thrift"])?.text());
    assert_eq!(sandbox.run(&["idl/ehco.thrift"])?.code, Some(2));
    // What the project's IDL was copied from counts as it until it is edited.
    assert_eq!(sandbox.run(&["echo.thrift"])?.code, Some(0));
    assert!(files(&sandbox)? == before, "something was changed");
    let sandbox = sandbox.file("echo.thrift", "service Echo {}\n")?;
    assert_eq!(sandbox.run(&["echo.thrift"])?.code, Some(2));
    Ok(())
}

#[test]
fn a_folder_with_other_things_is_refused() -> TestResult {
    let cases = [
        ("foreign_file", "notes.txt", "mine", "idl/echo.thrift"),
        ("foreign_file_below", "idl/gen/echo.go", "package api", "idl/echo.thrift"),
        ("in_the_way", "new/echo.thrift", "service Echo { void ping() }", "new/echo.thrift"),
    ];
    each(cases, |(name, path, text, idl)| {
        let sandbox = Sandbox::with_echo()?.file(path, text)?;
        let before = sandbox.tree()?;
        let outcome = sandbox.run(&["-module", "hello", idl])?;
        assert_eq!(sandbox.tree()?, before, "{name}: something was left on the disk");
        insta::assert_snapshot!(name, outcome.text());
        Ok(())
    })?;
    Ok(())
}

#[test]
fn hidden_files_of_the_user_stay() -> TestResult {
    let sandbox = Sandbox::with_echo()?.file(".gitignore", "*.o\n")?;
    let outcome = sandbox.run(&["-module", "hello", "idl/echo.thrift"])?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("Merged .gitignore: your lines stay"), "{}", outcome.stderr);
    assert!(fs::read_to_string(sandbox.path().join(".gitignore"))?.starts_with("*.o\n"));
    assert_eq!(sandbox.run(&["check"])?.code, Some(0));
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
