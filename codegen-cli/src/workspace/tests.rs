use super::*;

fn edited(text: &str) -> Result<String, WorkspaceError> {
    let workspace = Workspace {
        root: PathBuf::from("/nowhere"),
        text: text.to_owned(),
        way: "..".to_owned(),
        folder: "hello".to_owned(),
    };
    let package = |folder: &str| ProjectPackage { folder: folder.to_owned(), name: format!("hello-{folder}") };
    workspace.with(&[package("cmd"), package("generated")])
}

#[test]
fn comments_and_form_of_the_manifest_stay() -> Result<(), WorkspaceError> {
    let texts = [
        "[workspace]\n",
        "[workspace]\nmembers = [\"a\"]  # why\nexclude = [\"old\"]\n",
        "[workspace]\n# All of them.\nmembers = [\n    \"a\", # first\n    # second\n    \"b\",\n]\n\n[profile.dev]\ndebug = 0\n",
        "[workspace]\nmembers = [\n  \"a\", # first\n  # more to come\n]\n",
        "[workspace]\nmembers = [\n  \"a\" # first\n]\n",
        "workspace = { members = [] }\n[package]\nname = \"a\"\n",
    ];
    let edited: Vec<String> = texts.into_iter().map(edited).collect::<Result<_, _>>()?;
    insta::assert_snapshot!(edited.join("---\n"));
    Ok(())
}

#[test]
fn a_list_that_is_none_is_refused() {
    let error = edited("[workspace]\nmembers = \"a\"\n").err();
    assert!(matches!(error, Some(WorkspaceError::NotAList { key: "members", .. })), "{error:?}");
}
