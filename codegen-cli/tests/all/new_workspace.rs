//! `volplane new` in a folder that lies in a cargo workspace.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

use volplane_testkit::{Sandbox, TestResult, each};

const MANIFEST: &str =
    "[workspace]\nresolver = \"3\"\n# Everything that we ship.\nmembers = [\n    \"app\", # the first\n]\n";

fn sandbox(manifest: &str) -> Result<Sandbox, Box<dyn Error>> {
    let app = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    let sandbox = Sandbox::with_echo()?.file("Cargo.toml", manifest)?;
    sandbox.file("app/Cargo.toml", app)?.file("app/src/lib.rs", "")
}

/// The packages of the workspace that a folder lies in, as cargo finds them.
fn members(dir: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(dir).output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let packages = found["packages"].as_array().ok_or("no packages")?;
    let mut names: Vec<String> = packages.iter().filter_map(|it| Some(it["name"].as_str()?.to_owned())).collect();
    names.sort();
    Ok(names)
}

#[test]
fn an_image_is_built_from_everything_that_the_build_reads() -> TestResult {
    let sandbox = sandbox(MANIFEST)?;
    let options = ["--transport", "websocket", "--with", "docker,systemd"];
    let outcome = sandbox.run(&[&["new", "idl/echo.thrift", "svc/hello"][..], &options].concat())?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let text = |path: &str| fs::read_to_string(sandbox.path().join(path));
    let image = format!("{}\n{}", text("svc/hello/Dockerfile")?, text("svc/hello/Dockerfile.dockerignore")?);
    insta::assert_snapshot!("image", image);
    let readme = text("svc/hello/README.md")?;
    assert!(readme.contains("`cargo run -p hello-cmd --bin 03-websocket-server`"), "{readme}");
    assert!(!readme.contains("127.0.0.1:8889"), "{readme}");
    assert!(text("svc/hello/hello.service")?.contains("install ../../target/release/03-websocket-server"));

    // An IDL outside of a project that has a workspace of its own.
    let options = ["--own-workspace", "--idl-in-place", "--with", "docker"];
    let outcome = sandbox.run(&[&["new", "idl/echo.thrift", "own"][..], &options].concat())?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(text("own/Dockerfile")?.contains("docker build -t own -f Dockerfile --build-arg"));
    assert!(text("own/README.md")?.contains("Edit `../idl/echo.thrift`, then run"));
    Ok(())
}

#[test]
fn the_packages_join_the_workspace() -> TestResult {
    each(["default,stdnet", "default,stdnet,websocket,yamux,tls,http"], |transports| {
        let sandbox = sandbox(MANIFEST)?;
        let outcome = sandbox.run(&["new", "idl/echo.thrift", "hello", "--transport", transports])?;
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        let text = |path: &str| fs::read_to_string(sandbox.path().join(path));
        if transports == "default,stdnet" {
            insta::assert_snapshot!("joined", outcome.text());
            insta::assert_snapshot!("manifest", text("Cargo.toml")?);
        }
        let project = sandbox.path().join("hello");
        assert!(!fs::exists(project.join("Cargo.toml"))? && !fs::exists(project.join("Cargo.lock"))?);
        for dir in [sandbox.path().to_owned(), project.clone(), project.join("cmd")] {
            assert_eq!(members(&dir)?, ["app", "hello-cmd", "hello-generated"], "{}", dir.display());
        }
        let manifest = text("hello/cmd/Cargo.toml")?;
        assert!(!manifest.contains("workspace") && manifest.contains("path = \"../generated\""), "{manifest}");
        assert!(text("hello/volplane.toml")?.contains("workspace = \"..\""));

        // Nothing is different for an update, and the manifest outside stays as it is.
        assert_eq!(sandbox.run_in("hello", &["check"])?.code, Some(0));
        let (before, settings) = (text("Cargo.toml")?, text("hello/volplane.toml")?);
        let settings = settings.replace("\"build-rs\"", "\"checked-in\"").replace("\"stdnet\"", "\"websocket\"");
        fs::write(project.join("volplane.toml"), settings)?;
        let update = sandbox.run_in("hello", &["update"])?;
        assert_eq!((update.code, text("Cargo.toml")?), (Some(0), before), "{}", update.text());
        assert_eq!(members(&project)?, ["app", "hello-cmd", "hello-generated"]);
        Ok(())
    })?;
    Ok(())
}

#[test]
fn a_pattern_among_the_members_does_not_find_the_project() -> TestResult {
    each([&[][..], &["--own-workspace"]], |options| {
        let sandbox = sandbox("[workspace]\nresolver = \"3\"\nmembers = [\"app\", \"apps/*\"]\n")?;
        fs::create_dir(sandbox.path().join("apps"))?;
        let outcome = sandbox.run(&[&["new", "idl/echo.thrift", "apps/hello"][..], options].concat())?;
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        let is_joined = options.is_empty();
        let (all, own) = (["app", "hello-cmd", "hello-generated"], ["hello-cmd", "hello-generated"]);
        assert_eq!(members(sandbox.path())?, if is_joined { &all[..] } else { &all[..1] });
        assert_eq!(members(&sandbox.path().join("apps/hello"))?, if is_joined { &all[..] } else { &own[..] });
        Ok(())
    })?;
    Ok(())
}

#[test]
fn a_folder_that_the_workspace_excludes_has_one_of_its_own() -> TestResult {
    let sandbox = sandbox("[workspace]\nresolver = \"3\"\nmembers = [\"app\"]\nexclude = [\"others\"]\n")?;
    let before = fs::read_to_string(sandbox.path().join("Cargo.toml"))?;
    let outcome = sandbox.run(&["new", "idl/echo.thrift", "others/hello"])?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(fs::read_to_string(sandbox.path().join("Cargo.toml"))?, before);
    assert_eq!(members(&sandbox.path().join("others/hello"))?, ["hello-cmd", "hello-generated"]);
    Ok(())
}

#[test]
fn what_can_t_be_joined_is_said_and_nothing_is_made() -> TestResult {
    each(
        [
            ("same_name", "[workspace]\nmembers = [\"app\"]\n"),
            ("no_list", "[workspace]\nmembers = 1\n"),
            ("no_toml", "[workspace\n"),
        ],
        |(name, manifest)| {
            let sandbox = sandbox(manifest)?
                .file("app/Cargo.toml", "[package]\nname = \"hello-cmd\"\nversion = \"0.1.0\"\nedition = \"2024\"\n")?;
            let before = sandbox.tree()?;
            let outcome = sandbox.run(&["new", "idl/echo.thrift", "hello"])?;
            assert_eq!((outcome.code, sandbox.tree()?), (Some(2), before), "{}", outcome.stderr);
            insta::assert_snapshot!(name, outcome.text());
            Ok(())
        },
    )?;
    Ok(())
}

#[test]
fn a_dry_run_says_what_it_would_edit() -> TestResult {
    let sandbox = sandbox(MANIFEST)?;
    let before = sandbox.tree()?;
    let outcome = sandbox.run(&["new", "idl/echo.thrift", "hello", "--dry-run", "--runtime", "version=0.1"])?;
    assert_eq!((outcome.code, sandbox.tree()?), (Some(0), before));
    let expected = "Would edit Cargo.toml: added hello/cmd and hello/generated to `members`, hello to `exclude`";
    assert!(outcome.stderr.contains(expected), "{}", outcome.stderr);
    Ok(())
}
