//! Every file of the corpus in `tests/idl-corpus`: taken or refused as Apache's compiler does, with the exceptions
//! that `corpus/exceptions.tsv` gives reasons for.

mod common;

use common::{entries, rows};
use std::collections::BTreeMap;
use std::path::Path;
use volplane_build::internal::{Disk, MessageFormat, check, render};

#[test]
fn every_file_is_taken_or_refused_as_apache_does() {
    let mut exceptions: BTreeMap<String, bool> =
        rows(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/exceptions.tsv"))
            .into_iter()
            .map(|row| (row[0].clone(), row[1] == "ok"))
            .collect();
    let entries = entries();
    assert_eq!(entries.len(), 91);
    let mut wrong = String::new();
    for entry in entries {
        let checked = check(std::slice::from_ref(&entry.path), &entry.include_dirs, &Disk);
        let ours = checked.model.is_some();
        let expected = exceptions.remove(&entry.name).unwrap_or(entry.accepted);
        if ours != expected {
            let shown = render(&checked.diagnostics, &checked.sources, MessageFormat::Short, false);
            wrong.push_str(&format!("\n{}: {ours}, expected {expected}\n{shown}", entry.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(exceptions.is_empty(), "not in the corpus: {exceptions:?}");
}
