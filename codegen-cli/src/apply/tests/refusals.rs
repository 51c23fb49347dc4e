//! Changes that are refused: nothing is changed, and the reason is reported.

use std::fs;
use std::path::Path;

use super::super::faults::Fault;
use super::super::{ApplyError, Change};
use super::{RESTING, change, enter, own, project, told, tree};

/// The messages when these changes are refused, in a project that is not changed.
fn refusal(files: &[(&str, &[u8])], links: &[(&str, &str)], changes: &[Change]) -> String {
    let dir = project(files);
    for (link, to) in links {
        #[cfg(unix)]
        std::os::unix::fs::symlink(to, dir.path().join(link)).unwrap();
    }
    let before = tree_and_links(dir.path());
    // A change that would be fine, before the others.
    let mut all = vec![change("fine.rs", None, Some("fine\n"))];
    all.extend_from_slice(changes);
    let guard = enter(dir.path());
    let error = guard.apply(&all).unwrap_err();
    assert_eq!(guard.disk.faults.taken(), 0, "no step was taken");
    assert_eq!(tree_and_links(dir.path()), before);
    assert_eq!(own(dir.path()), RESTING);
    told(&error)
}

fn tree_and_links(root: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_name() != ".volplane")
        .map(|entry| format!("{:?} {:?}", entry.file_name(), fs::read(entry.path()).ok()))
        .collect();
    names.sort();
    names
}

#[test]
fn a_path_that_can_not_hold_the_file() {
    let new = |path: &str| change(path, None, Some("new\n"));
    let told = [
        refusal(&[("src/main.rs/x", b"")], &[], &[new("src/main.rs")]),
        refusal(&[("src", b"")], &[], &[new("src/bin/main.rs")]),
        refusal(&[], &[], &[new("src/echo"), new("src/echo/tests.rs")]),
        refusal(&[], &[], &[new("twice.rs"), new("twice.rs")]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_file_that_is_not_as_it_was() {
    let told = [
        refusal(&[("a", b"edited\n")], &[], &[change("a", Some("old\n"), Some("new\n"))]),
        refusal(&[("a", b"edited\n")], &[], &[change("a", None, Some("new\n"))]),
        refusal(&[], &[], &[change("a", Some("old\n"), Some("new\n"))]),
        refusal(&[("a", b"edited\n")], &[], &[change("a", Some("old\n"), None)]),
        refusal(&[("a", b"edited\n")], &[], &[change("a", Some("old\n"), Some("old\n"))]),
        refusal(&[("a", b"new\n")], &[], &[change("a", Some("old\n"), Some("new\n"))]),
    ];
    let first = told[0].clone();
    insta::assert_snapshot!(first);
    assert!(told.iter().all(|text| *text == first), "{told:#?}");
}

#[cfg(unix)]
#[test]
fn links_that_are_not_followed() {
    let old = |path: &str| change(path, Some("old\n"), Some("new\n"));
    let outside = project(&[("x", b"old\n")]);
    let to = fs::canonicalize(outside.path()).unwrap();
    let to = to.to_str().unwrap();
    let told = [
        refusal(&[], &[("x", &format!("{to}/x"))], &[old("x")]),
        refusal(&[], &[("folder", to)], &[change("folder/new/y", None, Some("y\n"))]),
        refusal(&[], &[("x", "nowhere")], &[change("x", None, Some("new\n"))]),
        refusal(&[("real", b"old\n")], &[("x", "real")], &[change("x", Some("old\n"), None)]),
        refusal(&[("real", b"old\n")], &[("x", "real")], &[old("real"), old("x")]),
        refusal(&[], &[("x", ".volplane")], &[change("x/journal", None, Some("{}"))]),
    ];
    insta::assert_snapshot!(told.join("\n").replace(to, "OUTSIDE"));
    assert_eq!(tree(outside.path()).len(), 1);
}

#[cfg(unix)]
#[test]
fn a_socket_is_not_opened() {
    let dir = project(&[]);
    let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("socket")).unwrap();
    let error = enter(dir.path()).apply(&[change("socket", None, Some("x"))]).unwrap_err();
    insta::assert_snapshot!(told(&error));
}

#[test]
fn a_file_that_is_saved_while_others_are_written_stays_and_all_is_undone() {
    let changes = [
        change("new/n", None, Some("n\n")),
        change("a", Some("old\n"), Some("new\n")),
        change("b", Some("old\n"), None),
    ];
    let (mut undone, mut overwritten) = (0, 0);
    for at in 0..MANY {
        let dir = project(&[("a", b"old\n"), ("b", b"old\n")]);
        let guard = enter(dir.path());
        guard.disk.faults.meanwhile(at, dir.path().join("b"), "the user's\n");
        let outcome = guard.apply(&changes);
        let now = tree(dir.path());
        assert_eq!(own(dir.path()), RESTING, "step {at}");
        if guard.disk.faults.taken() <= at {
            break;
        }
        match outcome {
            Err(ApplyError::ChangedMeanwhile { path }) => {
                assert_eq!(path, "b");
                assert_eq!(now.keys().collect::<Vec<_>>(), ["a", "b"], "step {at}");
                assert_eq!(now["a"].as_deref(), Some(&b"old\n"[..]), "step {at}");
                assert_eq!(now["b"].as_deref(), Some(&b"the user's\n"[..]), "step {at}");
                undone += 1;
            }
            // Saved anew after it was removed.
            Ok(()) if now.contains_key("b") => assert_eq!(now["b"].as_deref(), Some(&b"the user's\n"[..])),
            Ok(()) => overwritten += 1,
            Err(error) => panic!("step {at}: {error}"),
        }
    }
    // Between looking at a file and removing it there is nothing else: no system offers less.
    assert_eq!(overwritten, 1);
    assert!(undone > 10, "{undone}");
}

/// More steps than any change in here takes.
const MANY: usize = 200;

fn small() -> [Change; 2] {
    [change("a", Some("old\n"), Some("new\n")), change("new/n", None, Some("n\n"))]
}

#[test]
fn a_disk_that_refuses_is_named() {
    let told_at = |at| {
        let dir = project(&[("a", b"old\n")]);
        let guard = enter(dir.path());
        guard.disk.faults.plan(at, Fault::Error);
        let outcome = guard.apply(&small());
        (guard.disk.faults.taken() > at).then(|| outcome.err().map(|error| told(&error)))
    };
    let mut all: Vec<String> = (0..MANY).map_while(told_at).flatten().collect();
    all.dedup();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_partial_update_is_reported_until_it_is_rolled_back() {
    let dir = project(&[("a", b"old\n")]);
    let guard = enter(dir.path());
    let is_half = |at: &usize| {
        guard.disk.faults.plan(usize::MAX, Fault::Gone);
        guard.recover().unwrap();
        guard.disk.faults.plan(*at, Fault::Gone);
        let _ = guard.apply(&small());
        fs::read(dir.path().join("a")).unwrap() == b"new\n"
    };
    let at = (0..MANY).find(is_half).unwrap();
    guard.disk.faults.plan(usize::MAX, Fault::Gone);
    guard.recover().unwrap();
    guard.disk.faults.plan(at, Fault::Gone);
    let errors = [guard.apply(&small()).unwrap_err(), guard.apply(&small()).unwrap_err()];
    insta::assert_snapshot!(errors.map(|error| told(&error)).join("\n"));
    guard.disk.faults.plan(usize::MAX, Fault::Gone);
    guard.recover().unwrap();
    guard.apply(&small()).unwrap();
}
