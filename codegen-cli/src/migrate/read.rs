//! Reads the folder of a project that is migrated. The only part of it that touches the disk; it writes nothing.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use super::TextFile;

/// The files below `dir` whose names end in one of the `extensions`, sorted by path. Hidden folders and those named in
/// `without` are left out; bytes that are no UTF-8 are replaced.
///
/// # Errors
/// When a folder or file can't be read.
pub(crate) fn files(dir: &Path, without: &[&str], extension: &str) -> io::Result<Vec<TextFile>> {
    let mut found = Vec::new();
    walk(dir, "", without, &mut |path, name, is_folder| {
        if !is_folder && Path::new(name).extension().is_some_and(|found| found == extension) {
            let text = String::from_utf8_lossy(&fs::read(path)?).into_owned();
            found.push(TextFile { path: name.to_owned(), text });
        }
        Ok(())
    })?;
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// Every folder below `dir`, with `/` between its parts; none when there is no `dir`.
///
/// # Errors
/// When a folder can't be read.
pub(crate) fn folders(dir: &Path) -> io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    if dir.is_dir() {
        walk(dir, "", &[], &mut |_, name, is_folder| {
            if is_folder {
                found.insert(name.to_owned());
            }
            Ok(())
        })?;
    }
    Ok(found)
}

type Visit<'a> = dyn FnMut(&Path, &str, bool) -> io::Result<()> + 'a;

fn walk(dir: &Path, prefix: &str, without: &[&str], visit: &mut Visit<'_>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        let shown = format!("{prefix}{name}");
        // A link to a folder is not followed: it may lead back here.
        if entry.file_type()?.is_dir() {
            if !name.starts_with('.') && !without.contains(&name.as_str()) {
                visit(&path, &shown, true)?;
                walk(&path, &format!("{shown}/"), without, visit)?;
            }
        } else if path.is_file() {
            visit(&path, &shown, false)?;
        }
    }
    Ok(())
}
