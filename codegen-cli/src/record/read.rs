//! Reads volplane.lock, also after git has joined two of them line by line.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::{ArgumentRecord, Damage, FILE, Fingerprint, Made, MethodRecord, Record, TraitRecord, unword};
use crate::command_error::{CommandError, Help};
use crate::exit::Exit;
use crate::plan::Policy;
use crate::project_path::ProjectPath;
use crate::version::Version;

/// The file is not one that this version can work with.
#[derive(Debug, Error)]
pub(crate) enum RecordError {
    /// A line that is none of ours.
    #[error("{FILE}:{line}: volplane did not write this line")]
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
                "restore it with `git checkout volplane.lock`. If you have no copy, delete it: files that differ from what volplane would write then count as edited by you"
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
    bases: BTreeMap<ProjectPath, BTreeMap<String, Vec<String>>>,
    unused: BTreeSet<ProjectPath>,
    inputs: BTreeMap<ProjectPath, BTreeSet<Fingerprint>>,
    traits: BTreeMap<String, BTreeMap<String, BTreeSet<MethodRecord>>>,
    /// Comments, by trait and method.
    docs: BTreeMap<(String, String), BTreeSet<String>>,
}

pub(super) fn record(text: &str) -> Result<Record, RecordError> {
    let mut lines = Lines::default();
    // Between these two markers git shows what was there before both branches.
    let mut is_before = false;
    let mut damage = None;
    // Of a line without an end the rest is missing.
    let whole = text.rfind('\n').map_or("", |end| text.get(..=end).unwrap_or_default());
    let is_cut = whole.len() < text.len();
    for (number, line) in whole.lines().enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if let Some(marker) = MARKERS.iter().find(|marker| line.starts_with(**marker)) {
            is_before = *marker == BEFORE;
            damage = Some(Damage::Markers);
            continue;
        }
        if line.is_empty() || line.starts_with('#') || is_before {
            continue;
        }
        if let Some(version) = line.strip_prefix("volplane ") {
            if Version::own().is_older_than(&Version::new(version)) {
                return Err(RecordError::Newer { version: version.to_owned() });
            }
            continue;
        }
        lines.take(line).ok_or(RecordError::Line { line: number + 1 })?;
    }
    let mut record = lines.record();
    let known = record.files.len();
    record.files.retain(|_, made| *made != Made::Merge(Vec::new()));
    let is_cut = is_cut || record.files.len() < known;
    record.damage = if is_cut { Some(Damage::Cut) } else { damage };
    Ok(record)
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
                    ("|", line) => base.push(format!("{line}\n")),
                    ("$", line) => base.push(line.to_owned()),
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
        let first = |(path, prints): (ProjectPath, BTreeSet<Fingerprint>)| Some((path, prints.into_iter().next()?));
        let inputs = self.inputs.into_iter().filter_map(first).collect();
        Record { files, unused: self.unused, inputs, traits, damage: None }
    }
}

/// The one that there is.
fn only<T>(all: BTreeSet<T>) -> Option<T> {
    let mut all = all.into_iter();
    all.next().filter(|_| all.next().is_none())
}

/// The texts that are what they are called: of others, lines are missing. Joining two branches may have doubled them, line
/// by line or as a whole.
fn bases(found: BTreeMap<String, Vec<String>>) -> Vec<String> {
    let text = |(print, lines): (String, Vec<String>)| {
        let half = lines.get(..lines.len() / 2).unwrap_or_default().concat();
        let every_other = lines.iter().step_by(2).map(String::as_str).collect();
        [lines.concat(), half, every_other].into_iter().find(|text| Fingerprint::of(text).short() == print)
    };
    found.into_iter().filter_map(text).collect()
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
