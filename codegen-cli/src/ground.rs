//! A folder that holds IDL and nothing else to speak of: where `volplane idl/echo.thrift` makes a project around it.

use std::path::Path;
use std::{fs, io};

use crate::plan::{NewFile, Policy};

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

/// Of a project's files, those that are to be made: what is there already stays, if it says the same or is the user's README
/// or licence.
///
/// # Errors
/// The path of a file that is there and says something else.
pub(crate) fn fitting(
    files: Vec<NewFile>,
    mut present: impl FnMut(&str) -> Option<Vec<u8>>,
) -> Result<Vec<NewFile>, String> {
    let mut missing = Vec::new();
    for file in files {
        match present(&file.path) {
            None => missing.push(file),
            Some(_) if is_users(&file.path) => {}
            Some(text) if text == file.text.as_bytes() => {}
            Some(_) => return Err(file.path),
        }
    }
    Ok(missing)
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
    path.starts_with("README") || path.starts_with("LICENSE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays() {
        let file = |path: &str, text: &str| NewFile { path: path.into(), text: text.into(), policy: Policy::Skip };
        let files = vec![file("README.md", "ours"), file("idl/a.thrift", "same"), file("volplane.toml", "new")];
        let present = |path: &str| match path {
            "README.md" => Some(b"theirs".to_vec()),
            "idl/a.thrift" => Some(b"same".to_vec()),
            _ => None,
        };
        assert_eq!(fitting(files.clone(), present), Ok(vec![file("volplane.toml", "new")]));
        let other = |path: &str| (path == "idl/a.thrift").then(|| b"other".to_vec());
        assert_eq!(fitting(files, other), Err("idl/a.thrift".to_owned()));
    }
}
