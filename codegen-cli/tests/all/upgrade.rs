//! `volplane upgrade`: an update that takes Cargo.lock along, and says what has changed.

use std::error::Error;
use std::fs;

use sha1::{Digest, Sha1};
use volplane_testkit::{Outcome, Sandbox, TestResult};

const OWN: &str = concat!("volplane ", env!("CARGO_PKG_VERSION"), "\n");

/// A project that an older volplane updated last.
fn project() -> Result<Sandbox, Box<dyn Error>> {
    let sandbox = Sandbox::with_echo()?;
    let options = ["--runtime", "version=0.1", "--transport", "stdnet"];
    let made = sandbox.run(&[&["-q", "new", "idl/echo.thrift", "hello"][..], &options].concat())?;
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    edit(&sandbox, "volplane.lock", |text| text.replacen(OWN, "volplane 0.0.9\n", 1))?;
    Ok(sandbox)
}

fn edit(sandbox: &Sandbox, path: &str, change: impl Fn(&str) -> String) -> TestResult {
    let path = sandbox.path().join("hello").join(path);
    let text = fs::read_to_string(&path)?;
    let changed = change(&text);
    assert_ne!(text, changed);
    Ok(fs::write(path, changed)?)
}

fn read(sandbox: &Sandbox, path: &str) -> Result<String, Box<dyn Error>> {
    Ok(fs::read_to_string(sandbox.path().join("hello").join(path))?)
}

/// The version of a package in a Cargo.lock.
fn version<'a>(lock: &'a str, name: &str) -> Result<&'a str, Box<dyn Error>> {
    let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \"")).ok_or("no such package")?;
    Ok(rest.split('"').next().unwrap_or_default())
}

/// Gives a package of a Cargo.lock an older version of the same series.
fn aged(lock: &str, name: &str) -> Result<String, Box<dyn Error>> {
    let tested = version(lock, name)?;
    let (series, _) = tested.split_once('.').ok_or("no version")?;
    let entry = |version: &str| format!("name = \"{name}\"\nversion = \"{version}\"");
    Ok(lock.replacen(&entry(tested), &entry(&format!("{series}.0.0")), 1))
}

/// What a run said, without the changelog and versions.
fn report(outcome: &Outcome, sandbox: &Sandbox) -> Result<String, Box<dyn Error>> {
    let section = concat!(env!("CARGO_PKG_VERSION"), "\n\n");
    let stdout = match outcome.stdout.split_once(section) {
        Some(("", text)) if text.lines().count() > 5 => "[CHANGES]\n".to_owned(),
        _ => outcome.stdout.clone(),
    };
    let tested = version(&read(sandbox, "Cargo.lock")?, "tokio")?.to_owned();
    let text = format!("exit: {:?}\n--- stdout\n{stdout}--- stderr\n{}", outcome.code, outcome.stderr);
    let text = text.replace(env!("CARGO_PKG_VERSION"), "[OWN]");
    Ok(text.replace(&format!("--precise {tested}"), "--precise [TESTED]"))
}

#[test]
fn an_update_by_a_newer_volplane_names_upgrade() -> TestResult {
    let sandbox = project()?;
    let outcome = sandbox.run_in("hello", &["update"])?;
    insta::assert_snapshot!("update", report(&outcome, &sandbox)?);
    assert!(!sandbox.run_in("hello", &["update"])?.stderr.contains("upgrade"));
    Ok(())
}

#[test]
fn an_upgrade_prints_what_has_changed_and_takes_cargo_lock_along() -> TestResult {
    let sandbox = project()?;
    let new = read(&sandbox, "Cargo.lock")?;
    let old = aged(&new, "tokio")?;
    edit(&sandbox, "Cargo.lock", |_| old.clone())?;
    let before = sandbox.tree()?;
    let looked = sandbox.run_in("hello", &["upgrade", "--dry-run"])?;
    insta::assert_snapshot!("dry_run", report(&looked, &sandbox)?);
    assert_eq!(before, sandbox.tree()?);

    let outcome = sandbox.run_in("hello", &["upgrade"])?;
    insta::assert_snapshot!("upgraded", report(&outcome, &sandbox)?);
    assert_eq!(read(&sandbox, "Cargo.lock")?, new);
    assert!(read(&sandbox, "volplane.lock")?.contains(OWN));

    let again = sandbox.run_in("hello", &["upgrade"])?;
    insta::assert_snapshot!("again", report(&again, &sandbox)?);
    let since = sandbox.run_in("hello", &["upgrade", "--since", "0.0.9"])?;
    assert!(report(&since, &sandbox)?.contains("[CHANGES]"), "{}", since.stdout);
    Ok(())
}

