//! Reads volplane.lock, also after git has joined two of them line by line.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};

use thiserror::Error;

use super::{ArgumentRecord, FILE, Fingerprint, Made, MethodRecord, Record, TraitRecord, unword};
use crate::plan::Policy;

/// The file is not one that this version can work with.
#[derive(Debug, Error)]
pub(crate) enum RecordError {
    /// A line that is none of ours.
    #[error("{FILE}:{line}: this is no line that volplane wrote")]
    Line {
        /// Counted from 1.
        line: usize,
    },
    /// A later version wrote it.
    #[error("{FILE} was written by volplane {version}, and this is {}", env!("CARGO_PKG_VERSION"))]
    Newer {
        /// The version.
        version: String,
    },
}

/// How git marks a conflict, and its part that neither branch wrote.
const MARKERS: [&str; 4] = ["<<<<<<<", BEFORE, "=======", ">>>>>>>"];
const BEFORE: &str = "|||||||";

/// What the lines said so far.
#[derive(Default)]
struct Lines {
    files: BTreeMap<String, (Policy, BTreeSet<Option<Fingerprint>>)>,
    /// By path and by the beginning of their prints: git may have joined those of two branches.
    bases: BTreeMap<String, BTreeMap<String, String>>,
    unused: BTreeSet<String>,
    inputs: BTreeMap<String, BTreeSet<Fingerprint>>,
    traits: BTreeMap<String, BTreeMap<String, BTreeSet<MethodRecord>>>,
    /// Comments, by trait and method.
    docs: BTreeMap<(String, String), BTreeSet<String>>,
}

pub(super) fn record(text: &str) -> Result<Record, RecordError> {
    let mut lines = Lines::default();
    // Between these two markers git shows what was there before both branches.
    let mut is_before = false;
    for (number, line) in text.lines().enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if let Some(marker) = MARKERS.iter().find(|marker| line.starts_with(**marker)) {
            is_before = *marker == BEFORE;
            continue;
        }
        if line.is_empty() || line.starts_with('#') || is_before {
            continue;
        }
        if let Some(version) = line.strip_prefix("volplane ") {
            if numbers(version) > numbers(env!("CARGO_PKG_VERSION")) {
                return Err(RecordError::Newer { version: version.to_owned() });
            }
            continue;
        }
        lines.take(line).ok_or(RecordError::Line { line: number + 1 })?;
    }
    Ok(lines.record())
}

fn numbers(version: &str) -> Vec<u64> {
    version.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
}

impl Lines {
    fn take(&mut self, line: &str) -> Option<()> {
        let (kind, rest) = line.split_once(' ')?;
        match kind {
            "file" => {
                let mut words = rest.split(' ');
                let path = path(words.next()?)?;
                let policy = match words.next()? {
                    "overwrite" => Policy::Overwrite,
                    "merge" => Policy::Merge,
                    "skip" => Policy::Skip,
                    _ => return None,
                };
                let entry = self.files.entry(path).or_insert_with(|| (policy, BTreeSet::new()));
                // Of two owners the user is the one.
                if entry.0 != policy {
                    *entry = (Policy::Skip, BTreeSet::from([None]));
                }
                entry.1.insert(words.next().map(|print| Fingerprint(print.to_owned())));
            }
            "base" => {
                let (word, rest) = rest.split_once(' ')?;
                let (print, line) = rest.split_once(' ')?;
                let base = self.bases.entry(path(word)?).or_default().entry(print.to_owned()).or_default();
                match line.split_at_checked(1)? {
                    ("|", line) => {
                        base.push_str(line);
                        base.push('\n');
                    }
                    ("$", line) => base.push_str(line),
                    _ => return None,
                }
            }
            "unused" => {
                self.unused.insert(path(rest)?);
            }
            "input" => {
                let (word, print) = rest.split_once(' ')?;
                self.inputs.entry(path(word)?).or_default().insert(Fingerprint(print.to_owned()));
            }
            "trait" => {
                self.traits.entry(rest.to_owned()).or_default();
            }
            "method" => {
                let (name, rest) = rest.split_once(' ')?;
                let (ident, signature) = rest.split_once(' ')?;
                let methods = self.traits.entry(name.to_owned()).or_default();
                methods.entry(ident.to_owned()).or_default().insert(method(signature)?);
            }
            "doc" => {
                let (name, rest) = rest.split_once(' ')?;
                let (ident, doc) = rest.split_once(' ')?;
                self.docs.entry((name.to_owned(), ident.to_owned())).or_default().insert(unword(doc));
            }
            _ => return None,
        }
        Some(())
    }

