//! One run at a time.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{self, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::super::faults::Fault;
use super::super::{LockError, ProjectLock, interrupted};
use super::{change, enter, project, told};

/// Tells the child which project to hold.
const CHILD: &str = "VOLPLANE_TEST_HOLDS";

/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(60);

fn refused(root: &Path, patience: Duration) -> LockError {
    ProjectLock::enter(root, "add", patience, |_| {}).unwrap_err()
}

#[test]
fn the_second_of_two_runs_waits_and_then_works() {
    let dir = project(&[]);
    let first = enter(dir.path());
    let (told, hears) = mpsc::channel();
    thread::scope(|scope| {
        let second = scope.spawn(|| {
            let guard =
                ProjectLock::enter(dir.path(), "add", LONG, |holder| told.send(holder.to_string()).unwrap()).unwrap();
            guard.apply(&[change("x", Some("first\n"), Some("second\n"))]).unwrap();
        });
        let holder = hears.recv_timeout(LONG).unwrap();
        assert_eq!(holder, format!("volplane update (process {})", process::id()));
        first.apply(&[change("x", None, Some("first\n"))]).unwrap();
        drop(first);
        second.join().unwrap();
    });
    assert_eq!(fs::read(dir.path().join("x")).unwrap(), b"second\n");
    assert!(hears.try_recv().is_err(), "told once");
}

#[test]
fn a_timeout_names_the_holder_of_the_lock() {
    let dir = project(&[]);
    let _first = enter(dir.path());
    let error = refused(dir.path(), Duration::from_millis(1));
    let text = told(&error).replace(&process::id().to_string(), "PID");
    insta::assert_snapshot!(text, @"
    error: timed out after 0 s: volplane update (process PID) holds the project lock
      help: wait for it to end or stop it, then run the command again
    ");
}

#[test]
fn a_holder_without_a_name_is_another_volplane() {
    let dir = project(&[]);
    let _first = enter(dir.path());
    for half in ["", "12", "12 upd", "x update\n"] {
        fs::write(dir.path().join(".volplane/lock"), half).unwrap();
        let error = refused(dir.path(), Duration::ZERO);
        assert!(error.to_string().ends_with("another volplane holds the project lock"), "{error}");
    }
}

/// Not a test by itself: the process that `a_run_that_is_killed_holds_nothing` ends.
#[test]
fn holding_child() {
    let Some(root) = std::env::var_os(CHILD) else { return };
    let _guard = enter(Path::new(&root));
    std::io::stdout().write_all(b"\nheld\n").unwrap();
    // Until the parent ends this process, or itself.
    let _ = std::io::stdin().read(&mut [0]);
}

#[test]
fn a_run_that_is_killed_holds_nothing() {
    let dir = project(&[]);
    let name = format!("{}::holding_child", module_path!().split_once("::").unwrap().1);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &name, "--nocapture"])
        .env(CHILD, dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "held"));
    let error = refused(dir.path(), Duration::ZERO).to_string();
    assert!(error.contains(&format!("volplane update (process {}) ", child.id())), "{error}");
    child.kill().unwrap();
    child.wait().unwrap();
    enter(dir.path());
}

#[test]
fn a_run_at_work_is_not_an_interrupted_one() {
    let dir = project(&[]);
    assert!(!interrupted(dir.path()));
    let guard = enter(dir.path());
    // Gone at the first step after the journal has its name.
    let half = (0..200).find(|&at| {
        guard.disk.faults.plan(at, Fault::Gone);
        let _ = guard.apply(&[change("x", None, Some("x"))]);
        dir.path().join(".volplane/journal").exists()
    });
    assert!(half.is_some() && !interrupted(dir.path()));
    drop(guard);
    assert!(interrupted(dir.path()));
    enter(dir.path()).recover().unwrap();
    assert!(!interrupted(dir.path()));
}

#[test]
fn other_files_at_the_path_of_our_directory_are_kept() {
    let dir = project(&[(".volplane", b"mine\n")]);
    let error = refused(dir.path(), Duration::ZERO);
    let root = fs::canonicalize(dir.path()).unwrap();
    insta::assert_snapshot!(told(&error).replace(root.to_str().unwrap(), "ROOT"), @"
    error: expected volplane's own directory at ROOT/.volplane, found something else
      help: move or rename it; volplane creates the directory again
    ");
    assert_eq!(fs::read(dir.path().join(".volplane")).unwrap(), b"mine\n");
}
