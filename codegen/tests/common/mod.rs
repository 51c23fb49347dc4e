//! The corpus, as every test of the front-end needs it.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use volplane_build::internal::ReadSource;

/// The folder of the corpus.
pub fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/idl-corpus")
}

pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A file of tab-separated values without its head line.
pub fn rows(path: &Path) -> Vec<Vec<String>> {
    let lines = read(path);
    let rows = lines.lines().skip(1).filter(|line| !line.is_empty());
    rows.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// A file of the corpus.
pub struct Entry {
    /// From the corpus' folder.
    pub name: String,
    pub path: PathBuf,
    pub include_dirs: Vec<PathBuf>,
    /// Whether Apache's compiler takes it.
    pub accepted: bool,
}

/// Every file, in the order of the verdicts.
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

/// The include folders of each set: its own, and what its row in CORPUS.md has.
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

/// The disk, with one file as it isn't there.
pub struct Overlay<'a> {
    pub path: &'a Path,
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

/// Xorshift: the same numbers in every run.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit.max(1)
    }
}
