//! Every file of the corpus that the front-end accepts becomes Rust that compiles without a warning, and so does a
//! handler made for each of its services.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use volplane_build::internal::model::Model;
use volplane_build::internal::span::FileId;
use volplane_build::internal::{Disk, check};
use volplane_build_testkit::generated::workspace;

use crate::support::Project;

/// Folders of the corpus in which includes are looked for, beside each set's own.
const INCLUDE_DIRS: &[&str] = &[
    "samuel+go-thrift/testfiles/include",
    "apache+thrift/test",
    "apache+thrift/lib/rs/test_recursive/src",
    "apache+thrift/lib/rs/test_recursive/src/transit",
    "apache+thrift/lib/rs/test_recursive/src/transit/light",
    "apache+thrift/lib/rs/test_recursive/src/transit/services",
    "apache+thrift/lib/rs/test_recursive/src/maintenance",
    "twitter+scrooge/scrooge-generator-tests/src/test/thrift/relative/dir2",
    "twitter+scrooge/scrooge-generator-tests/src/test/thrift/relative/dir3",
];

pub(crate) fn add_to(project: &Project) {
    let corpus = workspace().join("tests/idl-corpus");
    let mut models: Vec<(PathBuf, Model)> = Vec::new();
    for file in files(&corpus) {
        let set = corpus.join(file.strip_prefix(&corpus).expect("below").iter().next().expect("a set"));
        let dirs = INCLUDE_DIRS.iter().map(|dir| corpus.join(dir)).filter(|dir| dir.starts_with(&set));
        let dirs: Vec<PathBuf> = std::iter::once(set.clone()).chain(dirs).collect();
        if let Some(model) = check(std::slice::from_ref(&file), &dirs, &Disk).model {
            models.push((file, model));
        }
    }
    assert!(models.len() >= 80, "only {} files of the corpus were accepted", models.len());

    // What another file includes is compiled with that one.
    let real = |path: &str| Path::new(path).canonicalize().expect("a file of the corpus");
    let included: BTreeSet<PathBuf> = models
        .iter()
        .flat_map(|(_, model)| {
            let others = (0..).map(FileId).zip(&model.files).filter(|(id, _)| !model.roots.contains(id));
            others.map(|(_, file)| real(&file.path)).collect::<Vec<_>>()
        })
        .collect();
    for (file, model) in models.iter().filter(|(file, _)| !included.contains(file)) {
        let name = file.strip_prefix(&corpus).expect("below").with_extension("").display().to_string();
        let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        project.add(&name.to_lowercase(), model);
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).expect("a folder of the corpus").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "thrift") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
