//! A project builds no more than its transports need, and its lock file is the one that cargo would write.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

use volplane_testkit::{Sandbox, TestResult, each};

/// Sets of transports, and what of these crates is built for them: rcgen, rustls, tungstenite, volplane-transport, yamux.
const SETS: [(&str, &str); 9] = [
    ("default", "volplane-transport"),
    ("stdnet", "volplane-transport"),
    ("default,stdnet", "volplane-transport"),
    ("websocket", "tungstenite volplane-transport"),
    ("yamux", "tungstenite volplane-transport yamux"),
    ("stdnet,yamux", "tungstenite volplane-transport yamux"),
    ("default,stdnet,websocket,yamux", "tungstenite volplane-transport yamux"),
    ("stdnet,http", "volplane-transport"),
    ("default,stdnet,websocket,yamux,tls,http", "rcgen rustls tungstenite volplane-transport yamux"),
];

/// The crates that cargo would build a package and what it needs from, of those above.
fn built(project: &Path, arguments: &[&str]) -> Result<String, Box<dyn Error>> {
    let tree = ["tree", "-e", "normal,build", "--prefix", "none", "--format", "{p}"];
    let output = Command::new(env!("CARGO")).args(tree).args(arguments).current_dir(project).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo tree {arguments:?}: {said}");
    let text = String::from_utf8(output.stdout)?;
    let names = text.lines().filter_map(|line| line.split(' ').next());
    let mut names: Vec<&str> =
        names.filter(|name| ["rcgen", "rustls", "tungstenite", "volplane-transport", "yamux"].contains(name)).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names.join(" "))
}

/// Makes a project of each kind and set; none may find its lock file wanting.
fn every_set(codegen: &str, runtime: &str) -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    each(SETS, |(transports, crates)| {
        let name = transports.replace(',', "-");
        let options = ["--transport", transports, "--codegen", codegen, "--runtime", runtime];
        let new = sandbox.run(&[&["new", "idl/echo.thrift", &name][..], &options].concat())?;
        assert_eq!(new.code, Some(0), "{transports}: {}", new.stderr);
        let project = sandbox.path().join(&name);
        assert_eq!(built(&project, &["--locked"])?, crates, "{transports}");
        let locked = fs::read_to_string(project.join("Cargo.lock"))?;
        for name in ["rcgen", "rustls", "tungstenite", "yamux"] {
            let is_locked = locked.contains(&format!("name = \"{name}\""));
            assert_eq!(is_locked, crates.contains(name), "{transports}: {name}");
        }
        Ok(())
    })?;
    Ok(())
}

#[test]
fn vendored_and_built_by_a_build_script() -> TestResult {
    every_set("build-rs", "vendored")
}

#[test]
fn vendored_and_checked_in() -> TestResult {
    every_set("checked-in", "vendored")
}

#[test]
fn beside_a_checkout() -> TestResult {
    every_set("checked-in", &format!("path={}/..", env!("CARGO_MANIFEST_DIR")))
}

#[test]
fn types_alone_need_pilota_and_nothing_of_volo() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    each(["build-rs", "checked-in"], |codegen| {
        each(["vendored".to_owned(), format!("path={}/..", env!("CARGO_MANIFEST_DIR"))], |runtime| {
            let name = format!("{codegen}-{}", runtime.split('=').next().unwrap_or_default());
            let options = ["--types-only", "--codegen", codegen, "--runtime", &runtime];
            let new = sandbox.run(&[&["new", "idl/echo.thrift", &name][..], &options].concat())?;
            assert_eq!(new.code, Some(0), "{name}: {}", new.stderr);
            let project = sandbox.path().join(&name);
            assert_eq!(built(&project, &["--locked"])?, "", "{name}");
            let locked = fs::read_to_string(project.join("Cargo.lock"))?;
            assert!(locked.contains("name = \"pilota\"") && !locked.contains("name = \"volo"), "{name}");
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}

#[test]
fn the_generated_crate_needs_no_connection() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    let new = sandbox.run(&["new", "idl/echo.thrift", "hello", "--codegen", "checked-in"])?;
    assert_eq!(new.code, Some(0), "{}", new.stderr);
    let project = sandbox.path().join("hello");
    assert_eq!(built(&project, &["--locked", "-p", "hello-generated"])?, "volplane-transport");
    Ok(())
}

#[test]
fn a_feature_that_is_turned_on_by_hand_comes_with_its_files_and_goes_with_them() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    let options = ["--transport", "stdnet", "--codegen", "checked-in"];
    let new = sandbox.run(&[&["new", "idl/echo.thrift", "hello"][..], &options].concat())?;
    assert_eq!(new.code, Some(0), "{}", new.stderr);
    let project = sandbox.path().join("hello");
    let has_tls = || fs::exists(project.join("runtime/transport/src/tls.rs"));
    let manifest = fs::read_to_string(project.join("cmd/Cargo.toml"))?;
    let with_tls = manifest.replace("[\"endpoints\"]", "[\"endpoints\", \"tls\"]");
    for (manifest, expected, crates) in
        [(&with_tls, true, "rustls volplane-transport"), (&manifest, false, "volplane-transport")]
    {
        fs::write(project.join("cmd/Cargo.toml"), manifest)?;
        let update = sandbox.run_in("hello", &["update"])?;
        assert_eq!((update.code, has_tls()?), (Some(0), expected), "{}", update.stderr);
        assert_eq!(sandbox.run_in("hello", &["check"])?.code, Some(0));
        assert_eq!(built(&project, &["--offline"])?, crates);
    }
    Ok(())
}

#[test]
fn a_transport_that_is_added_brings_its_feature() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    let options = ["--transport", "default", "--codegen", "checked-in"];
    let new = sandbox.run(&[&["new", "idl/echo.thrift", "hello"][..], &options].concat())?;
    assert_eq!(new.code, Some(0), "{}", new.stderr);
    let project = sandbox.path().join("hello");
    let manifest = || fs::read_to_string(project.join("cmd/Cargo.toml"));
    assert!(!manifest()?.contains("volplane-transport"), "{}", manifest()?);

    let settings = fs::read_to_string(project.join("volplane.toml"))?;
    for (transports, line, crates) in [
        (
            "[\"default\", \"stdnet\"]",
            "volplane-transport = { workspace = true, features = [\"endpoints\"] }",
            "volplane-transport",
        ),
        (
            "[\"default\", \"websocket\"]",
            "volplane-transport = { workspace = true, features = [\"endpoints\", \"websocket\"] }",
            "tungstenite volplane-transport",
        ),
    ] {
        fs::write(project.join("volplane.toml"), settings.replace("[\"default\"]", transports))?;
        let update = sandbox.run_in("hello", &["update"])?;
        assert_eq!(update.code, Some(0), "{}", update.stderr);
        assert!(manifest()?.contains(line), "{}", manifest()?);
        // cargo adds to the lock file what the feature brings: from here on it is the user's.
        assert_eq!(built(&project, &["--offline"])?, crates);
    }
    Ok(())
}
