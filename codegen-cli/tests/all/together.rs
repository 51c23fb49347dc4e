//! Several people, or several runs, in one project: branches that git merges, runs at the same time, runs from below.

use std::error::Error;
use std::fs;
use std::process::{Command, Output, Stdio};

use volplane_testkit::{Sandbox, TestResult, volplane};

const SHOP: &str = "\
namespace rs shop
struct Item {
    1: string name
}
service Shop {
    Item find(1: string name)
}
";

/// A new project in the folder `shop`.
fn project() -> Result<Sandbox, Box<dyn Error>> {
    let sandbox = Sandbox::new()?.file("shop.thrift", SHOP)?;
    let made = sandbox.run(&["-q", "new", "shop.thrift", "shop", "--runtime=git=https://example.org/volplane"])?;
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    Ok(sandbox)
}

/// Runs git in the project; nothing of the machine's own settings counts.
fn git(sandbox: &Sandbox, arguments: &[&str]) -> Result<Output, Box<dyn Error>> {
    let settings = ["user.name=Test", "user.email=test@example.org", "init.defaultBranch=main", "core.autocrlf=false"];
    let mut command = Command::new("git");
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.args(settings.iter().flat_map(|setting| ["-c", setting]));
    Ok(command.args(arguments).current_dir(sandbox.path().join("shop")).output()?)
}

fn git_done(sandbox: &Sandbox, arguments: &[&str]) -> Result<String, Box<dyn Error>> {
    let output = git(sandbox, arguments)?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "git {arguments:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    Ok(said)
}

fn read(sandbox: &Sandbox, path: &str) -> Result<String, Box<dyn Error>> {
    Ok(fs::read_to_string(sandbox.path().join("shop").join(path))?)
}

/// Edits the IDL on a new branch of main, updates and commits.
fn branch(sandbox: &Sandbox, name: &str, text: &str) -> TestResult {
    git_done(sandbox, &["checkout", "-q", "-b", name, "main"])?;
    fs::write(sandbox.path().join("shop/idl/shop.thrift"), text)?;
    let updated = sandbox.run_in("shop", &["update"])?;
    assert_eq!(updated.code, Some(0), "{}", updated.stderr);
    git_done(sandbox, &["add", "-A"])?;
    git_done(sandbox, &["commit", "-q", "-m", name])?;
    Ok(())
}

#[test]
fn two_branches_that_both_updated_merge() -> TestResult {
    let sandbox = project()?;
    git_done(&sandbox, &["init", "-q"])?;
    git_done(&sandbox, &["add", "-A"])?;
    git_done(&sandbox, &["commit", "-q", "-m", "new"])?;
    // One more method and a service here, two methods and another service there: in different places of the IDL.
    let one = SHOP.replace("service Shop {\n", "service Shop {\n    i32 count()\n");
    let one = one.replace("struct Item", "service Audit {\n    void log(1: string what)\n}\nstruct Item");
    let two = SHOP.replace(
        "find(1: string name)\n",
        "find(1: string name)\n    void drop(1: Item item)\n    oneway void poke()\n",
    );
    let two = format!("{two}\nservice Tool {{\n    i32 turn()\n}}\n");
    branch(&sandbox, "one", &one)?;
    branch(&sandbox, "two", &two)?;
    assert_eq!(git_done(&sandbox, &["status", "--porcelain"])?, "");

    let merge = git(&sandbox, &["merge", "-q", "one"])?;
    let fought_over = git_done(&sandbox, &["diff", "--name-only", "--diff-filter=U"])?;
    // Where both put something at one place, git asks; never about what volplane remembers, nor the IDL.
    let fought_over: Vec<&str> = fought_over.lines().collect();
    assert_eq!(merge.status.success(), fought_over.is_empty());
    for path in ["volplane.lock", "idl/shop.thrift", "volplane.toml"] {
        assert!(!fought_over.contains(&path), "{fought_over:?}");
    }
    // Nobody has written anything yet, so either side's will do: the update makes it whole.
    for path in fought_over {
        git_done(&sandbox, &["checkout", "--ours", path])?;
    }
    let lock = read(&sandbox, "volplane.lock")?;
    assert!(!lock.contains("<<<<<<<"), "{lock}");

    let updated = sandbox.run_in("shop", &["update"])?;
    assert_eq!(updated.code, Some(0), "{}", updated.stderr);
    let checked = sandbox.run_in("shop", &["check"])?;
    assert_eq!(checked.code, Some(0), "{}{}", checked.stdout, checked.stderr);
    let handler = read(&sandbox, "cmd/src/shop.rs")?;
    for method in ["find", "count", "drop", "poke"] {
        assert_eq!(handler.matches(&format!("async fn {method}(")).count(), 1, "{handler}");
    }
    let services = read(&sandbox, "cmd/src/services.rs")?;
    for handler in ["AuditHandler", "ShopHandler", "ToolHandler"] {
        assert!(services.contains(&format!(" = {handler};")), "{services}");
    }
    // The same as if one had done it all.
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let whole = project()?;
    fs::write(whole.path().join("shop/idl/shop.thrift"), read(&sandbox, "idl/shop.thrift")?)?;
    assert_eq!(whole.run_in("shop", &["update"])?.code, Some(0));
    for path in [
        "cmd/src/lib.rs",
        "cmd/src/services.rs",
        "cmd/src/clients.rs",
        "cmd/Cargo.toml",
        "README.md",
        "generated/src/lib.rs",
    ] {
        assert_eq!(lines(&read(&sandbox, path)?), lines(&read(&whole, path)?), "{path}");
    }
    Ok(())
}

#[test]
fn runs_at_the_same_time_take_turns() -> TestResult {
    let sandbox = project()?;
    let text = SHOP.replace("}\n", "    i32 count()\n}\n").replacen("    i32 count()\n", "", 1);
    fs::write(sandbox.path().join("shop/idl/shop.thrift"), text)?;
    let start = || {
        let mut command = volplane();
        command.arg("update").current_dir(sandbox.path().join("shop")).stderr(Stdio::piped()).spawn()
    };
    let runs = (0..6).map(|_| start()).collect::<Result<Vec<_>, _>>()?;
    let mut added = 0;
    for run in runs {
        let output = run.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
        added += said.matches("Added count").count();
    }
    assert_eq!(added, 1);
    assert_eq!(read(&sandbox, "cmd/src/shop.rs")?.matches("async fn count(").count(), 1);
    assert_eq!(sandbox.run_in("shop", &["check"])?.code, Some(0));
    Ok(())
}

#[test]
fn a_project_is_found_from_below() -> TestResult {
    let sandbox = project()?;
    fs::write(sandbox.path().join("shop/idl/shop.thrift"), SHOP.replace("Shop {", "Shop {\n    i32 count()"))?;
    assert_eq!(sandbox.run_in("shop/idl", &["check"])?.code, Some(4));
    let updated = sandbox.run_in("shop/cmd/src", &["update"])?;
    assert_eq!(updated.code, Some(0), "{}", updated.stderr);
    // Paths are the project's, wherever one stands.
    assert!(updated.stderr.contains(" cmd/src/shop.rs:"), "{}", updated.stderr);
    assert_eq!(sandbox.run_in("shop/cmd", &["check"])?.code, Some(0));
    let outside = sandbox.run_in(".", &["check"])?;
    assert_eq!(outside.code, Some(2), "{}", outside.stderr);
    Ok(())
}
