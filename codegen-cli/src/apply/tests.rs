//! What a change to a project may meet.

mod changes;
mod kills;
mod locks;
mod refusals;
mod undone;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use super::{Change, ProjectLock};
use crate::command_error::CommandError;

/// Everything in a project but `.volplane`: folders have no content.
type Tree = BTreeMap<String, Option<Vec<u8>>>;

fn tree(root: &Path) -> Tree {
    let mut found = Tree::new();
    let mut waiting = vec![root.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            if name == ".volplane" {
                continue;
            }
            if path.is_dir() {
                waiting.push(path);
                found.insert(name, None);
            } else {
                found.insert(name, Some(fs::read(&path).unwrap()));
            }
        }
    }
    found
}

/// Makes a project of these files.
fn project(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    // In memory where there is such a folder: thousands of projects are made here, and disks are slow to replace files.
    let memory = Path::new("/dev/shm");
    let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    for (path, text) in files {
        save(dir.path(), path, text);
    }
    dir
}

fn save(root: &Path, path: &str, text: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn enter(root: &Path) -> ProjectLock {
    let nobody_else = |holder: &super::Holder| panic!("{holder} is here");
    ProjectLock::enter(root, "update", Duration::ZERO, nobody_else).unwrap()
}

fn change(path: &str, before: Option<&str>, after: Option<&str>) -> Change {
    Change { path: path.into(), before: before.map(|text| text.as_bytes().to_vec()), after: after.map(str::to_owned) }
}

/// What a run that has ended leaves in `.volplane`.
fn own(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root.join(".volplane")).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What it leaves if nothing is partially updated.
const RESTING: [&str; 2] = [".gitignore", "lock"];

/// An error as it is printed.
fn told(error: &dyn CommandError) -> String {
    let mut text = format!("error: {error}\n");
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!("  because: {error}\n");
        cause = error.source();
    }
    text + &error.help().map(|help| format!("  help: {help}\n")).unwrap_or_default()
}
