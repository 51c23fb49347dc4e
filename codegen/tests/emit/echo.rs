//! The article's IDL, through every step.

use volplane_build::internal::emit;
use volplane_build::internal::lower::lower;
use volplane_build::internal::rust::Api;
use volplane_build::internal::write::CodeOptions;

use volplane_build_testkit::generated::workspace;

use crate::support;

#[test]
fn normalised_idl() {
    let model = support::model(&[workspace().join("idl/echo.thrift")], &[]);
    let lowered = lower(&model, &CodeOptions::default());
    let texts: Vec<&str> = lowered.files.iter().map(|file| file.text.as_str()).collect();
    insta::assert_snapshot!(texts.join("\n---\n"));
}

#[test]
fn api() {
    let mut model = support::model(&[workspace().join("idl/echo.thrift")], &[]);
    // As the command has it, wherever the repository lies.
    model.files[0].path = "idl/echo.thrift".to_owned();
    let api = Api::new(&model, "hello_generated");
    insta::assert_snapshot!(serde_json::to_string_pretty(&api).expect("plain data"));
}

#[test]
fn generated_code_is_the_same_twice() {
    let mut model = support::model(&[workspace().join("idl/echo.thrift")], &[]);
    // As the command has it, wherever the repository lies.
    model.files[0].path = "idl/echo.thrift".to_owned();
    let code = support::code(&model);
    assert_eq!(code, support::code(&model));
    // The runtime module is the same for every IDL.
    let (head, rest) = code.split_once("    mod volplane_runtime {\n").expect("the runtime");
    let (_, modules) = rest.split_once("\n    }\n").expect("its end");
    insta::assert_snapshot!(format!("{head}    mod volplane_runtime {{ .. }}\n{modules}"));
}

#[test]
fn items_stand_in_the_order_of_the_text() {
    let model = support::model(&[support::idl("awkward.thrift")], &[]);
    let code = support::code(&model);
    let places: Vec<usize> = ["pub struct Keywords {", "pub struct Twins {", "pub struct Node {", "pub const MAX:"]
        .iter()
        .map(|item| code.find(item).unwrap_or_else(|| panic!("no {item}")))
        .collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn doc_comments_reach_everything() {
    let model = support::model(&[support::idl("documented.thrift")], &[]);
    let code = support::code(&model);
    // Each comment and the line after it, attributes left out.
    let mut documented = String::new();
    let mut lines = code.lines().map(str::trim).filter(|line| !line.starts_with("#["));
    while let Some(line) = lines.next() {
        if line.starts_with("/// Doc") {
            let item = lines.by_ref().find(|line| !line.starts_with("///")).unwrap_or_default();
            documented.push_str(&format!("{line}\n{item}\n"));
        }
    }
    insta::assert_snapshot!(documented);
}

#[test]
fn nothing_is_written_twice() {
    let model = support::model(&[workspace().join("idl/echo.thrift")], &[]);
    let lowered = lower(&model, &CodeOptions::default());
    let dir = tempfile::tempdir().expect("a temporary folder");
    let file = dir.path().join(&lowered.files[0].name);
    emit::emit(&lowered, dir.path()).expect("code");
    let before = std::fs::metadata(&file).and_then(|data| data.modified()).expect("its time");
    emit::emit(&lowered, dir.path()).expect("code");
    assert_eq!(std::fs::metadata(&file).and_then(|data| data.modified()).expect("its time"), before);
}
