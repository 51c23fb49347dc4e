//! Rolling back an interrupted run.

use std::fs;
use std::path::Path;

use super::super::faults::Fault;
use super::super::recovery::Recovered;
use super::super::{Change, interrupted};
use super::{RESTING, change, enter, own, project, save, told, tree};

fn changes() -> [Change; 3] {
    [
        change("a", Some("old\n"), Some("new\n")),
        change("made/n", None, Some("n\n")),
        change("gone/g", Some("old\n"), None),
    ]
}

/// A project in which a run was killed right before it removed its journal.
fn half_done() -> tempfile::TempDir {
    let dir = project(&[("a", b"old\n"), ("gone/g", b"old\n"), ("mine", b"mine\n")]);
    let guard = enter(dir.path());
    let made = || dir.path().join("made/n").exists() && !dir.path().join("gone").exists();
    let at = (0..200).find(|&at| {
        guard.disk.faults.plan(usize::MAX, Fault::Gone);
        guard.recover().unwrap();
        guard.disk.faults.plan(at, Fault::Gone);
        let _ = guard.apply(&changes());
        made()
    });
    assert!(at.is_some());
    drop(guard);
    assert!(interrupted(dir.path()));
    dir
}

fn journal(root: &Path) -> std::path::PathBuf {
    root.join(".volplane/journal")
}

#[test]
fn the_next_run_undoes_it_once() {
    let dir = half_done();
    let guard = enter(dir.path());
    assert_eq!(guard.recover().unwrap(), Some(Recovered { files: 3, kept: Vec::new() }));
    assert_eq!(tree(dir.path()).keys().collect::<Vec<_>>(), ["a", "gone", "gone/g", "mine"]);
    assert_eq!(fs::read(dir.path().join("a")).unwrap(), b"old\n");
    assert_eq!(guard.recover().unwrap(), None);
    assert_eq!(own(dir.path()), RESTING);
}

#[test]
fn the_users_edits_deletions_folders_and_links_since_then_stay() {
    let dir = half_done();
    save(dir.path(), "made/mine", b"mine\n");
    save(dir.path(), "gone/g/is/a/folder", b"mine\n");
    fs::remove_file(dir.path().join("a")).unwrap();
    let kept = enter(dir.path()).recover().unwrap();
    assert_eq!(kept, Some(Recovered { files: 1, kept: vec!["a".to_owned(), "gone/g".to_owned()] }));
    let names = ["gone", "gone/g", "gone/g/is", "gone/g/is/a", "gone/g/is/a/folder", "made", "made/mine", "mine"];
    assert_eq!(tree(dir.path()).keys().collect::<Vec<_>>(), names);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_project_is_not_followed_to_undo() {
    let outside = project(&[("n", b"n\n"), ("new", b"new\n")]);
    let dir = half_done();
    fs::remove_dir_all(dir.path().join("made")).unwrap();
    fs::remove_file(dir.path().join("a")).unwrap();
    std::os::unix::fs::symlink(outside.path(), dir.path().join("made")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("new"), dir.path().join("a")).unwrap();
    let recovered = enter(dir.path()).recover().unwrap();
    assert_eq!(recovered, Some(Recovered { files: 1, kept: vec!["a".to_owned(), "made/n".to_owned()] }));
    assert_eq!(tree(outside.path()).len(), 2);
    assert!(dir.path().join("made").is_symlink() && dir.path().join("a").is_symlink());
}

#[test]
fn a_journal_that_can_not_be_understood_changes_nothing() {
    let dir = half_done();
    let whole = fs::read_to_string(journal(dir.path())).unwrap();
    let before = tree(dir.path());
    let guard = enter(dir.path());
    let refuses = |text: &[u8]| {
        fs::write(journal(dir.path()), text).unwrap();
        let error = guard.recover().unwrap_err();
        assert_eq!(tree(dir.path()), before);
        assert_eq!(own(dir.path()), [".gitignore", "backup", "journal", "lock", "stage"]);
        told(&error)
    };
    for length in 0..whole.len() - 1 {
        refuses(&whole.as_bytes()[..length]);
    }
    refuses(b"\xff\xfe");
    refuses(whole.replace("made/n", "../../made").as_bytes());
    refuses(whole.replace("\"made\"", "\".volplane/x\"").as_bytes());
    let mut told = vec![refuses(b""), refuses(whole.replace("\"version\": 1", "\"version\": 7").as_bytes())];

    fs::write(journal(dir.path()), &whole).unwrap();
    fs::remove_dir_all(dir.path().join(".volplane/backup")).unwrap();
    let error = guard.recover().unwrap_err();
    assert_eq!(tree(dir.path()), before);
    told.push(super::told(&error));
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn what_a_run_without_a_journal_left_is_cleared_away() {
    let dir = project(&[("a", b"old\n")]);
    let guard = enter(dir.path());
    for path in ["stage/0", "stage/deeper/1", "backup/0", "journal.new"] {
        save(dir.path(), &format!(".volplane/{path}"), b"half");
    }
    assert_eq!(guard.recover().unwrap(), None);
    assert_eq!(own(dir.path()), RESTING);
    // Without the first step, too.
    save(dir.path(), ".volplane/stage/0", b"half");
    guard.apply(&[change("a", Some("old\n"), Some("new\n"))]).unwrap();
    assert_eq!(own(dir.path()), RESTING);
}
