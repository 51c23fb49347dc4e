//! Reads `manifest.toml`: which templates there are, and which file each becomes.

use std::ops::Range;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use toml_edit::{Document, Item, TableLike, Value};

use crate::plan::Policy;
use volplane_build::internal::nearest;

/// A template and the files that it becomes.
#[derive(Clone, Debug)]
pub(super) struct ManifestEntry {
    /// The template's path in its folder, itself a template.
    pub(super) template: Text,
    /// The file's path in the project, itself a template.
    pub(super) path: Text,
    /// What there is one file for; the whole project if it is empty.
    pub(super) for_each: Vec<Each>,
    /// An expression: without it, or when it is true, the file is made.
    pub(super) when: Option<Text>,
    /// Its policy.
    pub(super) update: Policy,
}

/// A text and the line that it begins on.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) line: usize,
    pub(super) text: String,
}

/// What there may be a file for each of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Each {
    Service,
    Method,
    Transport,
}

impl Each {
    const NAMES: [&'static str; 3] = ["service", "method", "transport"];

    fn parse(name: &str) -> Option<Self> {
        match name {
            "service" => Some(Self::Service),
            "method" => Some(Self::Method),
            "transport" => Some(Self::Transport),
            _ => None,
        }
    }
}

const KEYS: [&str; 5] = ["template", "path", "for_each", "when", "update"];
const POLICIES: [&str; 3] = ["overwrite", "merge", "skip"];

/// The valid entries, and the errors of the others, each with its line.
pub(super) fn parse(text: &str) -> (Vec<ManifestEntry>, Vec<(usize, String)>) {
    let mut reader = ManifestReader { text, errors: Vec::new() };
    let entries = reader.manifest();
    (entries, reader.errors)
}

struct ManifestReader<'a> {
    text: &'a str,
    errors: Vec<(usize, String)>,
}

impl ManifestReader<'_> {
    fn manifest(&mut self) -> Vec<ManifestEntry> {
        let document = match Document::parse(self.text) {
            Ok(document) => document,
            Err(error) => {
                let line = self.line(error.span());
                self.errors.push((line, error.message().trim_end().to_owned()));
                return Vec::new();
            }
        };
        self.known_keys(document.as_table(), &["file"]);
        let Some(files) = document.get("file") else {
            self.errors.push((1, "expected at least one [[file]]".to_owned()));
            return Vec::new();
        };
        let Some(files) = files.as_array_of_tables() else {
            self.error(files, "expected an array of tables: [[file]]".to_owned());
            return Vec::new();
        };
        files.iter().filter_map(|file| self.entry(file, file.span())).collect()
    }

    fn entry(&mut self, table: &dyn TableLike, span: Option<Range<usize>>) -> Option<ManifestEntry> {
        let line = self.line(span);
        self.known_keys(table, &KEYS);
        for key in ["template", "path", "update"].iter().filter(|key| !table.contains_key(key)) {
            self.errors.push((line, format!("`{key}` is missing")));
        }
        let template = self.string(table, "template");
        let path = self.string(table, "path");
        let when = self.string(table, "when");
        let for_each = table.get("for_each").map_or(Some(Vec::new()), |item| self.for_each(item));
        let update = self.string(table, "update").and_then(|text| self.policy(&text));
        Some(ManifestEntry { template: template?, path: path?, for_each: for_each?, when, update: update? })
    }

    fn known_keys(&mut self, table: &dyn TableLike, known: &[&str]) {
        for (key, item) in table.iter().filter(|(key, _)| !known.contains(key)) {
            let span = table.key(key).and_then(|key| key.span()).or_else(|| item.span());
            let line = self.line(span);
            self.errors.push((line, unknown("unknown key", key, known)));
        }
    }

    fn string(&mut self, table: &dyn TableLike, key: &str) -> Option<Text> {
        let item = table.get(key)?;
        match item.as_str() {
            Some(text) => Some(Text { line: self.line(item.span()), text: text.to_owned() }),
            None => {
                self.error(item, format!("expected a string for `{key}`"));
                None
            }
        }
    }

    fn policy(&mut self, Text { line, text }: &Text) -> Option<Policy> {
        let read: Result<Policy, serde::de::value::Error> = Policy::deserialize(text.as_str().into_deserializer());
        if read.is_err() {
            self.errors.push((*line, unknown("unknown `update`", text, &POLICIES)));
        }
        read.ok()
    }

    /// `"service"`, or `["transport", "service"]` for every pair.
    fn for_each(&mut self, item: &Item) -> Option<Vec<Each>> {
        let values: Vec<&Value> = match item.as_value() {
            Some(Value::Array(values)) => values.iter().collect(),
            Some(value) => vec![value],
            None => Vec::new(),
        };
        let before = self.errors.len();
        let mut all = Vec::new();
        for value in values {
            match value.as_str().and_then(Each::parse) {
                Some(each) => all.push(each),
                None => {
                    let line = self.line(value.span());
                    let name = value.as_str().map_or_else(|| value.to_string().trim().to_owned(), str::to_owned);
                    self.errors.push((line, unknown("unknown `for_each`", &name, &Each::NAMES)));
                }
            }
        }
        (self.errors.len() == before).then_some(all)
    }

    fn error(&mut self, item: &Item, message: String) {
        let line = self.line(item.span());
        self.errors.push((line, message));
    }

    fn line(&self, span: Option<Range<usize>>) -> usize {
        let before = span.and_then(|span| self.text.get(..span.start)).unwrap_or_default();
        1 + before.matches('\n').count()
    }
}

/// ``unknown key `fiel`; did you mean `file`?``, or all that there are.
fn unknown(what: &str, word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("{what} `{word}`; did you mean `{near}`?"),
        None => format!(
            "{what} `{word}`; there are {}",
            known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
        ),
    }
}
