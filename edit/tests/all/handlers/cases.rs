//! Handler files before and after an edit of the IDL: every file of the folder `cases` is one.
//!
//! A case says in its first line what it shows. Its sections: `before` and `after`, the services (no `before`: nobody
//! remembers); `file`, the user's text. Words behind `== file` are settings: see `support`. The new text and the events are
//! a snapshot beside it: a new case is a new file, and `INSTA_UPDATE=always` writes its snapshot.

use std::error::Error;
use std::path::Path;

use volplane_edit::handlers::{EventKind, Outcome, implementations, update};

use super::support::{Case, cases};

mod comes_out_as_its_snapshot_says {
    volplane_testkit::handler_cases!(crate::handlers::cases::snapshot);
}

mod a_second_run_changes_nothing {
    volplane_testkit::handler_cases!(crate::handlers::cases::second_run);
}

mod what_is_skipped_stays {
    volplane_testkit::handler_cases!(crate::handlers::cases::skipped);
}

fn snapshot(folder: &str, name: &str) -> Result<(), Box<dyn Error>> {
    let case = Case::read(&Path::new(folder).join(format!("{name}.case")));
    let outcome = run(&case);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(case.title.trim_end());
    let seen = format!("== expected\n{}== report\n{}", case.plain(&outcome.text), report(&outcome));
    settings.bind(|| insta::assert_snapshot!(name, seen));
    Ok(())
}

fn second_run(folder: &str, name: &str) -> Result<(), Box<dyn Error>> {
    let case = Case::read(&Path::new(folder).join(format!("{name}.case")));
    let text = run(&case).text;
    let services = case.services(Some(&case.after));
    let again = update(&text, &case.request(&services))?;
    assert_eq!(again.text, text);
    let is_new = |kind: &EventKind| !matches!(kind, EventKind::Gone | EventKind::Undefined { .. });
    assert!(again.events.iter().all(|event| !is_new(&event.what)), "{:?}", again.events);
    if !case.has("remembered") {
        let services = case.services(None);
        let without_memory = update(&text, &case.request(&services))?;
        assert_eq!(without_memory.text, text, "without memory");
    }
    Ok(())
}

fn skipped(folder: &str, name: &str) -> Result<(), Box<dyn Error>> {
    let case = Case::read(&Path::new(folder).join(format!("{name}.case")));
    // What is skipped is what templates make, where the generated crate has its own name.
    if case.has("renamed") {
        return Ok(());
    }
    let services = case.services(case.before.as_deref());
    let mut request = case.request(&services);
    let all = implementations(&case.text, &services)?;
    request.skip = &all;
    assert_eq!(update(&case.text, &request)?.text, case.text);
    Ok(())
}

#[test]
fn a_file_that_does_not_parse_is_left_with_the_place() {
    let case = cases().remove(0);
    let services = case.services(None);
    let places = [
        "impl Echo {\n",
        "// impl Echo for\nfn a( {}\n",
        "impl X {} use a::Echo as",
        "\u{feff}#!/x\n//impl Echo for\nstruct é; struct ;",
        "impl Echo for X {\n    async fn a(&self) { let ;\n    }\n}\n",
        "// impl api::Echo\n\"open",
    ];
    let errors = places.map(|text| update(text, &case.request(&services)).map(|_| ()).unwrap_err().to_string());
    insta::assert_snapshot!(errors.join("\n"), @"
    line 1, column 11: unbalanced bracket or quote, or unexpected character
    line 2, column 5: unbalanced bracket or quote, or unexpected character
    line 1, column 25: unexpected end of input, expected identifier or underscore
    line 3, column 18: expected identifier
    line 2, column 29: expected one of: identifier, `::`, `<`, `_` or 9 others
    line 2, column 1: unbalanced bracket or quote, or unexpected character
    ");
    let deep = format!("fn echo() {{ Echo{}{} }} // impl Echo for", "(".repeat(100_000), ")".repeat(100_000));
    let error = update(&deep, &case.request(&services)).unwrap_err();
    insta::assert_snapshot!(error, @"line 1, column 115: nested more than 100 levels deep");
    let deep = format!("fn echo() {{ Echo = {} }} // impl Echo for", "!".repeat(100_000));
    let error = update(&deep, &case.request(&services)).unwrap_err();
    insta::assert_snapshot!(error, @"line 1, column 119: nested more than 100 levels deep");
}

#[test]
fn what_is_no_rust_and_no_handler_is_nobodys_business() {
    let case = cases().remove(0);
    let services = case.services(None);
    for text in
        ["// Echo\nimpl {{ service }} for X {\n", "#[test] fn t( { Echo::new() }", "a: Echos for", "impl X {\n Echo"]
    {
        let outcome = update(text, &case.request(&services)).expect(text);
        assert_eq!((outcome.text.as_str(), outcome.events.len()), (text, 0));
        assert_eq!(implementations(text, &services), Ok(Vec::new()));
    }
}

fn run(case: &Case) -> Outcome {
    let services = case.services(case.before.as_deref());
    let outcome = update(&case.text, &case.request(&services)).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    if syn::parse_file(&case.text).is_ok() {
        assert!(syn::parse_file(&outcome.text).is_ok(), "{}:\n{}", case.name, outcome.text);
    }
    outcome
}

fn report(outcome: &Outcome) -> String {
    outcome.events.iter().map(|event| format!("{}: {event}\n", event.line)).collect()
}
