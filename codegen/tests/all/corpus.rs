//! Every file of the corpus in `tests/idl-corpus` is accepted or refused as Apache's compiler does, with the exceptions
//! that `corpus/exceptions.tsv` gives reasons for.

use std::collections::BTreeMap;
use std::path::Path;

use volplane_build::internal::{Disk, MessageFormat, check, render};
use volplane_build_testkit::corpus::{Entry, entries, rows};

/// What we do otherwise than Apache's compiler: whether we accept the file.
fn exceptions() -> BTreeMap<String, bool> {
    let table = rows(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/corpus/exceptions.tsv"));
    table.into_iter().map(|row| (row[0].clone(), row[1] == "ok")).collect()
}

fn accepted_or_refused_as_apache_does(entry: &Entry) {
    let checked = check(std::slice::from_ref(&entry.path), &entry.include_dirs, &Disk);
    let expected = exceptions().remove(&entry.name).unwrap_or(entry.accepted);
    let shown = render(&checked.diagnostics, &checked.sources, MessageFormat::Short, false);
    assert_eq!(checked.model.is_some(), expected, "{shown}");
}

mod verdict {
    test_each_file!(accepted_or_refused_as_apache_does);
}

#[test]
fn every_file_has_a_test_and_every_exception_a_file() {
    let names: Vec<String> = entries().into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, corpus_paths!());
    let exceptions = exceptions();
    let unknown: Vec<&String> = exceptions.keys().filter(|name| !names.contains(name)).collect();
    assert!(unknown.is_empty(), "not in the corpus: {unknown:?}");
}
