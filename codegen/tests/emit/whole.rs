//! Whole kinds of IDL that were accepted and then gave no Rust, a file of `whole/` each.

use std::path::PathBuf;

use volplane_build::internal::model::Model;
use volplane_build::internal::write::CodeOptions;

use volplane_build_testkit::generated::workspace;

use crate::support::{self, Project};

pub(crate) fn add_to(project: &Project) {
    // Generated code is part of its user's crate, whose edition it has, and whose lints.
    let project = project.with_edition("2021");
    for (name, model) in models() {
        project.add(&name, &model);
    }
    let echo = support::model(&[workspace().join("idl/echo.thrift")], &[]);
    let program = "//! A program that uses nothing of what is generated.
#![deny(warnings, missing_docs, missing_copy_implementations, missing_debug_implementations, unused_results)]
#![forbid(unsafe_code)]

mod generated {
    include!(\"volplane_gen.rs\");
}

fn main() {}
";
    project.add_program("unused", &echo, &CodeOptions::default(), program);
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
