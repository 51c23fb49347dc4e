//! What a run changed, byte for byte.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use super::project::{files, then};

/// volplane's memory, which is told by name alone.
pub(crate) const LOCK: &str = "volplane.lock";

/// Every path of a project.
pub(crate) type Tree = BTreeMap<String, Entry>;

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) content: Content,
    modified: Option<SystemTime>,
}

/// A path's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    EmptyFolder,
    File(Vec<u8>),
    Link(String),
}

/// What a run leaves behind for itself, and git is told to pass over.
const WORKSHOP: [&str; 2] = [".volplane/.gitignore", ".volplane/lock"];

/// Reads a project.
///
/// # Errors
/// When the system refuses.
pub(crate) fn read(root: &Path) -> Result<Tree, Box<dyn Error>> {
    let mut tree = Tree::new();
    for path in files(root)? {
        let name = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
        if WORKSHOP.contains(&name.as_str()) {
            continue;
        }
        let metadata = fs::symlink_metadata(&path)?;
        let entry = if metadata.is_symlink() {
            Entry { content: Content::Link(fs::read_link(&path)?.to_string_lossy().into_owned()), modified: None }
        } else if metadata.is_dir() {
            Entry { content: Content::EmptyFolder, modified: None }
        } else {
            Entry { content: Content::File(fs::read(&path)?), modified: Some(metadata.modified()?) }
        };
        tree.insert(name, entry);
    }
    Ok(tree)
}

/// The changes from one state to another, for people.
///
/// # Errors
/// When a file was written although nothing in it changed.
pub(crate) fn told(before: &Tree, after: &Tree) -> Result<String, String> {
    let mut out = String::new();
    let paths: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for path in paths {
        match (before.get(path), after.get(path)) {
            (Some(before), Some(after)) if before.content == after.content => {
                if before.modified == Some(then()) && after.modified != before.modified {
                    return Err(format!("{path} was written, but nothing in it changed"));
                }
            }
            (Some(before), Some(after)) => out.push_str(&format!("M {path}\n{}", changed(path, before, after))),
            (None, Some(after)) => out.push_str(&format!("A {path}\n{}", whole(path, after))),
            (Some(_), None) => out.push_str(&format!("D {path}\n")),
            (None, None) => {}
        }
    }
    Ok(out)
}

/// A file's bytes, as lines of a report.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(bytes) else { return format!("  bytes {bytes:02x?}\n") };
    let text = text.replace('\r', "␍").replace('\u{feff}', "<BOM>");
    let line = |line: &str| {
        // Blanks at the end of a line are seen; the one before an empty line of a diff says nothing.
        let (bare, blanks) = line.split_at(line.trim_end_matches([' ', '\t']).len());
        let line = if line == " " { String::new() } else { format!("{bare}{}", "·".repeat(blanks.len())) };
        if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") }
    };
    let lines: String = text.lines().map(line).collect();
    if text.ends_with('\n') || text.is_empty() { lines } else { lines + "  (no newline at the end)\n" }
}

/// The same report whatever versions the project is made with: those change by themselves.
pub(crate) fn without_versions(report: &str) -> String {
    let number = |word: &str| {
        let mut characters = word.trim_start_matches(['=', '^']).chars();
        characters.clone().any(|c| c == '.') && characters.all(|c| c.is_ascii_digit() || c == '.')
    };
    let quoted = report.split('"').map(|part| if number(part) { "[VERSION]" } else { part });
    let text = quoted.collect::<Vec<_>>().join("\"");
    let mut names = false;
    let word = |word: &str| {
        let (bare, blank) = word.split_at(word.trim_end().len());
        let (bare, mark) = bare.split_at(bare.trim_end_matches(['.', ':']).len());
        let is_version =
            std::mem::replace(&mut names, matches!(bare, "volplane" | "volo-thrift" | "is")) && number(bare);
        if is_version { format!("[VERSION]{mark}{blank}") } else { word.to_owned() }
    };
    text.split_inclusive([' ', '\n']).map(word).collect()
}

/// Whether a file's content is told elsewhere.
fn is_opaque(path: &str) -> bool {
    // What is generated from the IDL changes with the libraries that generate it.
    path == LOCK || path.ends_with("/volplane_gen.rs") || path.contains("/volplane_gen/")
}

fn whole(path: &str, entry: &Entry) -> String {
    match &entry.content {
        _ if is_opaque(path) => String::new(),
        Content::EmptyFolder => "  (an empty folder)\n".to_owned(),
        Content::Link(to) => format!("  -> {to}\n"),
        Content::File(bytes) => shown(bytes),
    }
}

fn changed(path: &str, before: &Entry, after: &Entry) -> String {
    let (Content::File(old), Content::File(new)) = (&before.content, &after.content) else { return whole(path, after) };
    let (Ok(old), Ok(new)) = (std::str::from_utf8(old), std::str::from_utf8(new)) else { return shown(new) };
    if is_opaque(path) {
        return String::new();
    }
    let patch = diffy::create_patch(old, new).to_string();
    // The two lines with the files' names say nothing.
    let hunks = patch.splitn(3, '\n').nth(2).unwrap_or_default();
    shown(hunks.as_bytes())
}
