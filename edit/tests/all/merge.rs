//! Merges that nobody thought of: no line of either side is lost, whatever the lines are.

use proptest::prelude::*;
use volplane_edit::merge::{Merged, merge, merge_file};

/// Lines with and without an order, and such that look like a merge's own.
const LINES: &[&str] = &[
    "mod a;",
    "pub mod a;",
    "mod b;",
    "use x::a;",
    "use y::{c, d as e};",
    "key = 1",
    "key = 2",
    "key.workspace = true",
    "other = 1",
    "[table]",
    "#[cfg(test)]",
    "",
    "}",
    "    let a = 1;",
    "<<<<<<< yours",
    "=======",
    "======================================================================",
    "<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<< ours",
    "||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||||",
    ">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>",
];

/// Lines of a manifest: any of them may stand behind any other, but no key twice.
const ENTRIES: &[&str] = &[
    "# comment",
    "",
    "a = \"1\"",
    "a = { version = \"1\", features = [\"x\"] }",
    "a.workspace = true",
    "b = [\"x\", \"y\"]",
    "b = [\"y\", \"z\"] # why",
    "c = 1",
    "c = 2",
    "[t]",
    "[t.u]",
    "[[bin]]",
    "name = \"one\"",
    "name = \"two\"",
];

/// Items of a Rust file.
const ITEMS: &[&str] = &[
    "// comment",
    "",
    "mod a;",
    "mod b;",
    "use x::a;",
    "use x::{c, d};",
    "use y::e;",
    "fn f() { g(1, 2) }",
    "fn f() {",
    "    g(1, 2)",
    "    g(1)",
    "struct S { a: i32 }",
    "}",
];

/// An edit: where, how many lines go, and what comes.
type Edit = (prop::sample::Index, usize, Vec<String>);

fn edits(line: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec((any::<prop::sample::Index>(), 0..3usize, prop::collection::vec(line, 0..3)), 0..4)
}

fn edited(base: &[String], edits: &[Edit]) -> Vec<String> {
    edits.iter().fold(base.to_vec(), |mut lines, (place, count, new)| {
        let at = place.index(lines.len() + 1);
        let end = (at + count).min(lines.len());
        lines.splice(at..end, new.iter().cloned());
        lines
    })
}

fn text(lines: &[String], ends: bool) -> String {
    let text = lines.join("\n");
    if ends && !lines.is_empty() { text + "\n" } else { text }
}

