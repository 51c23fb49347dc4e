//! Files that lie anywhere get other texts: each of them whole, and none if one can't be written.

use std::path::{Path, PathBuf};
use std::{fs, io};

use std::io::Write;
use tempfile::NamedTempFile;
use thiserror::Error;

use crate::command_error::{CommandError, Help};
use crate::exit::Exit;

/// A file and its texts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rewrite<'a> {
    /// Where it is. A link stays a link: what it leads to is written.
    pub(crate) path: &'a Path,
    /// What it held when the new text was made from it.
    pub(crate) before: &'a str,
    /// What it is to hold.
    pub(crate) text: &'a str,
}

/// Some files could not be written.
#[derive(Debug, Error)]
pub(crate) enum RewriteError {
    /// Somebody else wrote it.
    #[error("{path} was changed by another program since it was read; nothing was written")]
    Changed {
        /// Its path.
        path: String,
    },
    /// The system refused, and nothing is changed.
    #[error("cannot write {path}; nothing was changed")]
    Io {
        /// The file.
        path: String,
        #[source]
        source: io::Error,
    },
    /// The system refused when some files were written already.
    #[error("cannot write {path}; {written} {} written already", if *.written == 1 { "file was" } else { "files were" })]
    Partly {
        /// The file.
        path: String,
        /// How many have their new text.
        written: usize,
        #[source]
        source: io::Error,
    },
}

impl CommandError for RewriteError {
    fn help(&self) -> Help {
        Some("run the command again".into())
    }

    fn exit(&self) -> Exit {
        Exit::Failure
    }
}

/// Writes all new texts beside their files, then gives each its name. A file keeps its permissions.
///
/// # Errors
/// When a file is not as expected, or the system refuses.
pub(crate) fn rewrite(files: &[Rewrite<'_>]) -> Result<(), RewriteError> {
    let staged: Vec<(NamedTempFile, PathBuf)> = files.iter().map(stage).collect::<Result<_, _>>()?;
    for (written, (file, place)) in staged.into_iter().enumerate() {
        if let Err(error) = file.persist(&place) {
            let (path, source) = (place.display().to_string(), error.error);
            return Err(if written == 0 {
                RewriteError::Io { path, source }
            } else {
                RewriteError::Partly { path, written, source }
            });
        }
    }
    Ok(())
}

/// The new text beside the file, and the file's real place.
fn stage(file: &Rewrite<'_>) -> Result<(NamedTempFile, PathBuf), RewriteError> {
    let shown = || file.path.display().to_string();
    let failed = |source| RewriteError::Io { path: shown(), source };
    let place = fs::canonicalize(file.path).map_err(failed)?;
    let permissions = fs::metadata(&place).map_err(failed)?.permissions();
    if fs::read(&place).map_err(failed)? != file.before.as_bytes() {
        return Err(RewriteError::Changed { path: shown() });
    }
    let folder = place.parent().unwrap_or(Path::new("/"));
    let mut staged = tempfile::Builder::new().prefix(".volplane-").tempfile_in(folder).map_err(failed)?;
    staged.write_all(file.text.as_bytes()).map_err(failed)?;
    staged.as_file().set_permissions(permissions).map_err(failed)?;
    staged.as_file().sync_all().map_err(failed)?;
    Ok((staged, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn all_files_are_written_or_none() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        fs::write(&a, "1").unwrap();
        fs::write(&b, "2").unwrap();
        let files =
            [Rewrite { path: &a, before: "1", text: "one" }, Rewrite { path: &b, before: "other", text: "two" }];
        assert!(matches!(rewrite(&files), Err(RewriteError::Changed { .. })));
        assert_eq!((fs::read_to_string(&a).unwrap(), fs::read_to_string(&b).unwrap()), ("1".into(), "2".into()));
        assert!(rewrite(&files[..1]).is_ok());
        assert_eq!(fs::read_to_string(&a).unwrap(), "one");
        assert_eq!(names(dir.path()), ["a", "b"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("file"), dir.path().join("link"));
        fs::write(&file, "1").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("file", &link).unwrap();
        assert!(rewrite(&[Rewrite { path: &link, before: "1", text: "one" }]).is_ok());
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "one");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
