//! What `build.rs` put into the command, by its path in volplane's repository.

/// Every embedded file, sorted by path.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The text of a file.
///
/// # Errors
/// When the file is not embedded, which is a defect of this build.
pub(crate) fn file(path: &str) -> Result<&'static str, Missing> {
    FILES.iter().find(|(name, _)| *name == path).map(|(_, text)| *text).ok_or_else(|| Missing(path.to_owned()))
}

/// The files in a folder, at any depth, by their path in it.
pub(crate) fn folder(path: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().filter_map(move |(name, text)| Some((name.strip_prefix(path)?.strip_prefix('/')?, *text)))
}

/// A file that this build of the command should hold.
#[derive(Debug, thiserror::Error)]
#[error("this build of volplane lacks {0}")]
pub(crate) struct Missing(String);