/// The first line that one side put and the result has not.
fn lost<'a>(base: &str, side: &'a str, merged: &Merged) -> Option<&'a str> {
    side.lines().find(|line| !base.lines().any(|old| old == *line) && !merged.text.lines().any(|new| new == *line))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1000, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn no_line_of_either_side_is_lost(
        base in prop::collection::vec(prop::sample::select(LINES).prop_map(str::to_owned), 0..9),
        yours in edits(prop::sample::select(LINES).prop_map(str::to_owned)),
        ours in edits(prop::sample::select(LINES).prop_map(str::to_owned)),
        ends: [bool; 3],
    ) {
        let (yours, ours) = (text(&edited(&base, &yours), ends[1]), text(&edited(&base, &ours), ends[2]));
        let base = text(&base, ends[0]);
        let merged = merge(&base, &yours, &ours);
        prop_assert_eq!(lost(&base, &yours, &merged), None, "{}", &merged.text);
        // An item that the user has in another form takes the place of ours, but only in a conflict is it not ours too.
        prop_assert_eq!(lost(&base, &ours, &merged), None, "{}", &merged.text);
        let known = |line: &str| [&yours, &ours].iter().any(|side| side.lines().any(|other| other == line));
        let is_marker = |line: &str| ["<<<<<<< yours", "=======", ">>>>>>> volplane"].contains(&line);
        prop_assert!(merged.text.lines().all(|line| known(line) || is_marker(line)), "{}", &merged.text);
        let lines: Vec<&str> = merged.text.lines().collect();
        prop_assert!(merged.conflicts.iter().all(|line| lines[line - 1] == "<<<<<<< yours"), "{}", &merged.text);
        for (base, side) in [(&base, &yours), (&yours, &ours)] {
            prop_assert_eq!(&merge(base, base, side).text, side);
            prop_assert_eq!(&merge(base, side, base).text, side);
            prop_assert_eq!(&merge(base, side, side).text, side);
        }
    }

    #[test]
    fn without_a_conflict_each_side_stands_in_its_order(
        count in 0..9usize,
        yours in edits((100..200usize).prop_map(|number| format!("line {number}"))),
        ours in edits((200..300usize).prop_map(|number| format!("line {number}"))),
    ) {
        let base: Vec<String> = (0..count).map(|number| format!("line {number}")).collect();
        let (yours, ours) = (edited(&base, &yours), edited(&base, &ours));
        let merged = merge(&text(&base, true), &text(&yours, true), &text(&ours, true));
        if merged.conflicts.is_empty() {
            for (side, other) in [(&yours, &ours), (&ours, &yours)] {
                let kept = side.iter().filter(|line| !base.contains(line) || other.contains(line));
                let mut rest = merged.text.lines();
                for line in kept {
                    prop_assert!(rest.any(|other| other == line), "{line} in:\n{}", merged.text);
                }
            }
        }
    }

    #[test]
    fn manifests_that_are_fine_stay_fine(
        base in prop::collection::vec(prop::sample::select(ENTRIES).prop_map(str::to_owned), 0..9),
        yours in edits(prop::sample::select(ENTRIES).prop_map(str::to_owned)),
        ours in edits(prop::sample::select(ENTRIES).prop_map(str::to_owned)),
    ) {
        let is_fine = |text: &str| text.parse::<toml_edit::DocumentMut>().is_ok();
        let (yours, ours) = (text(&edited(&base, &yours), true), text(&edited(&base, &ours), true));
        let base = text(&base, true);
        prop_assume!([&base, &yours, &ours].iter().all(|text| is_fine(text)));
        let merged = merge_file("Cargo.toml", &base, &yours, &ours);
        prop_assert_eq!(is_fine(&merged.text), merged.conflicts.is_empty(), "{}", &merged.text);
        let comments = |text: &str| -> Vec<String> {
            text.lines().filter_map(|line| Some(line.get(line.find('#')?..)?.to_owned())).collect()
        };
        let (known, kept) = (comments(&base), comments(&merged.text));
        let lost = comments(&yours).into_iter().find(|comment| !known.contains(comment) && !kept.contains(comment));
        prop_assert_eq!(lost, None, "{}", &merged.text);
        for (base, side) in [(&base, &yours), (&yours, &ours)] {
            prop_assert_eq!(&merge_file("Cargo.toml", base, base, side).text, side);
            prop_assert_eq!(&merge_file("Cargo.toml", base, side, base).text, side);
            prop_assert_eq!(&merge_file("Cargo.toml", base, side, side).text, side);
        }
    }

    #[test]
    fn rust_that_is_fine_stays_fine(
        base in prop::collection::vec(prop::sample::select(ITEMS).prop_map(str::to_owned), 0..9),
        yours in edits(prop::sample::select(ITEMS).prop_map(str::to_owned)),
        ours in edits(prop::sample::select(ITEMS).prop_map(str::to_owned)),
    ) {
        let is_fine = |text: &str| syn::parse_file(text).is_ok();
        let (yours, ours) = (text(&edited(&base, &yours), true), text(&edited(&base, &ours), true));
        let base = text(&base, true);
        prop_assume!(is_fine(&yours) && is_fine(&ours));
        let merged = merge_file("lib.rs", &base, &yours, &ours);
        prop_assert!(!merged.conflicts.is_empty() || is_fine(&merged.text), "{}", &merged.text);
        let count = |text: &str, item: &str| text.lines().filter(|line| *line == item).count();
        for item in ["mod a;", "mod b;", "use x::a;", "use y::e;"] {
            let is_twice = count(&merged.text, item) > 1 && merged.conflicts.is_empty();
            prop_assert!(!is_twice || count(&yours, item) > 1 || count(&ours, item) > 1, "{}", &merged.text);
        }
        for (base, side) in [(&base, &yours), (&yours, &ours)] {
            prop_assert_eq!(&merge_file("lib.rs", base, base, side).text, side);
            prop_assert_eq!(&merge_file("lib.rs", base, side, base).text, side);
            prop_assert_eq!(&merge_file("lib.rs", base, side, side).text, side);
        }
    }
}
