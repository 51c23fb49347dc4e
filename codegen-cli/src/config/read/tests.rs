//! Settings that are read, and errors that are told.

use super::*;

fn errors(text: &str) -> Vec<String> {
    let found = settings(text).err().unwrap_or_default();
    found.into_iter().map(|SettingError { line, column, message }| format!("{line}:{column}: {message}")).collect()
}

const GOOD: &str = "module = \"a\"\n[[idl]]\npath = \"./idl/a.thrift\"\nservice = \"a\"\n";

#[test]
fn what_is_left_out_has_its_default() {
    let settings = settings(GOOD).expect("it is right");
    assert_eq!(settings.transports, Transport::ALL);
    assert_eq!(settings.package.as_str(), "cmd");
    assert_eq!((settings.codegen, settings.runtime), (Codegen::BuildRs, Runtime::Vendored));
    assert_eq!(settings.idls[0].path, "idl/a.thrift");
    assert_eq!(settings.generated, Generated::default());
}

#[test]
fn what_the_generated_code_holds_is_read() {
    let text = "\
[generated]
keep_unknown_fields = true
derive = [\"a_b::Described\", \"Hash\"]
split = true
types_only = true
serde = true
services = [\"Echo\",
  \"Shop\"]
descriptors = true
";
    let service = |name: &str, line, column| ChosenService { name: name.to_owned(), line, column };
    let expected = Generated {
        keep_unknown_fields: true,
        derive: vec!["a_b::Described".to_owned(), "Hash".to_owned()],
        split: true,
        types_only: true,
        serde: true,
        services: Some(vec![service("Echo", 11, 13), service("Shop", 12, 3)]),
        descriptors: true,
    };
    assert_eq!(settings(&format!("{GOOD}{text}")).map(|settings| settings.generated), Ok(expected));
}

#[test]
fn every_error_about_the_generated_code_has_its_place() {
    let text = "\
[generated]
keep_unknown_field = true
split = \"yes\"
derive = [\"serde Serialize\", \"Hash\", \"Hash\", 3]
services = []
serde = 1
";
    insta::assert_snapshot!(errors(&format!("{GOOD}{text}")).join("\n"));
    insta::assert_snapshot!(errors(&format!("generated = true\n{GOOD}")).join("\n"));
}

#[test]
fn traits_of_serde_are_derived_once() {
    let text = format!("{GOOD}[generated]\nserde = true\nderive = [\"Hash\", \"serde::Serialize\"]\n");
    assert_eq!(errors(&text), ["7:19: serde = true derives `serde::Serialize` already; remove one of the two"]);
}

#[test]
fn the_documentation_has_every_key() {
    let text = include_str!("../../../../docs/keeping.md");
    for key in KEYS.iter().chain(IDL_KEYS).chain(GENERATED_KEYS) {
        let forms = [format!("| `{key}` |"), format!("| `[{key}]` |"), format!("| `[[{key}]]` |")];
        assert!(forms.iter().any(|form| text.contains(form)), "docs/keeping.md lacks `{key}`");
    }
}

#[test]
fn every_error_has_its_place() {
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
    insta::assert_snapshot!(errors(text).join("\n"));
}

#[test]
fn the_folder_of_the_programs_is_a_plain_name() {
    let package = |name: &str| format!("package = \"{name}\"\n{GOOD}");
    assert_eq!(settings(&package("server")).map(|settings| settings.package.as_str().to_owned()), Ok("server".into()));
    let wrong = ["../server", "generated", ""].map(|name| errors(&package(name)).join("\n"));
    insta::assert_snapshot!(wrong.join("\n"));
}

#[test]
fn a_project_may_have_no_programs_and_files_to_run_them() {
    let read = |line: &str| settings(&format!("{line}\n{GOOD}")).map(|settings| (settings.transports, settings.with));
    assert_eq!(read("transports = []"), Ok((Vec::new(), Vec::new())));
    let both = vec![Extra::Docker, Extra::Systemd];
    let expected = Ok((Transport::ALL.to_vec(), both));
    assert_eq!(read("with = [\"systemd\", \"docker\", \"systemd\"]"), expected);
    let unknown = errors(&format!("with = [\"dokcer\"]\n{GOOD}"));
    assert_eq!(unknown, ["1:9: unknown value `dokcer`; did you mean `docker`?"]);
}

#[test]
fn missing_keys_are_reported() {
    insta::assert_snapshot!(errors("").join("\n"));
    insta::assert_snapshot!(errors("module = \"a\"\nidl = \"idl/a.thrift\"\ntransports = [\"tcp\"]").join("\n"));
    insta::assert_snapshot!(errors("module = \"a\n").join("\n"));
    let twice = format!("{GOOD}[[idl]]\npath = \"idl//a.thrift\"\nservice = \"b\"\n");
    insta::assert_snapshot!(errors(&twice).join("\n"));
}
