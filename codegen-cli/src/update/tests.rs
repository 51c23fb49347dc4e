//! What updates do with files, by their policies and by who has edited them.

use super::tree::Tree;
use super::{Event, EventLevel, Outcome, Tense, UpdateInput, first_record, plan};
use crate::plan::{NewFile, Policy};
use crate::record::Record;

const BASE: &str = "one\ntwo\nthree\nfour\nfive\n";
const NEW: &str = "one\ntwo\nthree\nfour\nFIVE\n";

fn file(path: &str, text: &str, policy: Policy) -> NewFile {
    NewFile { path: path.into(), text: text.to_owned(), policy }
}

/// What an update does to one file that was made as `BASE`, is `disk` now, and would be made as `new`.
fn updated(policy: Policy, disk: Option<&str>, new: Option<&str>) -> Outcome {
    let record = first_record(&[file("a.txt", BASE, policy)], &[]);
    run(Some(record), disk, new.map(|text| file("a.txt", text, policy)))
}

/// What an update of a project without services is planned from.
fn input<'a>(record: Option<Record>, rendered: &'a [NewFile], tree: &'a Tree) -> UpdateInput<'a> {
    UpdateInput { record, rendered, guesses: &[], services: &[], exports: None, tree, prune: false, renames: &[] }
}

fn run(record: Option<Record>, disk: Option<&str>, new: Option<NewFile>) -> Outcome {
    let mut tree = Tree::default();
    if let Some(text) = disk {
        tree.insert("a.txt".into(), text.as_bytes().to_vec());
    }
    let rendered: Vec<NewFile> = new.into_iter().collect();
    plan(input(record, &rendered, &tree))
}

/// The file's new text (`None`: unchanged; `Some("-")`: removed), and what is said.
fn told(outcome: &Outcome) -> (Option<&str>, Vec<String>) {
    let change = outcome.changes.get("a.txt").map(|change| change.as_deref().unwrap_or("-"));
    (
        change,
        outcome.events.iter().map(|event| format!("{} {}", event.verb(Tense::Done), event.text(Tense::Done))).collect(),
    )
}

/// The new record is such that the next run has nothing to do.
fn settles(outcome: &Outcome, disk: Option<&str>, new: Option<NewFile>) {
    let after = match outcome.changes.get("a.txt") {
        Some(change) => change.as_deref(),
        None => disk,
    };
    let again = run(Some(outcome.record.clone()), after, new);
    assert!(again.changes.is_empty(), "{:?}", again.changes);
    assert_eq!(again.record, outcome.record);
}

#[test]
fn nothing_to_do_is_nothing_done() {
    for policy in [Policy::Overwrite, Policy::Merge, Policy::Skip] {
        let outcome = updated(policy, Some(BASE), Some(BASE));
        assert_eq!(told(&outcome), (None, vec![]), "{policy:?}");
    }
}

#[test]
fn an_unmodified_file_is_updated_unless_it_is_the_users() {
    for policy in [Policy::Overwrite, Policy::Merge] {
        let outcome = updated(policy, Some(BASE), Some(NEW));
        assert_eq!(told(&outcome), (Some(NEW), vec!["Updated a.txt".into()]), "{policy:?}");
        settles(&outcome, Some(BASE), Some(file("a.txt", NEW, policy)));
    }
    assert_eq!(told(&updated(Policy::Skip, Some(BASE), Some(NEW))), (None, vec![]));
}

#[test]
fn edits_of_both_sides_are_merged() {
    let disk = "ONE\ntwo\nthree\nfour\nfive\n";
    let outcome = updated(Policy::Merge, Some(disk), Some(NEW));
    let merged = "ONE\ntwo\nthree\nfour\nFIVE\n";
    assert_eq!(told(&outcome), (Some(merged), vec!["Merged a.txt: your edits are kept".into()]));
    settles(&outcome, Some(disk), Some(file("a.txt", NEW, Policy::Merge)));
    // The user has made the very change before.
    assert_eq!(told(&updated(Policy::Merge, Some(NEW), Some(NEW))), (None, vec![]));
}