    fn record(mut self) -> Record {
        let mut files = BTreeMap::new();
        for (path, (policy, prints)) in self.files {
            // Which of two prints is right only the file can tell; what is not sure is the user's.
            let print = if prints.len() == 1 { prints.into_iter().next().flatten() } else { None };
            let made = match policy {
                Policy::Overwrite => Made::Overwrite(print.unwrap_or_else(|| Fingerprint(String::new()))),
                Policy::Merge => Made::Merge(bases(self.bases.remove(&path).unwrap_or_default())),
                Policy::Skip => Made::Skip(print),
            };
            files.insert(path, made);
        }
        let mut traits: BTreeMap<String, TraitRecord> = BTreeMap::new();
        for (name, methods) in self.traits {
            let known = traits.entry(name.clone()).or_default();
            for (ident, signatures) in methods {
                let docs = self.docs.remove(&(name.clone(), ident.clone()));
                let Some(method) = only(signatures) else { continue };
                known.insert(ident, MethodRecord { doc: docs.and_then(only), ..method });
            }
        }
        self.unused.retain(|path| files.contains_key(path));
        // Of two nobody knows which the code is made of.
        self.inputs.retain(|_, prints| prints.len() == 1);
        let input = |(path, prints): (String, BTreeSet<Fingerprint>)| Some((path, prints.into_iter().next()?));
        let inputs = self.inputs.into_iter().filter_map(input).collect();
        Record { files, unused: self.unused, inputs, traits }
    }
}

/// The one that there is.
fn only<T>(all: BTreeSet<T>) -> Option<T> {
    let mut all = all.into_iter();
    all.next().filter(|_| all.next().is_none())
}

/// The texts that are what they are called; all, if none is: lines may have been lost. An empty one has no lines.
fn bases(found: BTreeMap<String, String>) -> Vec<String> {
    let is_whole = |(print, text): &(&String, &String)| Fingerprint::of(text).short() == print.as_str();
    let whole: Vec<String> = found.iter().filter(is_whole).map(|(_, text)| text.clone()).collect();
    let all = if whole.is_empty() { found.into_values().collect() } else { whole };
    if all.is_empty() { vec![String::new()] } else { all }
}

/// A path in the project: whatever the file says, nothing outside is ever touched.
fn path(word: &str) -> Option<String> {
    let path = unword(word);
    let inside = Path::new(&path).components().all(|part| matches!(part, Component::Normal(_)));
    (inside && !path.is_empty()).then_some(path)
}

/// Reads `(name: type, …) -> type`.
fn method(signature: &str) -> Option<MethodRecord> {
    let rest = signature.strip_prefix('(')?;
    let mut depth = 0_usize;
    let mut begin = 0;
    let mut arguments = Vec::new();
    for (place, c) in rest.char_indices() {
        match c {
            '(' | '<' | '[' => depth += 1,
            ',' | ')' if depth == 0 => {
                let argument = rest.get(begin..place)?.trim();
                if !argument.is_empty() {
                    let (name, ty) = argument.split_once(": ")?;
                    let (id, ident) = match name.split_once(' ') {
                        Some((id, ident)) => (Some(id.parse().ok()?), ident),
                        None => (None, name),
                    };
                    arguments.push(ArgumentRecord { id, ident: ident.to_owned(), ty: ty.to_owned() });
                }
                begin = place + 1;
                if c == ')' {
                    let output = rest.get(begin..)?.strip_prefix(" -> ")?.to_owned();
                    return Some(MethodRecord { arguments, output, doc: None });
                }
            }
            ')' | '>' | ']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}
