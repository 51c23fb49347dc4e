//! A run that ends or fails at any of its steps.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::super::faults::Fault;
use super::super::{ApplyError, Change, interrupted};
use super::{RESTING, Tree, change, enter, own, project, save, tree};

/// Tells the child which project to change, and at which step to die.
const CHILD: &str = "VOLPLANE_TEST_KILLED_AT";

/// A few dozen changes of every kind: new, changed and removed files, in old folders, new ones and such as go.
fn changes() -> Vec<Change> {
    let mut changes = Vec::new();
    for n in 0..9 {
        let (old, new) = (format!("old {n}\r\n"), format!("// new {n}\nfn f() {{}}\n"));
        changes.push(change(&format!("cmd/src/edited{n}.rs"), Some(&old), Some(&new)));
        changes.push(change(&format!("made/at/depth{}/new{n}.rs", n % 4), None, Some(&new)));
        changes.push(change(&format!("gone/depth{}/old{n}.rs", n % 3), Some(&old), None));
    }
    changes.push(change("volplane.toml", Some("x = 1\n"), Some("x = 2\n")));
    changes.push(change("emptied", Some("not empty\n"), Some("")));
    changes.push(change("same.rs", Some("same\n"), Some("same\n")));
    let latin = b"h\xe9\n".to_vec();
    changes.push(Change { path: "latin1.txt".into(), before: Some(latin.clone()), after: Some("hé\n".to_owned()) });
    changes.push(Change { path: "legacy/latin1.txt".into(), before: Some(latin), after: None });
    changes
}

/// The project that they change, with some files that they don't.
fn before(changes: &[Change]) -> tempfile::TempDir {
    let dir =
        project(&[("README.md", b"# mine\n"), ("gone/depth0/mine.rs", b"mine\n"), ("cmd/src/mine.rs", b"mine\n")]);
    for change in changes {
        if let Some(text) = &change.before {
            save(dir.path(), &change.path, text);
        }
    }
    dir
}

/// The tree before, the tree after, and how many steps lie between them.
fn states(changes: &[Change]) -> (Tree, Tree, usize) {
    let dir = before(changes);
    let start = tree(dir.path());
    let guard = enter(dir.path());
    guard.disk.faults.plan(usize::MAX, Fault::Error);
    guard.apply(changes).unwrap();
    let steps = guard.disk.faults.taken();
    let end = tree(dir.path());
    assert_eq!(end["made/at/depth3/new7.rs"].as_deref(), Some(&b"// new 7\nfn f() {}\n"[..]));
    assert!(end.contains_key("gone/depth0/mine.rs") && !end.contains_key("gone/depth1"), "emptied folders go");
    assert_eq!(own(dir.path()), RESTING);
    (start, end, steps)
}

/// A run finds `root` as another has left it: it is repaired, then the same change succeeds.
fn repaired(root: &Path, changes: &[Change], start: &Tree, end: &Tree, what: &str) {
    let guard = enter(root);
    guard.recover().unwrap();
    let now = tree(root);
    assert!(now == *start || now == *end, "{what}: neither before nor after");
    assert!(!interrupted(root), "{what}");
    assert_eq!(own(root), RESTING, "{what}");
    if now == *start {
        guard.apply(changes).unwrap();
    }
    assert!(tree(root) == *end, "{what}: not as after");
    assert_eq!(own(root), RESTING, "{what}");
}

/// Not a test by itself: the process that `killed_at_any_step` ends.
#[test]
fn killed_child() {
    let Some(order) = std::env::var_os(CHILD) else { return };
    let order = order.into_string().unwrap();
    let (at, root) = order.split_once(' ').unwrap();
    let guard = enter(Path::new(root));
    guard.disk.faults.plan(at.parse().unwrap(), Fault::Kill);
    guard.apply(&changes()).unwrap();
}

