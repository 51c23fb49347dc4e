//! IDL that is read as if the files that a run brings were there already.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use volplane_build::internal::{Disk, ReadSource};

use crate::layout;

/// The disk, with the files that a run brings in place already.
pub(super) struct OverlaySource<'a> {
    pub(super) texts: &'a BTreeMap<String, String>,
}

impl OverlaySource<'_> {
    fn find(&self, path: &Path) -> Option<&String> {
        self.texts.get(&layout::normal(path).to_string_lossy().replace('\\', "/"))
    }

    /// The path, without detours through folders that a run has yet to make.
    fn direct(&self, path: &Path) -> PathBuf {
        if path.parent().is_some_and(Path::is_dir) { path.to_owned() } else { layout::normal(path) }
    }
}

impl ReadSource for OverlaySource<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.find(path).map_or_else(|| Disk.read(&self.direct(path)), |text| Ok(text.clone().into_bytes()))
    }

    fn identity(&self, path: &Path) -> io::Result<PathBuf> {
        // Both kinds of files have absolute names, so that one is not two.
        match Disk.identity(&self.direct(path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.find(path).is_some() => {
                std::path::absolute(layout::normal(path))
            }
            found => found,
        }
    }
}
