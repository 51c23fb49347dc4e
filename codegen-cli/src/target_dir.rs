//! A folder that holds IDL and nothing else to speak of: where `volplane idl/echo.thrift` makes a project around it.

use std::path::Path;
use std::{fs, io};

use crate::plan::{NewFile, Policy};
use crate::project_path::ProjectPath;

/// What lies in `dir` and belongs to something else than IDL: anything but `.thrift` files at any depth, hidden files and
/// folders, READMEs and licences. A path relative to `dir`, the first by name.
///
/// # Errors
/// When a folder can't be read.
pub(crate) fn foreign(dir: &Path) -> io::Result<Option<String>> {
    let mut entries = fs::read_dir(dir)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        // A link to a folder is not looked into: it may lead back here.
        if entry.file_type()?.is_dir() {
            if let Some(inner) = foreign(&entry.path())? {
                return Ok(Some(format!("{name}/{inner}")));
            }
        } else if !(is_users(&name) || name.ends_with(".thrift")) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// A project's files on ground that has files already.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fitting {
    /// Those that are to be made.
    pub(crate) missing: Vec<NewFile>,
    /// The user's own, which stay although a project would have others.
    pub(crate) kept: Vec<ProjectPath>,
}

/// Fits a project's files in: what is there already stays, if it says the same or is the user's README, licence or hidden
/// file (`.gitignore`).
///
/// # Errors
/// The path of a file that is there and says something else.
pub(crate) fn fitting(
    files: Vec<NewFile>,
    mut present: impl FnMut(&str) -> Option<Vec<u8>>,
) -> Result<Fitting, ProjectPath> {
    let mut missing = Vec::new();
    let mut kept = Vec::new();
    for file in files {
        match present(&file.path) {
            None => missing.push(file),
            Some(text) if text == file.text.as_bytes() => {}
            Some(_) if is_users(&file.path) => kept.push(file.path),
            Some(_) => return Err(file.path),
        }
    }
    Ok(Fitting { missing, kept })
}

/// The project's files as they are remembered: what is there already and says something else is the user's.
pub(crate) fn lasting(files: &[NewFile], mut present: impl FnMut(&str) -> Option<Vec<u8>>) -> Vec<NewFile> {
    let owned = |file: &NewFile| {
        let differs = present(&file.path).is_some_and(|text| text != file.text.as_bytes());
        NewFile { policy: if differs { Policy::Skip } else { file.policy }, ..file.clone() }
    };
    files.iter().map(owned).collect()
}

fn is_users(path: &str) -> bool {
    ["README", "LICENSE", "."].iter().any(|start| path.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays() {
        let file =
            |path, text: &str| NewFile { path: ProjectPath::known(path), text: text.into(), policy: Policy::Skip };
        let files = vec![file("README.md", "ours"), file("idl/a.thrift", "same"), file("volplane.toml", "new")];
        let present = |path: &str| match path {
            "README.md" => Some(b"theirs".to_vec()),
            "idl/a.thrift" => Some(b"same".to_vec()),
            _ => None,
        };
        let fits = Fitting { missing: vec![file("volplane.toml", "new")], kept: vec![ProjectPath::known("README.md")] };
        assert_eq!(fitting(files.clone(), present), Ok(fits));
        let other = |path: &str| (path == "idl/a.thrift").then(|| b"other".to_vec());
        assert_eq!(fitting(files, other), Err(ProjectPath::known("idl/a.thrift")));
    }
}