#[test]
fn killed_at_any_step_a_change_is_made_or_undone() {
    let changes = changes();
    let (start, end, steps) = states(&changes);
    assert!(steps >= 200, "{steps}");
    let name = format!("{}::killed_child", module_path!().split_once("::").unwrap().1);
    let (mut as_before, mut half, mut as_after) = (0, 0, 0);
    for at in 0..steps {
        let dir = before(&changes);
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &name, "--test-threads=1"])
            .env(CHILD, format!("{at} {}", dir.path().display()))
            .output()
            .unwrap();
        // A test that passes ends with 0, one that fails with 101.
        let was_killed = !matches!(child.status.code(), Some(0 | 101));
        assert!(was_killed, "step {at} was not reached: {}", String::from_utf8_lossy(&child.stdout));
        let left = tree(dir.path());
        *match left {
            _ if left == start => &mut as_before,
            _ if left == end => &mut as_after,
            _ => {
                assert!(interrupted(dir.path()), "half a change without a journal at step {at}");
                &mut half
            }
        } += 1;
        repaired(dir.path(), &changes, &start, &end, &format!("killed at step {at}"));
    }
    // Each kind of moment was met.
    assert!(as_before > 0 && half > 0 && as_after > 0, "{as_before} {half} {as_after}");
}

#[test]
fn undoing_is_itself_undone_or_finished_when_it_is_killed() {
    let changes = changes();
    let (start, end, steps) = states(&changes);
    // Some of the pairs: there are too many of them.
    for at in (0..steps).step_by(19) {
        for again in (at % 3..steps).step_by(3) {
            let dir = before(&changes);
            let guard = enter(dir.path());
            guard.disk.faults.plan(at, Fault::Gone);
            let _ = guard.apply(&changes);
            guard.disk.faults.plan(again, Fault::Gone);
            let _ = guard.recover();
            let was_killed = guard.disk.faults.taken() > again;
            drop(guard);
            let what = format!("killed at step {at}, then at step {again} of undoing");
            repaired(dir.path(), &changes, &start, &end, &what);
            if !was_killed {
                break;
            }
        }
    }
}

#[test]
fn a_step_that_fails_leaves_the_project_as_before() {
    let changes = changes();
    let (start, end, steps) = states(&changes);
    let outcome = |at, fault| {
        let dir = before(&changes);
        let guard = enter(dir.path());
        guard.disk.faults.plan(at, fault);
        let outcome = guard.apply(&changes);
        let expected = if outcome.is_ok() { &end } else { &start };
        assert!(tree(dir.path()) == *expected, "{fault:?} at step {at}");
        drop(guard);
        assert!(!interrupted(dir.path()), "{fault:?} at step {at}");
        outcome
    };
    let is_refused = |outcome: &_| matches!(outcome, Err(ApplyError::Io { .. }));

    let refused = (0..steps).filter(|&at| is_refused(&outcome(at, Fault::Error))).count();
    // What is cleared away at the end does not matter any more.
    assert!(refused > steps / 2 && refused < steps, "{refused} of {steps}");
    let full = (0..steps).take_while(|&at| is_refused(&outcome(at, Fault::Full))).count();
    assert!(full > steps / 4, "{full} of {steps}");
}

#[test]
fn what_the_user_writes_between_a_kill_and_the_next_run_stays() {
    let changes = changes();
    let (start, _, steps) = states(&changes);
    let edited = ["cmd/src/edited0.rs", "made/at/depth0/new0.rs", "gone/depth1/old1.rs"];
    for at in 0..steps {
        let dir = before(&changes);
        let guard = enter(dir.path());
        guard.disk.faults.plan(at, Fault::Gone);
        let _ = guard.apply(&changes);
        drop(guard);
        let had_journal = interrupted(dir.path());
        for path in edited {
            save(dir.path(), path, b"the user's\n");
        }
        let recovered = enter(dir.path()).recover().unwrap();
        for path in edited {
            assert_eq!(fs::read(dir.path().join(path)).unwrap(), b"the user's\n", "{path} at step {at}");
        }
        if had_journal {
            let mut kept = recovered.unwrap().kept;
            kept.sort();
            assert_eq!(kept, ["cmd/src/edited0.rs", "gone/depth1/old1.rs", "made/at/depth0/new0.rs"], "at step {at}");
            // Everything else is as before.
            let mut now = tree(dir.path());
            let mut expected = start.clone();
            for path in edited {
                now.remove(path);
                expected.remove(path);
            }
            now.retain(|path, _| !["made", "made/at", "made/at/depth0"].contains(&path.as_str()));
            assert!(now == expected, "at step {at}");
        }
    }
}
