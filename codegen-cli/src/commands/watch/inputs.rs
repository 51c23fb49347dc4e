//! The files that a project is made from, with those that were looked for in vain: the files to watch.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{fs, io, mem};

use volplane_build::internal::{Disk, ReadSource};

use crate::config;
use crate::layout;

/// Paths whose changes matter; all of them are absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WatchedInputs {
    root: PathBuf,
    /// Files that were read, or will be as soon as they are there.
    files: BTreeSet<PathBuf>,
    /// Directories in which every file matters.
    trees: BTreeSet<PathBuf>,
}

impl WatchedInputs {
    /// Those of a project that could not be read yet: its volplane.toml.
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), files: BTreeSet::from([root.join(config::FILE)]), trees: BTreeSet::new() }
    }

    /// Whether a change of this path may change the project.
    pub(super) fn has(&self, path: &Path) -> bool {
        self.files.contains(path)
            // A directory on the way to a file was made, moved or removed.
            || self.files.iter().chain(&self.trees).any(|file| file.starts_with(path) && path != self.root)
            || self.trees.iter().any(|tree| path.starts_with(tree))
    }

    /// The directories to watch: on the way to a file in the project all of them, outside of it the last two.
    pub(super) fn folders(&self) -> BTreeSet<PathBuf> {
        let mut folders = BTreeSet::from([self.root.clone()]);
        for path in self.files.iter().chain(&self.trees) {
            let is_inside = path.starts_with(&self.root);
            let parents = path.ancestors().skip(1).take_while(|folder| !is_inside || *folder != self.root);
            folders.extend(parents.take(if is_inside { usize::MAX } else { 2 }).map(Path::to_owned));
        }
        for tree in &self.trees {
            add_tree(tree, &mut folders);
        }
        folders.retain(|folder| folder.is_dir());
        folders
    }
}

/// The directory and those in it.
fn add_tree(dir: &Path, folders: &mut BTreeSet<PathBuf>) {
    folders.insert(dir.to_owned());
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        // A link may lead back here.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            add_tree(&entry.path(), folders);
        }
    }
}

/// The disk, which keeps in mind what was asked for.
pub(super) struct RecordingSource {
    inputs: RefCell<WatchedInputs>,
    hash: RefCell<DefaultHasher>,
}

impl RecordingSource {
    /// Relative paths begin at `root`.
    pub(super) fn new(root: &Path) -> Self {
        Self { inputs: RefCell::new(WatchedInputs::new(root)), hash: RefCell::default() }
    }

    /// Notes the contents of a file.
    pub(super) fn note(&self, path: &Path, contents: &[u8]) {
        (path, contents).hash(&mut *self.hash.borrow_mut());
        self.add(path);
    }

    /// Notes a directory in which every file matters.
    pub(super) fn note_tree(&self, dir: &Path) {
        let mut inputs = self.inputs.borrow_mut();
        let dir = layout::normal(&inputs.root.join(dir));
        let mut folders = BTreeSet::new();
        add_tree(&dir, &mut folders);
        let mut files: Vec<PathBuf> = folders
            .iter()
            .flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten())
            .map(|entry| entry.path())
            .collect();
        files.sort();
        for path in files {
            (&path, fs::read(&path).ok()).hash(&mut *self.hash.borrow_mut());
        }
        inputs.trees.insert(dir);
    }

    /// What was asked for, and a number that is another one if the answers were others.
    pub(super) fn finish(self) -> (WatchedInputs, u64) {
        (self.inputs.into_inner(), self.hash.into_inner().finish())
    }

    fn place(&self, path: &Path) -> PathBuf {
        self.inputs.borrow().root.join(path)
    }

    fn add(&self, path: &Path) {
        let mut inputs = self.inputs.borrow_mut();
        let path = layout::normal(&inputs.root.join(path));
        if inputs.files.contains(&path) {
            return;
        }
        // The file that a link leads to, too; and some systems report it by that name.
        if let Ok(target) = fs::canonicalize(&path) {
            inputs.files.insert(target);
        }
        inputs.files.insert(path);
    }
}

impl ReadSource for RecordingSource {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let read = Disk.read(&self.place(path));
        let contents = read.as_deref().map_err(io::Error::kind);
        (path, contents.map_err(|kind| mem::discriminant(&kind))).hash(&mut *self.hash.borrow_mut());
        self.add(path);
        read
    }

    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        self.add(path);
        Disk.identity(&self.place(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_on_the_way_to_a_file_matter() {
        let mut inputs = WatchedInputs::new(Path::new("/p"));
        inputs.files.insert(PathBuf::from("/p/idl/a/shop.thrift"));
        inputs.files.insert(PathBuf::from("/q/r/s/base.thrift"));
        inputs.trees.insert(PathBuf::from("/p/own"));
        for path in ["/p/volplane.toml", "/p/idl", "/p/idl/a", "/p/idl/a/shop.thrift", "/q/r/s", "/p/own/x/y.j2"] {
            assert!(inputs.has(Path::new(path)), "{path}");
        }
        for path in ["/p", "/p/volplane.lock", "/p/idl/a/.shop.swp", "/p/cmd", "/p/idl/b"] {
            assert!(!inputs.has(Path::new(path)), "{path}");
        }
    }
}