/// Makes Cargo.toml, and what volplane.lock remembers of it, that of a volplane that was tested with an older tokio.
fn with_older_tokio(sandbox: &Sandbox) -> TestResult {
    let text = read(sandbox, "Cargo.toml")?;
    let line = text.lines().find(|line| line.starts_with("tokio = ")).ok_or("no tokio")?;
    let older = text.replacen(line, "tokio = \"1.0.0\"", 1);
    let print: String = Sha1::digest(older.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let base =
        |text: &str| -> String { text.lines().map(|line| format!("base Cargo.toml {print} |{line}\n")).collect() };
    edit(sandbox, "volplane.lock", |lock| {
        let others: String = lock.split_inclusive('\n').filter(|line| !line.starts_with("base Cargo.toml ")).collect();
        others + &base(&older)
    })?;
    edit(sandbox, "Cargo.toml", |_| older.clone())
}

#[test]
fn versions_are_upgraded_beside_dependencies_of_the_user() -> TestResult {
    let sandbox = project()?;
    let tested = read(&sandbox, "Cargo.toml")?;
    let mine =
        |text: &str| text.replacen("[workspace.dependencies]\n", "[workspace.dependencies]\nzz-mine = \"1\"\n", 1);
    with_older_tokio(&sandbox)?;
    edit(&sandbox, "Cargo.toml", mine)?;
    let outcome = sandbox.run_in("hello", &["upgrade"])?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("Merged Cargo.toml"), "{}", outcome.stderr);
    assert_eq!(read(&sandbox, "Cargo.toml")?, mine(&tested));

    // The user's own version of the same crate is a conflict, not lost.
    with_older_tokio(&sandbox)?;
    edit(&sandbox, "Cargo.toml", |text| text.replacen("tokio = \"1.0.0\"", "tokio = \"=1.0.1\"", 1))?;
    let outcome = sandbox.run_in("hello", &["upgrade"])?;
    assert_eq!(outcome.code, Some(3), "{}", outcome.stderr);
    assert!(read(&sandbox, "Cargo.toml")?.contains("tokio = \"=1.0.1\""));
    Ok(())
}

#[test]
fn a_cargo_lock_with_packages_of_the_user_stays() -> TestResult {
    let sandbox = project()?;
    let new = read(&sandbox, "Cargo.lock")?;
    let mine = format!("{}\n[[package]]\nname = \"zz-mine\"\nversion = \"1.0.0\"\n", aged(&new, "tokio")?);
    edit(&sandbox, "Cargo.lock", |_| mine.clone())?;
    let outcome = sandbox.run_in("hello", &["upgrade"])?;
    assert_eq!(read(&sandbox, "Cargo.lock")?, mine);
    edit(&sandbox, "Cargo.lock", |_| new.clone())?;
    insta::assert_snapshot!("packages_of_the_user", report(&outcome, &sandbox)?);
    // Other updates don't look at it.
    edit(&sandbox, "Cargo.lock", |_| mine.clone())?;
    assert!(!sandbox.run_in("hello", &["update"])?.stderr.contains("cargo update"));
    Ok(())
}

#[test]
fn a_project_of_a_newer_volplane_is_left() -> TestResult {
    let sandbox = project()?;
    edit(&sandbox, "volplane.lock", |text| text.replacen("volplane 0.0.9\n", "volplane 999.0.0\n", 1))?;
    let outcome = sandbox.run_in("hello", &["upgrade"])?;
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("999.0.0"), "{}", outcome.stderr);
    Ok(())
}