#[test]
fn a_conflict_waits_for_the_user_and_is_not_made_worse() {
    let disk = "one\ntwo\nthree\nfour\n5\n";
    let outcome = updated(Policy::Merge, Some(disk), Some(NEW));
    let text = "one\ntwo\nthree\nfour\n<<<<<<< yours\n5\n=======\nFIVE\n>>>>>>> volplane\n";
    assert_eq!(told(&outcome).0, Some(text));
    assert_eq!(outcome.events.first().map(Event::level), Some(EventLevel::ActionRequired));
    let newer = file("a.txt", "zero\none\ntwo\nthree\nfour\nFIVE\n", Policy::Merge);
    let again = run(Some(outcome.record.clone()), Some(text), Some(newer.clone()));
    assert_eq!(again.changes.len(), 0);
    assert_eq!(again.events.first().map(|event| event.verb(Tense::Done)), Some("Conflict"));
    // Resolved, it takes what it has missed.
    let resolved = run(Some(again.record), Some("one\ntwo\nthree\nfour\n5\n"), Some(newer));
    assert_eq!(told(&resolved).0, Some("zero\none\ntwo\nthree\nfour\n5\n"));
}

#[test]
fn windows_newlines_are_no_edit() {
    let disk = BASE.replace('\n', "\r\n");
    for policy in [Policy::Overwrite, Policy::Merge] {
        assert_eq!(told(&updated(policy, Some(&disk), Some(BASE))), (None, vec![]));
    }
    assert_eq!(told(&updated(Policy::Merge, Some(&disk), Some(NEW))).0, Some(NEW.replace('\n', "\r\n").as_str()));
}

#[test]
fn what_the_user_deleted_stays_deleted_unless_it_is_volplanes() {
    for policy in [Policy::Merge, Policy::Skip] {
        let outcome = updated(policy, None, Some(NEW));
        assert_eq!(told(&outcome), (None, vec![]), "{policy:?}");
        settles(&outcome, None, Some(file("a.txt", NEW, policy)));
    }
    assert_eq!(told(&updated(Policy::Overwrite, None, Some(NEW))), (Some(NEW), vec!["Created a.txt".into()]));
}

#[test]
fn an_edited_file_of_volplanes_own_is_kept_unless_it_says_that_edits_are_lost() {
    let outcome = updated(Policy::Overwrite, Some("mine\n"), Some(NEW));
    assert_eq!(told(&outcome).0, None);
    assert_eq!(outcome.events.first().map(Event::level), Some(EventLevel::ActionRequired));
    settles(&outcome, Some("mine\n"), Some(file("a.txt", NEW, Policy::Overwrite)));
    assert_eq!(told(&updated(Policy::Overwrite, Some("mine\n"), Some(BASE))), (None, vec![]));
    let marked = "// @generated by volplane 0.1.0: edits are lost.\nmine\n";
    assert_eq!(told(&updated(Policy::Overwrite, Some(marked), Some(NEW))).0, Some(NEW));
}

#[test]
fn what_nothing_makes_any_more_goes_unless_the_user_has_a_hand_in_it() {
    for policy in [Policy::Overwrite, Policy::Merge, Policy::Skip] {
        let outcome = updated(policy, Some(BASE), None);
        assert_eq!(told(&outcome), (Some("-"), vec!["Removed a.txt".into()]), "{policy:?}");
        let outcome = updated(policy, Some("mine\n"), None);
        assert_eq!(told(&outcome).0, None, "{policy:?}");
        assert_eq!(outcome.events.first().map(|event| event.verb(Tense::Done)), Some("Kept"), "{policy:?}");
        // It is said once.
        let again = run(Some(outcome.record.clone()), Some("mine\n"), None);
        assert_eq!(told(&again), (None, vec![]), "{policy:?}");
        assert_eq!(again.record, outcome.record);
        assert!(run(Some(outcome.record), None, None).record.files.is_empty());
    }
}

#[test]
fn an_edited_file_that_is_wanted_again_is_merged_as_if_it_had_never_been_away() {
    let disk = "ONE\ntwo\nthree\nfour\nfive\n";
    let away = updated(Policy::Merge, Some(disk), None);
    let back = run(Some(away.record), Some(disk), Some(file("a.txt", NEW, Policy::Merge)));
    assert_eq!(told(&back).0, Some("ONE\ntwo\nthree\nfour\nFIVE\n"));
    assert!(back.record.unused.is_empty());
}

#[test]
fn a_file_that_was_there_before_is_the_users() {
    for policy in [Policy::Merge, Policy::Skip] {
        let outcome = run(Some(Record::default()), Some("mine\n"), Some(file("a.txt", NEW, policy)));
        assert_eq!(told(&outcome).0, None, "{policy:?}");
        settles(&outcome, Some("mine\n"), Some(file("a.txt", NEW, policy)));
        // Whatever becomes of it, it is never removed.
        assert_eq!(told(&run(Some(outcome.record), Some("mine\n"), None)).0, None, "{policy:?}");
    }
}

