//! `volplane update`, killed at moments of its run: the project is as before, as after, or the next run repairs it.
//!
//! Where exactly a kill meets the run is chance here; the tests of `apply` kill at each of its steps.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use volplane_testkit::{ECHO, Sandbox, TestResult, tree, volplane};

/// How many runs are killed.
const KILLS: u32 = 12;

/// The project's own files.
fn files(root: &Path) -> Result<BTreeMap<String, String>, Box<dyn std::error::Error>> {
    let mut files = tree(root)?;
    files.retain(|path, _| !path.starts_with(".volplane/"));
    Ok(files)
}

/// Makes the project hold these files again.
fn restore(root: &Path, wanted: &BTreeMap<String, String>) -> TestResult {
    let present = files(root)?;
    for path in present.keys().rev().filter(|path| !wanted.contains_key(*path)) {
        let place = root.join(path);
        if path.ends_with('/') { fs::remove_dir(place)? } else { fs::remove_file(place)? }
    }
    for (path, text) in wanted.iter().filter(|(path, text)| present.get(*path) != Some(text)) {
        let place = root.join(path);
        if path.ends_with('/') { fs::create_dir_all(place)? } else { fs::write(place, text)? }
    }
    Ok(())
}

#[test]
fn an_update_that_is_killed_leaves_nothing_half_done() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    assert_eq!(sandbox.run(&["new", "idl/echo.thrift", "p"])?.code, Some(0));
    let root = sandbox.path().join("p");
    let more = "service More { string a(1: string b), string c(1: string d) }\n";
    fs::write(root.join("idl/echo.thrift"), format!("{ECHO}\n{more}"))?;
    let start = files(&root)?;
    let begun = Instant::now();
    let outcome = sandbox.run_in("p", &["update"])?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.text());
    let whole = begun.elapsed();
    let end = files(&root)?;
    assert!(end.len() > start.len(), "the service has files of its own");

    let mut killed = 0;
    for n in 0..KILLS {
        restore(&root, &start)?;
        let mut update =
            volplane().arg("update").current_dir(&root).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        if n % 2 == 0 {
            std::thread::sleep(whole * n / KILLS);
        } else {
            // As soon as it has begun to change files.
            while !root.join(".volplane/journal").exists() && update.try_wait()?.is_none() {
                std::thread::yield_now();
            }
        }
        update.kill()?;
        killed += u32::from(!update.wait()?.success());
        let left = files(&root)?;
        if !root.join(".volplane/journal").exists() {
            assert!(left == start || left == end, "kill {n}: half an update, and no journal");
        } else {
            assert_eq!(sandbox.run_in("p", &["check"])?.code, Some(2), "kill {n}: check looks at no half update");
        }
        let outcome = sandbox.run_in("p", &["update"])?;
        assert_eq!(outcome.code, Some(0), "kill {n}: {}", outcome.text());
        assert!(files(&root)? == end, "kill {n}: {}", outcome.text());
    }
    assert!(killed > 0, "every run ended before it was killed");
    Ok(())
}
