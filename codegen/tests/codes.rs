//! Every code: its explanation's wrong example gives exactly it, shown as the snapshot has it; the right one gives nothing.

use std::path::PathBuf;
use volplane_build::internal::{Code, MemorySource, MessageFormat, check, explain, render};

/// The files of an example: each fenced block, named by a line "`name`:" before it or `main.thrift`.
fn files(section: &str) -> Option<MemorySource> {
    let mut files = MemorySource::new();
    let mut name = "main.thrift".to_owned();
    let mut found = false;
    let mut lines = section.lines();
    while let Some(line) = lines.next() {
        if let Some(named) = line.strip_prefix('`').and_then(|line| line.strip_suffix("`:")) {
            name = named.to_owned();
        } else if line == "```thrift" {
            let text: String =
                lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            let mut bytes = text.into_bytes();
            // `<FF>` stands for a byte that no text has.
            while let Some(at) = bytes.windows(4).position(|four| four == b"<FF>") {
                bytes.splice(at..at + 4, [0xff]);
            }
            files = files.with(&name, bytes);
            found = true;
        }
    }
    found.then_some(files)
}

fn shown(files: &MemorySource) -> (Vec<Code>, String) {
    let checked = check(&[PathBuf::from("main.thrift")], &[], files);
    let codes = checked.diagnostics.iter().map(|diagnostic| diagnostic.code()).collect();
    (codes, render(&checked.diagnostics, &checked.sources, MessageFormat::Human, false))
}

#[test]
fn every_explanation_is_titled_and_has_both_examples() {
    for code in Code::ALL {
        let text = explain(code.as_str()).expect("every code is explained");
        assert!(text.starts_with(&format!("# {code}: {}\n", code.title())), "{text}");
        assert!(text.contains("\nWrong:\n") && text.contains("\nRight:\n"), "{text}");
    }
    assert_eq!(explain("E000"), None);
}

#[test]
fn wrong_examples_give_their_code_and_right_ones_nothing() {
    let mut failures = String::new();
    for code in Code::ALL {
        let text = code.explanation();
        let (wrong, right) = text.split_once("\nRight:\n").expect("checked above");
        let (Some(wrong), Some(right)) = (files(wrong), files(right)) else {
            // These have no IDL that could show them; the test below does.
            assert!(["E001", "E004", "E099", "W099"].contains(&code.as_str()), "{code} has no example");
            continue;
        };
        let (codes, human) = shown(&wrong);
        if codes.is_empty() || codes.iter().any(|found| found != code) {
            failures.push_str(&format!("{code}, wrong example: {codes:?}\n{human}\n"));
        }
        insta::assert_snapshot!(code.as_str(), human);
        let (codes, human) = shown(&right);
        if !codes.is_empty() {
            failures.push_str(&format!("{code}, right example: {codes:?}\n{human}\n"));
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn codes_that_no_small_idl_can_show() {
    let (_, missing) = shown(&MemorySource::new());
    insta::assert_snapshot!("E001", missing);
    let (_, large) = shown(&MemorySource::new().with("main.thrift", vec![b' '; (64 << 20) + 1]));
    insta::assert_snapshot!("E004", large);
    let fields: String = (1..=120).map(|id| format!("  {id}: Missing{id} a{id}\n")).collect();
    let checked = check(
        &[PathBuf::from("main.thrift")],
        &[],
        &MemorySource::new().with("main.thrift", format!("struct Many {{\n{fields}}}\n")),
    );
    assert_eq!(checked.diagnostics.len(), 101);
    let last = &checked.diagnostics[100..];
    insta::assert_snapshot!("E099", render(last, &checked.sources, MessageFormat::Human, false));
    let definitions: String = (1..=120).map(|id| format!("struct S{id} {{}};\n")).collect();
    let checked = check(&[PathBuf::from("main.thrift")], &[], &MemorySource::new().with("main.thrift", definitions));
    assert_eq!(checked.diagnostics.len(), 101);
    let last = &checked.diagnostics[100..];
    insta::assert_snapshot!("W099", render(last, &checked.sources, MessageFormat::Human, false));
}
