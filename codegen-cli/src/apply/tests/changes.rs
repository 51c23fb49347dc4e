//! What a change does to files, and what it leaves alone.

use std::fs::{self, File, Metadata};
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::{RESTING, change, enter, own, project, tree};

fn metadata(root: &Path, path: &str) -> Metadata {
    fs::symlink_metadata(root.join(path)).unwrap()
}

/// Gives a file a time that writing it would change.
fn age(root: &Path, path: &str) -> SystemTime {
    let past = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    File::options().write(true).open(root.join(path)).unwrap().set_modified(past).unwrap();
    metadata(root, path).modified().unwrap()
}

#[test]
fn a_file_that_has_its_text_already_keeps_its_time_and_others_get_a_new_one() {
    let dir = project(&[("same", b"same\n"), ("other", b"other\n"), ("edited", b"old\n")]);
    let root = dir.path();
    let past = ["same", "other", "edited"].map(|path| age(root, path))[0];
    let begun = SystemTime::now() - Duration::from_secs(1);
    let changes = [change("same", Some("same\n"), Some("same\n")), change("edited", Some("old\n"), Some("new\n"))];
    enter(root).apply(&changes).unwrap();
    assert_eq!(metadata(root, "same").modified().unwrap(), past);
    assert_eq!(metadata(root, "other").modified().unwrap(), past);
    assert!(metadata(root, "edited").modified().unwrap() > begun);
    assert_eq!(fs::read(root.join("edited")).unwrap(), b"new\n");
}

#[test]
fn what_changes_nothing_takes_no_step() {
    let dir = project(&[("same", b"same\n")]);
    let guard = enter(dir.path());
    guard.apply(&[]).unwrap();
    guard.apply(&[change("same", Some("same\n"), Some("same\n")), change("none", None, None)]).unwrap();
    assert_eq!(guard.disk.faults.taken(), 0);
    assert_eq!(guard.recover().unwrap(), None);
    assert_eq!(guard.disk.faults.taken(), 0);
}

#[test]
fn git_takes_no_notice_of_our_folder() {
    let dir = project(&[]);
    enter(dir.path()).apply(&[change("new", None, Some("new\n"))]).unwrap();
    assert_eq!(own(dir.path()), RESTING);
    assert_eq!(fs::read_to_string(dir.path().join(".volplane/.gitignore")).unwrap(), "*\n");
}

#[test]
fn one_guard_serves_several_changes() {
    let dir = project(&[]);
    let guard = enter(dir.path());
    guard.apply(&[change("a/b", None, Some("1"))]).unwrap();
    guard.apply(&[change("a/b", Some("1"), Some("2")), change("a/c/d", None, Some("3"))]).unwrap();
    guard.apply(&[change("a/b", Some("2"), None)]).unwrap();
    assert_eq!(tree(dir.path()).keys().collect::<Vec<_>>(), ["a", "a/c", "a/c/d"]);
    guard.apply(&[change("a/c/d", Some("3"), None)]).unwrap();
    assert!(tree(dir.path()).is_empty());
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::super::super::faults::Fault;
    use super::*;

    fn mode(root: &Path, path: &str) -> u32 {
        metadata(root, path).mode() & 0o7777
    }

    #[test]
    fn a_file_keeps_its_permissions_whether_it_is_changed_or_restored() {
        let dir = project(&[("run.sh", b"old\n"), ("secret", b"old\n"), ("gone", b"old\n")]);
        let root = dir.path();
        for (path, mode) in [("run.sh", 0o755), ("secret", 0o440), ("gone", 0o700)] {
            fs::set_permissions(root.join(path), PermissionsExt::from_mode(mode)).unwrap();
        }
        let modes = || ["run.sh", "secret", "gone"].map(|path| mode(root, path));
        let changes = [
            change("run.sh", Some("old\n"), Some("new\n")),
            change("secret", Some("old\n"), Some("new\n")),
            change("gone", Some("old\n"), None),
        ];
        let guard = enter(root);
        let before = tree(root);
        let at = (0..200).find(|&at| {
            guard.disk.faults.plan(usize::MAX, Fault::Gone);
            guard.recover().unwrap();
            guard.disk.faults.plan(at, Fault::Gone);
            let _ = guard.apply(&changes);
            !root.join("gone").exists()
        });
        guard.disk.faults.plan(usize::MAX, Fault::Gone);
        assert_eq!([mode(root, "run.sh"), mode(root, "secret")], [0o755, 0o440], "changed at step {at:?}");
        assert_eq!(guard.recover().unwrap().unwrap().files, 3);
        assert_eq!(modes(), [0o755, 0o440, 0o700]);
        assert_eq!(tree(root), before);
    }

    #[test]
    fn what_a_link_in_the_project_leads_to_is_changed_and_the_link_stays() {
        let dir = project(&[("real/handler.rs", b"old\n"), ("src/x", b"")]);
        let root = dir.path();
        symlink("../real/handler.rs", root.join("src/handler.rs")).unwrap();
        symlink("real", root.join("linked")).unwrap();
        let changes =
            [change("src/handler.rs", Some("old\n"), Some("new\n")), change("linked/deep/new.rs", None, Some("new\n"))];
        enter(root).apply(&changes).unwrap();
        assert_eq!(fs::read(root.join("real/handler.rs")).unwrap(), b"new\n");
        assert_eq!(fs::read(root.join("real/deep/new.rs")).unwrap(), b"new\n");
        assert!(metadata(root, "src/handler.rs").is_symlink() && metadata(root, "linked").is_symlink());
    }

    #[test]
    fn a_file_behind_a_link_out_of_the_project_may_stay_as_it_is() {
        let outside = project(&[("x", b"same\n")]);
        let dir = project(&[]);
        symlink(outside.path().join("x"), dir.path().join("x")).unwrap();
        enter(dir.path()).apply(&[change("x", Some("same\n"), Some("same\n"))]).unwrap();
    }
}
