//! The files of `tests/idl-corpus`, with their include directories and with what Apache's compiler says of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use volplane_build::internal::ReadSource;

/// The directory of the corpus.
pub fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/idl-corpus")
}

/// The text of a file.
pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The rows of a file of tab-separated values, without its head line.
pub fn rows(path: &Path) -> Vec<Vec<String>> {
    let lines = read(path);
    let rows = lines.lines().skip(1).filter(|line| !line.is_empty());
    rows.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// A file of the corpus.
pub struct Entry {
    /// Its path, relative to the corpus.
    pub name: String,
    /// Its path.
    pub path: PathBuf,
    /// Where its includes are searched.
    pub include_dirs: Vec<PathBuf>,
    /// Whether Apache's compiler accepts it.
    pub accepted: bool,
}

/// The file with this name.
pub fn entry(name: &str) -> Entry {
    let found = entries().into_iter().find(|entry| entry.name == name);
    found.unwrap_or_else(|| panic!("{name} is not in the corpus"))
}

/// Every file, in the order of `apache-verdict.tsv`.
pub fn entries() -> Vec<Entry> {
    let roots = include_roots();
    let verdicts = rows(&corpus().join("apache-verdict.tsv"));
    let entry = |row: Vec<String>| Entry {
        path: corpus().join(&row[0]),
        include_dirs: roots[row[0].split('/').next().unwrap_or_default()].clone(),
        accepted: row[1] == "ok",
        name: row[0].clone(),
    };
    verdicts.into_iter().map(entry).collect()
}

/// The include directories of each set: its own, and those in its row of CORPUS.md.
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

/// The disk, with another text for one file.
pub struct Overlay<'a> {
    /// The file.
    pub path: &'a Path,
    /// Its text.
    pub text: &'a [u8],
}

impl ReadSource for Overlay<'_> {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        if path == self.path { Ok(self.text.to_vec()) } else { std::fs::read(path) }
    }

    fn identity(&self, path: &Path) -> std::io::Result<PathBuf> {
        path.canonicalize()
    }
}
