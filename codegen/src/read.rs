//! Sources of IDL text: the disk, or a table in memory.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// The maximum size of a file, in bytes.
pub(crate) const MAX_BYTES: usize = 64 << 20;

/// What the front-end needs of a file system.
pub trait ReadSource {
    /// The bytes of a file. Of a very large one its first 64 MiB and a byte are enough: more is refused in any case.
    ///
    /// # Errors
    /// Any error of the file system.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// An identifier of the file: equal for all paths to the same file.
    ///
    /// # Errors
    /// `NotFound` if there is no such file; any other error of the file system.
    fn identity(&self, path: &Path) -> io::Result<PathBuf>;
}

/// The real file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl ReadSource for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        // Opening a pipe waits for a writer, and a device may never end.
        let about = std::fs::metadata(path)?;
        if about.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !about.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        path.canonicalize()
    }
}

/// Files that exist in memory only: for tests, fuzzing and editors.
#[derive(Clone, Debug, Default)]
pub struct MemorySource {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl MemorySource {
    /// Creates an empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    pub fn with(mut self, path: impl AsRef<Path>, text: impl Into<Vec<u8>>) -> Self {
        self.files.insert(normal(path.as_ref()), text.into());
        self
    }
}

impl ReadSource for MemorySource {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files.get(&normal(path)).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        let path = normal(path);
        if self.files.contains_key(&path) { Ok(path) } else { Err(io::ErrorKind::NotFound.into()) }
    }
}

/// The path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_finds_a_file_by_every_path_to_it() {
        let files = MemorySource::new().with("a/b.thrift", "x");
        assert_eq!(files.read(Path::new("./a/../a/b.thrift")).ok(), Some(b"x".to_vec()));
        assert!(files.identity(Path::new("b.thrift")).is_err());
    }
}
