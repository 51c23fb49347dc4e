//! The manual steps after a migration, for the terminal and as MIGRATION.md. Pure.

use std::fmt::{self, Write};

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SourcePlace {
    /// A file, relative to its project, with `/` between its parts.
    pub(crate) path: String,
    /// Counted from 1.
    pub(crate) line: usize,
}

impl fmt::Display for SourcePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

/// Code of a handler that goes to a file here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HandOver {
    /// Where it is.
    pub(crate) from: SourcePlace,
    /// What: `EchoImpl.Echo`.
    pub(crate) what: String,
    /// Where it goes.
    pub(crate) to: SourcePlace,
}

/// An option and what there is for it here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replacement {
    /// Where it is used.
    pub(crate) from: SourcePlace,
    /// What: `server.WithServiceAddr`.
    pub(crate) what: String,
    /// What to use instead, if that is known.
    pub(crate) instead: Option<&'static str>,
}

/// A file's namespace and the module that it becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Namespace {
    /// The IDL file.
    pub(crate) idl: String,
    /// The line that counts: `namespace go api`; none if the file's name does.
    pub(crate) line: Option<String>,
    /// `hello_generated::api`
    pub(crate) module: String,
}

/// The whole report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// Who made the project: `kitex v0.16.3`.
    pub(crate) maker: String,
    /// The project's folder, by its name.
    pub(crate) folder: String,
    /// What was read there.
    pub(crate) facts: Vec<String>,
    /// Handlers' code.
    pub(crate) bodies: Vec<HandOver>,
    /// Options.
    pub(crate) options: Vec<Replacement>,
    /// What changes between this project's programs and those of its maker.
    pub(crate) wire: Vec<String>,
    /// Namespaces.
    pub(crate) namespaces: Vec<Namespace>,
    /// Whatever else.
    pub(crate) others: Vec<String>,
}

const UNKNOWN: &str = "no equivalent is known: write it in the program, or as a motore layer";

impl Report {
    /// One line for each manual step.
    pub(crate) fn lines(&self) -> Vec<String> {
        let bodies = self.bodies.iter().map(|HandOver { from, what, to }| format!("{from}: {what} goes to {to}"));
        let options = self.options.iter().map(|Replacement { from, what, instead }| {
            format!("{from}: {what}: {}", instead.unwrap_or(UNKNOWN).replace('`', ""))
        });
        bodies.chain(options).chain(self.others.iter().map(|other| other.replace('`', ""))).collect()
    }

    /// The text of MIGRATION.md.
    pub(crate) fn markdown(&self) -> String {
        let Self { maker, folder, .. } = self;
        let mut out = format!(
            "# From {maker}\n\nThis project was created from `{folder}`, which was not changed. The manual steps are \
             listed here;\ndelete this file when it is done.\n"
        );
        list(&mut out, "What was read", &self.facts);
        let rows = self.bodies.iter().map(|HandOver { from, what, to }| [code(from), code(what), code(to)]);
        table(&mut out, "Handlers", ["where", "what", "goes to"], rows);
        let rows = self
            .options
            .iter()
            .map(|Replacement { from, what, instead }| [code(from), code(what), instead.unwrap_or(UNKNOWN).to_owned()]);
        table(&mut out, "Options", ["where", "what", "here"], rows);
        list(&mut out, "On the wire", &self.wire);
        list(&mut out, "Also", &self.others);
        let rows = self.namespaces.iter().map(|Namespace { idl, line, module }| {
            [code(idl), line.as_ref().map_or("none: named after the file".to_owned(), code), code(module)]
        });
        table(&mut out, "Namespaces and modules", ["IDL", "namespace", "module"], rows);
        out
    }
}

fn code(text: impl fmt::Display) -> String {
    format!("`{text}`")
}

fn list(out: &mut String, title: &str, items: &[String]) {
    if items.is_empty() {
        return;
    }
    // Writing to a string can't fail.
    let _ = writeln!(out, "\n## {title}\n");
    for item in items {
        let _ = writeln!(out, "- {item}");
    }
}

fn table(out: &mut String, title: &str, head: [&str; 3], rows: impl Iterator<Item = [String; 3]>) {
    for (place, row) in rows.enumerate() {
        if place == 0 {
            let _ = writeln!(out, "\n## {title}\n\n| {} |\n|---|---|---|", head.join(" | "));
        }
        // A bar would begin another cell.
        let _ = writeln!(out, "| {} |", row.map(|cell| cell.replace('|', "\\|")).join(" | "));
    }
}