/// How much each event matters, volplane.lock's first.
fn levels(outcome: &Outcome) -> Vec<EventLevel> {
    outcome.events.iter().map(Event::level).collect()
}

#[test]
fn what_a_text_lacks_that_nothing_is_known_of_is_merged_into_it() {
    let mut tree = Tree::default();
    tree.insert("a.txt".into(), b"one\ntwo\nthree\n".to_vec());
    let rendered = [file("a.txt", "one\ntwo\nservice\n", Policy::Merge)];
    let guesses = [vec![file("a.txt", "one\ntwo\n", Policy::Merge)]];
    let outcome = plan(UpdateInput { guesses: &guesses, ..input(None, &rendered, &tree) });
    assert!(outcome.events.iter().any(|event| event.level() == EventLevel::ActionRequired));
    assert!(told(&outcome).0.is_some_and(|text| text.contains("service") && text.contains("three")));
}

#[test]
fn a_read_only_file_is_named_and_left() {
    for (policy, new) in [(Policy::Overwrite, Some(NEW)), (Policy::Merge, Some(NEW)), (Policy::Merge, None)] {
        let record = first_record(&[file("a.txt", BASE, policy)], &[]);
        let mut tree = Tree::default();
        tree.insert("a.txt".into(), BASE.as_bytes().to_vec());
        tree.read_only("a.txt".into());
        let rendered: Vec<NewFile> = new.into_iter().map(|text| file("a.txt", text, policy)).collect();
        let outcome = plan(input(Some(record.clone()), &rendered, &tree));
        assert_eq!(levels(&outcome), [EventLevel::ActionRequired], "{policy:?}");
        assert!(outcome.changes.is_empty(), "{policy:?}");
        // Once it may be written, it takes what it has missed.
        assert_eq!(outcome.record, record, "{policy:?}");
    }
}

#[test]
fn without_a_memory_files_that_differ_are_the_users_and_the_rest_is_adopted() {
    let outcome = run(None, Some("mine\n"), Some(file("a.txt", NEW, Policy::Merge)));
    assert_eq!(told(&outcome).0, None);
    assert_eq!(levels(&outcome), [EventLevel::ActionRequired, EventLevel::Note]);
    let outcome = run(None, Some(NEW), Some(file("a.txt", NEW, Policy::Merge)));
    assert_eq!((told(&outcome).0, levels(&outcome)), (None, vec![EventLevel::Note]));
    assert_eq!(told(&run(Some(outcome.record), Some(NEW), Some(file("a.txt", BASE, Policy::Merge)))).0, Some(BASE));
}

#[test]
fn what_is_no_text_is_left_alone() {
    let mut tree = Tree::default();
    tree.insert("a.txt".into(), vec![0xff, 0xfe]);
    for policy in [Policy::Overwrite, Policy::Merge, Policy::Skip] {
        let record = Some(first_record(&[file("a.txt", BASE, policy)], &[]));
        let rendered = [file("a.txt", NEW, policy)];
        let outcome = plan(input(record, &rendered, &tree));
        assert!(outcome.changes.is_empty(), "{policy:?}");
    }
}

#[test]
fn a_deleted_file_that_comes_back_takes_what_it_has_missed() {
    let outcome = updated(Policy::Merge, None, Some(NEW));
    let back = run(Some(outcome.record), Some(BASE), Some(file("a.txt", NEW, Policy::Merge)));
    assert_eq!(told(&back), (Some(NEW), vec!["Updated a.txt".into()]));
}

#[test]
fn an_unmodified_file_gets_another_policy() {
    for before in [Policy::Overwrite, Policy::Merge, Policy::Skip] {
        for after in [Policy::Overwrite, Policy::Merge] {
            let record = first_record(&[file("a.txt", BASE, before)], &[]);
            let new = file("a.txt", NEW, after);
            let outcome = run(Some(record.clone()), Some(BASE), Some(new.clone()));
            assert_eq!(told(&outcome), (Some(NEW), vec!["Updated a.txt".into()]), "{before:?} to {after:?}");
            settles(&outcome, Some(BASE), Some(new.clone()));
            assert_eq!(outcome.record, first_record(std::slice::from_ref(&new), &[]));
            let edited = run(Some(record), Some("mine\n"), Some(new));
            assert!(!edited.changes.contains_key("a.txt") || before == after, "{before:?} to {after:?}");
        }
    }
}
