//! The IDL of a project on the disk, read as if the files that a run adds existed already.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use volplane_build::internal::{Disk, ReadSource};

use crate::layout;
use crate::project_path::ProjectPath;

/// The disk seen from a project's root: relative paths begin there.
pub(super) struct ProjectSource<'a> {
    /// The project's root, absolute.
    pub(super) root: &'a Path,
    /// The files that a run adds, by path.
    pub(super) brings: &'a BTreeMap<ProjectPath, String>,
}

impl ProjectSource<'_> {
    fn find(&self, path: &Path) -> Option<&String> {
        self.brings.get(layout::normal(path).to_string_lossy().replace('\\', "/").as_str())
    }

    /// Where the file is on the disk, without detours through folders that a run has yet to make.
    fn direct(&self, path: &Path) -> PathBuf {
        let path = self.root.join(path);
        if path.parent().is_some_and(Path::is_dir) { path } else { layout::normal(&path) }
    }
}

impl ReadSource for ProjectSource<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.find(path).map_or_else(|| Disk.read(&self.direct(path)), |text| Ok(text.clone().into_bytes()))
    }

    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        // Both kinds of files have absolute names, so that one is not two.
        match Disk.identity(&self.direct(path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.find(path).is_some() => {
                Ok(layout::normal(&self.root.join(path)))
            }
            found => found,
        }
    }
}
