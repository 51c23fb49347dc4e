//! A folder that holds IDL and nothing else to speak of: where `volplane idl/echo.thrift` makes a project around it.

use std::path::Path;
use std::{fs, io};

use crate::plan::{NewFile, Policy};
use crate::project_path::ProjectPath;

/// What lies in `dir` and belongs to something else than IDL: anything but `.thrift` files at any depth, hidden files and
/// folders, what people write about a repository, and repositories of their own, such as submodules. A path relative to
/// `dir`, the first by name.
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
            if entry.path().join(".git").exists() {
                continue;
            }
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
    /// Lists that are there already, with the project's lines added.
    pub(crate) merged: Vec<NewFile>,
    /// The user's own, which stay although a project would have others.
    pub(crate) kept: Vec<ProjectPath>,
}

/// Fits a project's files in: what is there already stays, if it says the same or is the user's README, licence or hidden
/// file. Lists of git's get the project's lines.
///
/// # Errors
/// The path of a file that is there and says something else.
pub(crate) fn fitting(
    files: Vec<NewFile>,
    mut present: impl FnMut(&str) -> Option<Vec<u8>>,
) -> Result<Fitting, ProjectPath> {
    let (mut missing, mut merged) = (Vec::new(), Vec::new());
    let mut kept = Vec::new();
    for file in files {
        match present(&file.path) {
            None => missing.push(file),
            Some(text) if text == file.text.as_bytes() => {}
            Some(text) if is_list(&file.path) && str::from_utf8(&text).is_ok() => {
                let text = String::from_utf8_lossy(&text);
                let both = with_lines(&text, &file.text);
                if both != text {
                    merged.push(NewFile { text: both, ..file });
                }
            }
            Some(_) if is_users(&file.path) => kept.push(file.path),
            Some(_) => return Err(file.path),
        }
    }
    Ok(Fitting { missing, merged, kept })
}

/// Whether a file is a list of lines of which each is complete in itself.
fn is_list(path: &str) -> bool {
    matches!(path, ".gitignore" | ".gitattributes")
}

/// A list with the lines of another one that it lacks, and the comments before them.
fn with_lines(list: &str, other: &str) -> String {
    let has = |line: &str| list.lines().any(|own| own.trim() == line.trim());
    let (mut added, mut comments) = (String::new(), Vec::new());
    for line in other.lines().filter(|line| !line.trim().is_empty()) {
        if line.starts_with('#') {
            comments.push(line);
        } else if has(line) {
            comments.clear();
        } else {
            comments.drain(..).chain([line]).for_each(|line| added.extend([line, "\n"]));
        }
    }
    let end = if list.is_empty() || list.ends_with('\n') || added.is_empty() { "" } else { "\n" };
    format!("{list}{end}{added}")
}

/// The project's files as they are remembered: what is there already and says something else is the user's. A list is both
/// sides': later updates merge it.
pub(crate) fn lasting(files: &[NewFile], mut present: impl FnMut(&str) -> Option<Vec<u8>>) -> Vec<NewFile> {
    let owned = |file: &NewFile| {
        let differs = present(&file.path).is_some_and(|text| {
            text != file.text.as_bytes() && !(is_list(&file.path) && str::from_utf8(&text).is_ok())
        });
        NewFile { policy: if differs { Policy::Skip } else { file.policy }, ..file.clone() }
    };
    files.iter().map(owned).collect()
}

fn is_users(path: &str) -> bool {
    const STARTS: [&str; 12] = [
        ".",
        "AUTHORS",
        "CHANGELOG",
        "CODEOWNERS",
        "CODE_OF_CONDUCT",
        "CONTRIBUTING",
        "COPYING",
        "LICENCE",
        "LICENSE",
        "NOTICE",
        "README",
        "SECURITY",
    ];
    STARTS.iter().any(|start| path.starts_with(start))
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
        let (missing, kept) = (vec![file("volplane.toml", "new")], vec![ProjectPath::known("README.md")]);
        let fits = Fitting { missing, merged: Vec::new(), kept };
        assert_eq!(fitting(files.clone(), present), Ok(fits));
        assert_eq!(with_lines("/target", "# made\n/target\n# held\n/.volplane/\n"), "/target\n# held\n/.volplane/\n");
        assert_eq!(with_lines("/.volplane/\r\n", "/.volplane/\n"), "/.volplane/\r\n");
        let other = |path: &str| (path == "idl/a.thrift").then(|| b"other".to_vec());
        assert_eq!(fitting(files, other), Err(ProjectPath::known("idl/a.thrift")));
    }
}
