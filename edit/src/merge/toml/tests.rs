//! Merges of manifests.

use super::merge;

const BASE: &str = r#"[workspace]
members = ["cmd", "generated"]

# Versions.
[workspace.dependencies]
anyhow = "1.0"
tokio = { version = "1", features = ["net"] }

[profile.dev]
debug = 1
"#;

/// The merged text; where both sides are to choose, markers are in it.
fn merged(base: &str, yours: &str, ours: &str) -> String {
    let merged = merge(base, yours, ours);
    let is_toml = merged.text.parse::<toml_edit::DocumentMut>().is_ok();
    assert_eq!(is_toml, merged.conflicts.is_empty(), "{}", merged.text);
    assert!(merged.conflicts.iter().all(|line| merged.text.lines().nth(line - 1) == Some("<<<<<<< yours")));
    merged.text
}

fn with(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

#[test]
fn a_key_that_both_have_added_is_there_once() {
    let yours = with(BASE, &[("anyhow = \"1.0\"\n", "anyhow = \"1.0\"\nserde_json = \"1\" # mine\n")]);
    let ours = with(BASE, &[("[\"net\"] }\n", "[\"net\"] }\nserde_json = \"1\"\nvolo = \"0.12\"\n")]);
    insta::assert_snapshot!(merged(BASE, &yours, &ours), @r#"
    [workspace]
    members = ["cmd", "generated"]

    # Versions.
    [workspace.dependencies]
    anyhow = "1.0"
    serde_json = "1" # mine
    volo = "0.12"
    tokio = { version = "1", features = ["net"] }

    [profile.dev]
    debug = 1
    "#);
    let more = with(&yours, &[("\"1\" # mine", "{ version = \"1\", features = [\"raw_value\"] }")]);
    assert!(
        merge(BASE, &more, &with(&ours, &[("serde_json = \"1\"", "serde_json = { version = \"1\" }")]))
            .conflicts
            .is_empty()
    );
}

#[test]
fn two_sources_of_one_dependency_are_to_be_chosen() {
    let yours = with(BASE, &[("anyhow = \"1.0\"\n", "anyhow = \"1.0\"\nserde_json = \"1\"\n")]);
    let ours = with(BASE, &[("[\"net\"] }\n", "[\"net\"] }\nserde_json.workspace = true\n")]);
    insta::assert_snapshot!(merged(BASE, &yours, &ours), @r#"
    [workspace]
    members = ["cmd", "generated"]

    # Versions.
    [workspace.dependencies]
    anyhow = "1.0"
    <<<<<<< yours
    serde_json = "1"
    =======
    serde_json.workspace = true
    >>>>>>> volplane
    tokio = { version = "1", features = ["net"] }

    [profile.dev]
    debug = 1
    "#);
}

#[test]
fn lists_take_what_both_have_added() {
    let yours = with(BASE, &[("\"generated\"]", "\"generated\", \"tools\"]"), ("[\"net\"]", "[\"net\", \"fs\"]")]);
    let ours = with(
        BASE,
        &[
            ("\"cmd\", ", ""),
            ("version = \"1\", features = [\"net\"]", "version = \"1.5\", features = [\"net\", \"time\"]"),
        ],
    );
    insta::assert_snapshot!(merged(BASE, &yours, &ours), @r#"
    [workspace]
    members = ["generated", "tools"]

    # Versions.
    [workspace.dependencies]
    anyhow = "1.0"
    tokio = { version = "1.5", features = ["net", "fs", "time"] }

    [profile.dev]
    debug = 1
    "#);
    let long = with(BASE, &[("[\"cmd\", \"generated\"]", "[\n    \"cmd\",\n    \"generated\", # why\n]")]);
    let ours = with(BASE, &[("\"generated\"]", "\"generated\", \"more\"]")]);
    assert!(merged(BASE, &long, &ours).contains("# why"));
}

#[test]
fn a_value_that_both_have_changed_is_to_be_chosen_and_the_rest_is_merged() {
    let yours = with(BASE, &[("anyhow = \"1.0\"", "anyhow = \"1.1\"")]);
    let ours = with(BASE, &[("anyhow = \"1.0\"", "anyhow = \"2\""), ("debug = 1", "debug = 2")]);
    insta::assert_snapshot!(merged(BASE, &yours, &ours), @r#"
    [workspace]
    members = ["cmd", "generated"]

    # Versions.
    [workspace.dependencies]
    <<<<<<< yours
    anyhow = "1.1"
    =======
    anyhow = "2"
    >>>>>>> volplane
    tokio = { version = "1", features = ["net"] }

    [profile.dev]
    debug = 2
    "#);
}

#[test]
fn another_spelling_is_no_change() {
    let yours = with(
        BASE,
        &[
            ("anyhow = \"1.0\"", "anyhow   = '1.0'"),
            (
                "tokio = { version = \"1\", features = [\"net\"] }",
                "tokio = { features = [ \"net\" ], version = \"1\" }",
            ),
        ],
    );
    let ours = with(BASE, &[("anyhow = \"1.0\"", "anyhow = \"2\""), ("[\"net\"]", "[\"net\", \"fs\"]")]);
    let text = merged(BASE, &yours, &ours);
    assert!(text.contains("= \"2\"") && text.contains("fs"), "{text}");
}

#[test]
fn a_version_reaches_a_dependency_that_has_more_features_now() {
    let yours = with(BASE, &[("anyhow = \"1.0\"", "anyhow = { version = \"1.0\", features = [\"backtrace\"] }")]);
    let ours = with(BASE, &[("anyhow = \"1.0\"", "anyhow = \"2\"")]);
    let text = merged(BASE, &yours, &ours);
    assert!(text.contains("anyhow = { version = \"2\", features = [\"backtrace\"] }"), "{text}");
}

#[test]
fn tables_of_both_stay_beside_each_other() {
    let bins = "[[bin]]\nname = \"a\"\npath = \"a.rs\"\n\n[dependencies]\nx = \"1\"\n";
    let yours = with(bins, &[("path = \"a.rs\"\n", "path = \"a.rs\"\n\n# Mine.\n[[bin]]\nname = \"mine\"\n")]);
    let ours =
        with(bins, &[("path = \"a.rs\"\n", "path = \"a.rs\"\ntest = false\n\n[[bin]]\nname = \"b\"\ntest = false\n")]);
    insta::assert_snapshot!(merged(bins, &yours, &ours), @r#"
    [[bin]]
    name = "a"
    path = "a.rs"
    test = false

    # Mine.
    [[bin]]
    name = "mine"

    [[bin]]
    name = "b"
    test = false

    [dependencies]
    x = "1"
    "#);
    // Without the tables of ours what the user has put to them stays.
    let ours = with(bins, &[("\n[dependencies]\nx = \"1\"\n", "")]);
    let yours = with(bins, &[("x = \"1\"\n", "x = \"1\"\ny = \"1\"\n")]);
    assert!(merged(bins, &yours, &ours).ends_with("[dependencies]\ny = \"1\"\n"));
}

#[test]
fn a_table_that_both_have_added_is_there_once() {
    let yours = format!("{BASE}\n[features]\nmine = []\n");
    let ours = with(BASE, &[("[profile.dev]", "[features]\nserde = []\n\n[profile.dev]")]);
    let text = merged(BASE, &yours, &ours);
    assert_eq!(text.matches("[features]").count(), 1, "{text}");
    assert!(text.contains("mine = []") && text.contains("serde = []"), "{text}");
}

#[test]
fn a_comment_of_the_user_is_not_lost() {
    let yours = with(BASE, &[("anyhow = \"1.0\"", "# Needed by the tools.\nanyhow = \"1.0\""), ("\"net\"", "\"fs\"")]);
    let ours = with(BASE, &[("anyhow = \"1.0\"\n", ""), ("\"net\"", "\"net\", \"time\"")]);
    assert!(merged(BASE, &yours, &ours).contains("# Needed by the tools."));
}

#[test]
fn what_is_no_toml_is_merged_line_by_line() {
    let yours = with(BASE, &[("debug = 1", "debug =")]);
    let ours = with(BASE, &[("anyhow = \"1.0\"", "anyhow = \"2\"")]);
    let text = merge(BASE, &yours, &ours).text;
    assert_eq!(text, with(&yours, &[("anyhow = \"1.0\"", "anyhow = \"2\"")]));
}
