//! `volplane new` in a folder that holds a repository, and of IDL that stays where it is.

use std::fs;

use volplane_testkit::{ECHO, Sandbox, TestResult, tree};

/// Without copies of volplane's crates, which make no difference here.
const SLIM: [&str; 2] = ["--runtime", "version=0.1"];

#[test]
fn a_repository_gets_a_project_and_keeps_what_it_has() -> TestResult {
    let sandbox = Sandbox::with_echo()?
        .file("hello/.git/HEAD", "ref: refs/heads/main\n")?
        .file("hello/.github/workflows/ci.yml", "on: push\n")?
        .file("hello/.gitignore", "*.o\n/target\n")?
        .file("hello/.gitattributes", "*.png binary")?
        .file("hello/CONTRIBUTING.md", "mine\n")?
        .file("hello/LICENSE", "mine\n")?
        .file("hello/README.md", "mine\n")?;
    let before = tree(&sandbox.path().join("hello"))?;
    let outcome = sandbox.run_in("hello", &[&["new", "../idl/echo.thrift", "."][..], &SLIM].concat())?;
    insta::assert_snapshot!("repository", outcome.text());
    let after = tree(&sandbox.path().join("hello"))?;
    let is_merged = |path: &str| [".gitignore", ".gitattributes"].contains(&path);
    for (path, text) in before.iter().filter(|(path, _)| !is_merged(path)) {
        assert_eq!(after.get(path), Some(text), "{path}");
    }
    insta::assert_snapshot!("lists", format!("{}---\n{}", after[".gitignore"], after[".gitattributes"]));
    let check = sandbox.run_in("hello", &["check"])?;
    assert_eq!(check.code, Some(0), "{}", check.text());
    // A later update merges the lists: what the user takes out stays out.
    fs::write(sandbox.path().join("hello/.gitignore"), "*.o\n")?;
    let update = sandbox.run_in("hello", &["update"])?;
    assert_eq!(update.code, Some(0), "{}", update.text());
    assert_eq!(fs::read_to_string(sandbox.path().join("hello/.gitignore"))?, "*.o\n");
    Ok(())
}

#[test]
fn a_dry_run_around_something_says_what_it_would_merge() -> TestResult {
    let sandbox = Sandbox::with_echo()?.file("hello/.gitignore", "*.o\n")?;
    let before = sandbox.tree()?;
    let outcome = sandbox.run(&[&["new", "idl/echo.thrift", "hello", "--dry-run"][..], &SLIM].concat())?;
    assert_eq!((outcome.code, sandbox.tree()?), (Some(0), before));
    assert!(outcome.stderr.contains("Would merge .gitignore"), "{}", outcome.stderr);
    assert!(!outcome.stdout.contains(".gitignore"), "{}", outcome.stdout);
    Ok(())
}

#[test]
fn an_idl_in_a_submodule_stays_there() -> TestResult {
    let shop = "include \"base.thrift\"\nservice Shop {\n    base.Item find(1: string name)\n}\n";
    let sandbox = Sandbox::new()?
        .file("hello/.git/HEAD", "ref: refs/heads/main\n")?
        .file("hello/protocols/.git", "gitdir: ../.git/modules/protocols\n")?
        .file("hello/protocols/gen/shop.go", "package shop\n")?
        .file("hello/protocols/shop.thrift", shop)?
        .file("hello/protocols/common/base.thrift", "struct Item {\n    1: string name\n}\n")?;
    let line = ["new", "-I", "protocols/common", "protocols/shop.thrift", ".", "--idl-in-place"];
    let outcome = sandbox.run_in("hello", &[&line[..], &SLIM].concat())?;
    insta::assert_snapshot!("submodule", outcome.text());
    let made = tree(&sandbox.path().join("hello"))?;
    assert!(!made.contains_key("idl/"), "{:?}", made.keys());
    let entry = made["volplane.toml"].lines().filter(|line| line.starts_with("path") || line.starts_with("include"));
    assert_eq!(entry.collect::<Vec<_>>(), ["path = \"protocols/shop.thrift\"", "include = [\"protocols/common\"]"]);
    assert_eq!(sandbox.run_in("hello", &["check"])?.code, Some(0));
    Ok(())
}

