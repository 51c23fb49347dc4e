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
            // `<FF>` is a byte that is not valid in UTF-8.
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

/// An explanation: its title, an example that gives exactly this code, and one that gives nothing.
fn explained(code: Code) {
    let text = explain(code.as_str()).expect("every code is explained");
    assert!(text.starts_with(&format!("# {code}: {}\n", code.title())), "{text}");
    assert!(text.contains("\nWrong:\n"), "{text}");
    let (wrong, right) = text.split_once("\nRight:\n").expect("an example of what is right");
    let (Some(wrong), Some(right)) = (files(wrong), files(right)) else {
        // No small IDL shows these; the test below does.
        assert!(WITHOUT_EXAMPLE.contains(&code), "{code} has no example");
        return;
    };
    let (codes, human) = shown(&wrong);
    insta::assert_snapshot!(code.as_str(), human);
    assert!(!codes.is_empty() && codes.iter().all(|found| *found == code), "wrong example: {codes:?}\n{human}");
    let (codes, human) = shown(&right);
    assert_eq!(codes, [], "right example:\n{human}");
}

/// Codes that no small IDL shows.
const WITHOUT_EXAMPLE: [Code; 4] = [Code::E001, Code::E004, Code::E099, Code::W099];

/// A test for each code.
macro_rules! test_each_code {
    ($($code:ident)*) => {
        #[allow(non_snake_case, reason = "a code is written in capitals")]
        mod explanation {
            $(
                #[test]
                fn $code() {
                    super::explained(volplane_build::internal::Code::$code);
                }
            )*
        }

        #[test]
        fn every_code_has_a_test() {
            assert_eq!(Code::ALL, [$(Code::$code),*]);
            assert_eq!(explain("E000"), None);
        }
    };
}

test_each_code! {
    E001 E002 E003 E004 E005 E006
    E010 E011 E012 E013 E014 E015 E016
    E020 E021 E022 E023 E024 E025 E026 E027 E028
    E030 E031 E032 E033 E034 E035 E036 E037 E038
    E040 E041 E042 E043 E045 E046 E048
    E050 E051 E052
    E060 E061 E062 E063 E064 E065 E066 E067 E068 E069
    E099
    W001 W002 W003 W004 W005 W006 W007 W008 W009
    W010 W011 W012 W013 W014 W015 W016
    W099
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
