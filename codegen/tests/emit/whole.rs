//! Whole kinds of IDL that were accepted and then gave no Rust, a file of `whole/` each.

use std::path::PathBuf;

use volplane_build::model::Model;

use crate::support::{self, Project};

#[test]
fn what_the_checks_accept_compiles() {
    let project = Project::new("whole");
    for (name, model) in models() {
        project.add(&name, &model);
    }
    project.cargo(&["check", "--keep-going"]);
}

fn models() -> Vec<(String, Model)> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/emit/whole");
    let files = std::fs::read_dir(&dir).expect("the folder").flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    let named = |path: PathBuf| {
        let name = path.file_stem().expect("a file").to_string_lossy().into_owned();
        let model = support::model(&[path], &[]);
        (name, model)
    };
    files.into_iter().map(named).collect()
}
