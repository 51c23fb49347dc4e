//! `--message-format json`: one object a line on stdout, with the keys of docs/commands.md, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;

use serde_json::Value;
use volplane_testkit::{ECHO, Outcome, Sandbox, TestResult};

/// The method of the echo service.
const METHOD: &str = "    Response echo(1: Request req)\n";

/// A project of the echo service.
fn project() -> Result<Sandbox, Box<dyn Error>> {
    let sandbox = Sandbox::with_echo()?;
    let options = ["--runtime", "version=0.1", "--transport", "stdnet"];
    let made = sandbox.run(&[&["-q", "new", "idl/echo.thrift", "hello"][..], &options].concat())?;
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    Ok(sandbox)
}

/// The objects that a command writes.
fn objects(outcome: &Outcome) -> Result<Vec<Value>, Box<dyn Error>> {
    assert_eq!(outcome.stderr, "");
    let objects: Vec<Value> = outcome.stdout.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let summary = objects.last().ok_or("nothing was written")?;
    assert_eq!(summary["reason"], "summary");
    assert_eq!(summary["exit_code"].as_i64(), outcome.code.map(i64::from));
    Ok(objects)
}

/// An IDL with another method, and one with an error.
fn edit(sandbox: &Sandbox, from: &str, to: &str) -> TestResult {
    let text = ECHO.replacen(from, to, 1);
    assert_ne!(text, ECHO);
    Ok(fs::write(sandbox.path().join("hello/idl/echo.thrift"), text)?)
}

#[test]
fn events_diffs_and_errors_are_objects() -> TestResult {
    let sandbox = project()?;
    let run = |args: &[&str]| sandbox.run_in("hello", &[args, &["--message-format", "json"]].concat());
    edit(&sandbox, METHOD, &format!("{METHOD}    void ping()\n"))?;
    let mut all = Vec::new();
    let mut report = String::new();
    let looks: [&[&str]; 4] = [&["check"], &["update", "--dry-run"], &["update"], &["check"]];
    for args in looks {
        let outcome = run(args)?;
        all.extend(objects(&outcome)?);
        report.push_str(&format!("$ volplane {}\n{}exit: {:?}\n\n", args.join(" "), outcome.stdout, outcome.code));
    }
    insta::assert_snapshot!(report);

    // A difference, an error, and diagnostics.
    edit(&sandbox, METHOD, "")?;
    all.extend(objects(&run(&["update", "--diff", "--prune"])?)?);
    all.extend(objects(&run(&["add", "idl/none.thrift"])?)?);
    all.extend(objects(&run(&["doctor"])?)?);
    all.extend(objects(&run(&["upgrade", "--dry-run", "--since", "0.0.0"])?)?);
    edit(&sandbox, METHOD, "    void ping(\n")?;
    all.extend(objects(&run(&["update"])?)?);

    let mut written: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for object in all.iter().filter_map(Value::as_object) {
        let reason = object.get("reason").and_then(Value::as_str).ok_or("an object has no reason")?;
        let keys = object.keys().filter(|key| *key != "reason").cloned();
        written.entry(reason.to_owned()).or_default().extend(keys);
    }
    assert!(written.remove("diagnostic").is_some_and(|keys| keys.contains("labels")));
    let page = include_str!("../../../docs/commands.md");
    let mut documented: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in page.lines() {
        if let [_, reason, key, _, _] = line.split('|').map(str::trim).collect::<Vec<_>>().as_slice()
            && let (Some(reason), Some(key)) = (reason.strip_prefix('`'), key.strip_prefix('`'))
        {
            let entry = documented.entry(reason.trim_end_matches('`').to_owned()).or_default();
            entry.insert(key.trim_end_matches('`').to_owned());
        }
    }
    assert_eq!(written, documented);
    Ok(())
}
