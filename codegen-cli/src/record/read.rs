//! Reads volplane.lock, also after git has joined two of them line by line.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::{FILE, Fingerprint, Made, MethodRecord, Record, unword};
use crate::command_error::{CommandError, Help};
use crate::exit::Exit;
use crate::plan::Policy;
use crate::project_path::ProjectPath;

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

impl CommandError for RecordError {
    fn help(&self) -> Help {
        Some(match self {
            Self::Line { .. } => {
                "restore the file from version control; without it (delete it) files that differ are taken as yours"
                    .into()
            }
            Self::Newer { .. } => "update volplane".into(),
        })
    }

    fn exit(&self) -> Exit {
        Exit::Usage
    }
}

/// How git marks a conflict, and its part that neither branch wrote.
const MARKERS: [&str; 4] = ["<<<<<<<", BEFORE, "=======", ">>>>>>>"];
const BEFORE: &str = "|||||||";

/// What the lines said so far.
#[derive(Default)]
struct Lines {
    files: BTreeMap<ProjectPath, (Policy, BTreeSet<Option<Fingerprint>>)>,
    /// By path and by the beginning of their prints: git may have joined those of two branches.
    bases: BTreeMap<ProjectPath, BTreeMap<String, String>>,
    unused: BTreeSet<ProjectPath>,
    inputs: BTreeMap<ProjectPath, BTreeSet<Fingerprint>>,
    traits: BTreeMap<String, BTreeMap<String, BTreeSet<MethodRecord>>>,
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
        let certain = |signatures: BTreeSet<MethodRecord>| {
            if signatures.len() == 1 { signatures.into_iter().next() } else { None }
        };
        let methods = |methods: BTreeMap<String, BTreeSet<MethodRecord>>| {
            methods.into_iter().filter_map(|(ident, signatures)| Some((ident, certain(signatures)?))).collect()
        };
        let traits = self.traits.into_iter().map(|(name, found)| (name, methods(found))).collect();
        self.unused.retain(|path| files.contains_key(path));
        // Of two nobody knows which the code is made of.
        self.inputs.retain(|_, prints| prints.len() == 1);
        let only = |(path, prints): (ProjectPath, BTreeSet<Fingerprint>)| Some((path, prints.into_iter().next()?));
        let inputs = self.inputs.into_iter().filter_map(only).collect();
        Record { files, unused: self.unused, inputs, traits }
    }
}

/// The texts that are what they are called; all, if none is: lines may have been lost. An empty one has no lines.
fn bases(found: BTreeMap<String, String>) -> Vec<String> {
    let is_whole = |(print, text): &(&String, &String)| Fingerprint::of(text).short() == print.as_str();
    let whole: Vec<String> = found.iter().filter(is_whole).map(|(_, text)| text.clone()).collect();
    let all = if whole.is_empty() { found.into_values().collect() } else { whole };
    if all.is_empty() { vec![String::new()] } else { all }
}

/// A path in the project: whatever the file says, nothing outside is ever touched.
fn path(word: &str) -> Option<ProjectPath> {
    ProjectPath::new(unword(word)).ok()
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
                    arguments.push((name.to_owned(), ty.to_owned()));
                }
                begin = place + 1;
                if c == ')' {
                    let output = rest.get(begin..)?.strip_prefix(" -> ")?.to_owned();
                    return Some(MethodRecord { arguments, output });
                }
            }
            ')' | '>' | ']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}
