//! What happens to living projects: one file in `cases` per edit, with the IDL and the user's files before, what was done to
//! them, and a snapshot of the report and of every byte that changed beside it.
//!
//! Each is a test of its own: `cargo test -p volplane --test all update::files::` runs those of a folder. A new case is a
//! new file; `INSTA_UPDATE=always` writes its snapshot.

mod case;
mod changes;
mod edit;
mod project;
mod run;

use std::fs;
use std::path::Path;

use volplane_testkit::TestResult;

volplane_testkit::update_cases!(crate::update::check);

/// Runs a case: its path in the folder of all cases, without the ending.
fn check(cases: &str, path: &str) -> TestResult {
    let file = Path::new(cases).join(format!("{path}.case"));
    let text = fs::read_to_string(&file)?;
    let report = run::run(&case::parse(&text)?)?;
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(file.parent().unwrap_or(&file));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(text.lines().next().unwrap_or_default());
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    settings.bind(|| insta::assert_snapshot!(name, report));
    Ok(())
}
