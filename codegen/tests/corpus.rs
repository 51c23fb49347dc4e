//! Every file of the corpus in `tests/idl-corpus`: taken or refused as Apache's compiler does, with the exceptions
//! that `corpus/exceptions.tsv` gives reasons for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use volplane_build::{Disk, MessageFormat, check, render};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/idl-corpus")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The further include folders of each set, as its row in CORPUS.md has them.
fn include_roots() -> BTreeMap<String, Vec<PathBuf>> {
    let mut roots = BTreeMap::new();
    for row in read(&corpus().join("CORPUS.md")).lines().filter(|line| line.contains('+')) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        if let [_, set, _, _, _, extra, ..] = cells[..] {
            let set_folder = corpus().join(set);
            let folders = extra.split(',').map(|root| root.trim().trim_matches('`')).filter(|root| !root.is_empty());
            let folders = std::iter::once(set_folder.clone()).chain(folders.map(|root| set_folder.join(root)));
            roots.insert(set.to_owned(), folders.collect());
        }
    }
    roots
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let lines = read(path);
    let rows = lines.lines().skip(1).filter(|line| !line.is_empty());
    rows.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

#[test]
fn every_file_is_taken_or_refused_as_apache_does() {
    let roots = include_roots();
    let mut exceptions: BTreeMap<String, String> =
        rows(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/exceptions.tsv"))
            .into_iter()
            .map(|row| (row[0].clone(), row[1].clone()))
            .collect();
    let verdicts = rows(&corpus().join("apache-verdict.tsv"));
    assert_eq!(verdicts.len(), 91);
    let mut wrong = String::new();
    for row in verdicts {
        let (path, verdict) = (&row[0], &row[1]);
        let set = path.split('/').next().unwrap_or_default();
        let checked = check(&[corpus().join(path)], &roots[set], &Disk);
        let ours = if checked.model.is_some() { "ok" } else { "fail" };
        let expected = exceptions.remove(path).unwrap_or_else(|| verdict.clone());
        if ours != expected {
            let shown = render(&checked.diagnostics, &checked.sources, MessageFormat::Short, false);
            wrong.push_str(&format!("\n{path}: {ours}, expected {expected}\n{shown}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(exceptions.is_empty(), "not in the corpus: {exceptions:?}");
}
