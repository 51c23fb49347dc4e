//! Settings that are read, and mistakes that are told.

use super::*;

fn mistakes(text: &str) -> Vec<String> {
    let found = settings(text).err().unwrap_or_default();
    found.into_iter().map(|Mistake { line, column, message }| format!("{line}:{column}: {message}")).collect()
}

const GOOD: &str = "module = \"a\"\n[[idl]]\npath = \"./idl/a.thrift\"\nservice = \"a\"\n";

#[test]
fn what_is_left_out_has_its_default() {
    let settings = settings(GOOD).expect("it is right");
    assert_eq!(settings.transports, Transport::ALL);
    assert_eq!((settings.codegen, settings.runtime), (Codegen::BuildRs, Runtime::Vendored));
    assert_eq!(settings.idls[0].path, "idl/a.thrift");
}

#[test]
fn the_documentation_has_every_key() {
    let text = include_str!("../../../../docs/keeping.md");
    for key in KEYS.iter().chain(IDL_KEYS) {
        let forms = [format!("| `{key}` |"), format!("| `[{key}]` |"), format!("| `[[{key}]]` |")];
        assert!(forms.iter().any(|form| text.contains(form)), "docs/keeping.md lacks `{key}`");
    }
}

#[test]
fn every_mistake_is_told_with_its_place() {
    let text = "\
modul = \"hello\"
module = \"1st\"
codegen = \"checkedin\"
runtime = { gti = \"x\" }
transports = [\"stdnet\", \"web-socket\", 4]
templates = \"\"
set = 3

[[idl]]
path = \"/etc/x.thrift\"
servcie = \"x\"

[[idl]]
path = 4
service = \"b\"
include = \"idl\"
colour = \"red\"
";
    insta::assert_snapshot!(mistakes(text).join("\n"));
}

#[test]
fn what_is_missing_is_told() {
    insta::assert_snapshot!(mistakes("").join("\n"));
    insta::assert_snapshot!(mistakes("module = \"a\"\nidl = \"idl/a.thrift\"\ntransports = []").join("\n"));
    insta::assert_snapshot!(mistakes("module = \"a\n").join("\n"));
    let twice = format!("{GOOD}[[idl]]\npath = \"idl//a.thrift\"\nservice = \"b\"\n");
    insta::assert_snapshot!(mistakes(&twice).join("\n"));
}
