//! Projects whose volplane.toml says what the generated code holds, and libraries of types.

use std::fs;
use std::path::Path;

use crate::workshop::{RUNTIME_HERE, Workshop};
use volplane_testkit::{Sandbox, TestResult};

const IDL: &str = include_str!("idl/settings.thrift");

/// A program of the user's that needs everything that is switched on.
const PROGRAM: &str = "use hello_generated::shop::v1::{Choice, Gone, Item};
use pilota::serde::{Deserialize, Serialize};

fn is_both<'a, T: Serialize + Deserialize<'a>>() {}

fn main() {
    is_both::<Item>();
    is_both::<Choice>();
    is_both::<Gone>();
    println!(\"{}\", Item::default()._unknown_fields.size());
}
";

/// Uncomments keys of volplane.toml.
fn switch_on(project: &Path, keys: &[(&str, &str)]) -> TestResult {
    keys.iter().try_for_each(|(from, to)| edit(&project.join("volplane.toml"), from, to))
}

fn edit(path: &Path, from: &str, to: &str) -> TestResult {
    let text = fs::read_to_string(path)?;
    assert!(text.contains(from), "{from}: {text}");
    Ok(fs::write(path, text.replace(from, to))?)
}

fn updated(sandbox: &Sandbox) -> TestResult {
    let update = sandbox.run_in("hello", &["update"])?;
    assert_eq!(update.code, Some(0), "{}", update.stderr);
    let check = sandbox.run_in("hello", &["check"])?;
    assert_eq!(check.code, Some(0), "{}{}", check.stdout, check.stderr);
    Ok(())
}

fn everything(codegen: &str) -> TestResult {
    let workshop = Workshop::enter();
    let sandbox = Sandbox::new()?.file("shop.thrift", IDL)?;
    let new = ["new", "shop.thrift", "hello", "--transport", "stdnet", "--codegen", codegen, RUNTIME_HERE];
    let new = sandbox.run(&new)?;
    assert_eq!(new.code, Some(0), "{}", new.stderr);
    let project = sandbox.path().join("hello");
    let keys = [
        ("# keep_unknown_fields", "keep_unknown_fields"),
        ("# derive = [\"serde::Serialize\"]", "derive = [\"serde::Serialize\", \"serde::Deserialize\"]"),
        ("# split", "split"),
        ("# descriptors", "descriptors"),
        ("# services = [\"Example\"]", "services = [\"Shop\"]"),
    ];
    switch_on(&project, &keys)?;
    edit(
        &project.join("generated/Cargo.toml"),
        "[dependencies]\n",
        "[dependencies]\nserde = { version = \"1\", features = [\"derive\"] }\n",
    )?;
    updated(&sandbox)?;
    // cargo adds the dependency to the lock file.
    let built = workshop.cargo(&project, &["update", "--workspace", "--offline"])?;
    assert!(built.success, "{}", built.stderr);
    workshop.assert_formatted(&project)?;
    workshop.build_and_test(&project)?;

    // The feature in place of the derived traits.
    let keys = [("derive = [", "# derive = ["), ("# serde = true", "serde = true")];
    switch_on(&project, &keys)?;
    fs::write(project.join("cmd/src/serde.rs"), PROGRAM)?;
    let manifest = project.join("cmd/Cargo.toml");
    let with_feature = "hello-generated = { workspace = true, features = [\"serde\"] }";
    edit(&manifest, "hello-generated.workspace = true", with_feature)?;
    let program = "[[bin]]\nname = \"serde\"\npath = \"src/serde.rs\"\ntest = false\n\n[dependencies]\n";
    edit(&manifest, "[dependencies]\n", program)?;
    updated(&sandbox)?;
    workshop.build_and_test(&project)
}

#[test]
fn all_of_them_built_by_a_build_script() -> TestResult {
    everything("build-rs")
}

#[test]
fn all_of_them_checked_in() -> TestResult {
    everything("checked-in")
}

#[test]
fn a_library_of_types_and_its_first_service() -> TestResult {
    let workshop = Workshop::enter();
    let types = &IDL[..IDL.find("service Shop").ok_or("no service")?];
    let sandbox = Sandbox::new()?.file("shop.thrift", types)?;
    // Of a name that packages can't have; the runtime is vendored, for one transport.
    let new = sandbox.run(&["new", "shop.thrift", "My Types", "--transport", "stdnet", "--codegen", "checked-in"])?;
    assert_eq!(new.code, Some(0), "{}", new.stderr);
    let project = sandbox.path().join("My Types");
    workshop.assert_formatted(&project)?;
    workshop.build_and_test(&project)?;
    let tree = workshop.cargo(&project, &["tree", "--locked", "-e", "normal"])?;
    assert!(tree.stdout.contains("pilota") && !tree.stdout.contains("volo"), "{}{}", tree.stdout, tree.stderr);

    fs::write(project.join("idl/shop.thrift"), IDL)?;
    let update = sandbox.run_in("My Types", &["update"])?;
    assert_eq!(update.code, Some(0), "{}", update.stderr);
    // cargo adds to the lock file what services need.
    let built = workshop.cargo(&project, &["test", "--offline"])?;
    assert!(built.success && !built.stderr.contains("warning"), "{}\n{}", built.stdout, built.stderr);
    Ok(())
}
