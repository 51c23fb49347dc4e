//! What happens to living projects: one file in `cases` per edit, with the IDL and the user's files before, what was done to
//! them, and a snapshot of the report and of every byte that changed beside it.
//!
//! `CASE=name` runs the cases whose names contain that.

mod case;
mod changes;
mod edit;
mod project;
mod run;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use support::TestResult;

/// Where the cases are, in folders by what they are about.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/update/cases");

#[test]
fn methods() -> TestResult {
    all_of("methods")
}

#[test]
fn signatures() -> TestResult {
    all_of("signatures")
}

#[test]
fn handlers() -> TestResult {
    all_of("handlers")
}

#[test]
fn services() -> TestResult {
    all_of("services")
}

#[test]
fn files() -> TestResult {
    all_of("files")
}

#[test]
fn idl() -> TestResult {
    all_of("idl")
}

#[test]
fn settings() -> TestResult {
    all_of("settings")
}

#[test]
fn memory() -> TestResult {
    all_of("memory")
}

#[test]
fn looking() -> TestResult {
    all_of("looking")
}

#[test]
fn adding() -> TestResult {
    all_of("adding")
}

#[test]
fn every_folder_is_tested_and_every_snapshot_has_its_case() -> TestResult {
    let tested = include_str!("main.rs");
    for folder in entries(Path::new(CASES))?.into_iter().filter(|path| path.is_dir()) {
        let name = stem(&folder);
        assert!(tested.contains(&format!("all_of(\"{name}\")")), "nothing runs the cases in {name}");
        let (cases, snapshots): (Vec<_>, Vec<_>) =
            entries(&folder)?.into_iter().partition(|path| path.extension().is_some_and(|kind| kind == "case"));
        let names = |paths: &[PathBuf]| paths.iter().map(|path| stem(path)).collect::<BTreeSet<_>>();
        assert_eq!(names(&cases), names(&snapshots), "in {name}");
    }
    Ok(())
}

/// Runs the cases of a folder, all of them even if some fail.
fn all_of(folder: &str) -> TestResult {
    let wanted = env::var("CASE").unwrap_or_default();
    let dir = Path::new(CASES).join(folder);
    let mut failed = Vec::new();
    for path in entries(&dir)? {
        let name = stem(&path);
        if path.extension().is_none_or(|kind| kind != "case") || !name.contains(&wanted) {
            continue;
        }
        let case = fs::read_to_string(&path)?;
        let result = case::parse(&case).map_err(Into::into).and_then(|case| run::run(&case));
        match result {
            Ok(report) => {
                if catch_unwind(AssertUnwindSafe(|| snapshot(&dir, &name, &case, &report))).is_err() {
                    failed.push(format!("{folder}/{name}: another outcome than in its snapshot"));
                }
            }
            Err(error) => failed.push(format!("{folder}/{name}: {error}")),
        }
    }
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
    Ok(())
}

fn snapshot(dir: &Path, name: &str, case: &str, report: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(dir);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(case.lines().next().unwrap_or_default());
    settings.bind(|| insta::assert_snapshot!(name, report));
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>, std::io::Error> {
    let mut paths = fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