#[test]
fn an_idl_outside_is_referred_to_and_updates_read_it_there() -> TestResult {
    let sandbox = Sandbox::with_echo()?.file("idl/other.thrift", "service Other {\n    void ping()\n}\n")?;
    let options = ["--idl-in-place", "--codegen", "checked-in"];
    let outcome = sandbox.run(&[&["new", "idl/echo.thrift", "apps/hello"][..], &options, &SLIM].concat())?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("Copied"), "{}", outcome.stderr);
    let text = |path: &str| fs::read_to_string(sandbox.path().join("apps/hello").join(path));
    assert!(text("volplane.toml")?.contains("path = \"../../idl/echo.thrift\""), "{}", text("volplane.toml")?);
    assert_eq!(sandbox.run_in("apps/hello/cmd", &["check"])?.code, Some(0));

    let edited = ECHO.replace("service Echo {", "service Echo {\n    void ping()");
    let sandbox = sandbox.file("idl/echo.thrift", &edited)?;
    let update = sandbox.run_in("apps/hello/cmd", &["update"])?;
    assert_eq!(update.code, Some(0), "{}", update.text());
    let text = |path: &str| fs::read_to_string(sandbox.path().join("apps/hello").join(path));
    assert!(text("cmd/src/echo.rs")?.contains("async fn ping("), "{}", text("cmd/src/echo.rs")?);

    let add = sandbox.run_in("apps/hello", &["add", "../../idl/other.thrift", "--idl-in-place"])?;
    assert_eq!(add.code, Some(0), "{}", add.text());
    assert!(text("volplane.toml")?.contains("path = \"../../idl/other.thrift\""), "{}", text("volplane.toml")?);
    assert!(!fs::exists(sandbox.path().join("apps/hello/idl"))?);
    // A build script finds it from the folder of its package.
    let settings = text("volplane.toml")?.replace("\"checked-in\"", "\"build-rs\"");
    fs::write(sandbox.path().join("apps/hello/volplane.toml"), settings)?;
    assert_eq!(sandbox.run_in("apps/hello", &["update"])?.code, Some(0));
    assert!(
        text("generated/build.rs")?.contains("idl(\"../../../idl/echo.thrift\")"),
        "{}",
        text("generated/build.rs")?
    );
    Ok(())
}

#[test]
fn a_copy_is_said() -> TestResult {
    let shop = "include \"base.thrift\"\nservice Shop {\n    base.Item find(1: string name)\n}\n";
    let sandbox = Sandbox::new()?.file("shop.thrift", shop)?.file("base.thrift", "struct Item {}\n")?;
    let outcome = sandbox.run(&[&["new", "shop.thrift", "hello"][..], &SLIM].concat())?;
    let copied = outcome.stderr.lines().find(|line| line.contains("Copied"));
    let expected =
        "Copied shop.thrift to hello/idl/shop.thrift, with a file that it includes: volplane update reads the copy";
    assert_eq!(copied.map(str::trim), Some(expected), "{}", outcome.stderr);
    Ok(())
}

/// A copy has one path: the other include would find nothing.
#[cfg(unix)]
#[test]
fn a_file_that_is_included_by_two_paths_is_left_in_place_or_refused() -> TestResult {
    let shop = "include \"base.thrift\"\ninclude \"link/base.thrift\"\nservice Shop {\n    base.Item find()\n}\n";
    let sandbox = Sandbox::new()?.file("idl/shop.thrift", shop)?.file("idl/base.thrift", "struct Item {}\n")?;
    std::os::unix::fs::symlink(".", sandbox.path().join("idl/link"))?;
    let before = sandbox.tree()?;
    let outcome = sandbox.run(&[&["new", "idl/shop.thrift", "hello"][..], &SLIM].concat())?;
    assert_eq!((outcome.code, sandbox.tree()?), (Some(2), before), "{}", outcome.stderr);
    insta::assert_snapshot!("two_paths", outcome.text());
    let outcome = sandbox.run(&[&["new", "idl/shop.thrift", "hello", "--idl-in-place"][..], &SLIM].concat())?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(sandbox.run_in("hello", &["check"])?.code, Some(0));
    Ok(())
}
