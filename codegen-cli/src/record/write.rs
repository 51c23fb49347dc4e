//! The text of volplane.lock.

use std::fmt::Write as _;

use super::{ArgumentRecord, Fingerprint, Made, MethodRecord, Record, word};

const HEAD: &str = "\
# Written by volplane: hashes of generated files, signatures of methods, and merge bases.
# Commit it, and do not edit it. git merges it line by line (.gitattributes).
";

pub(super) fn text(record: &Record) -> String {
    let mut out = HEAD.to_owned();
    // Writing to a string does not fail.
    let _ = writeln!(out, "volplane {}", env!("CARGO_PKG_VERSION"));
    for (path, made) in &record.files {
        let path = word(path);
        let _ = match made {
            Made::Overwrite(print) => writeln!(out, "file {path} overwrite {}", print.0),
            Made::Merge(_) => writeln!(out, "file {path} merge"),
            Made::Skip(Some(print)) => writeln!(out, "file {path} skip {}", print.0),
            Made::Skip(None) => writeln!(out, "file {path} skip"),
        };
    }
    for path in &record.unused {
        let _ = writeln!(out, "unused {}", word(path));
    }
    for (path, print) in &record.inputs {
        let _ = writeln!(out, "input {} {}", word(path), print.0);
    }
    for (name, methods) in &record.traits {
        let _ = writeln!(out, "trait {name}");
        for (ident, method) in methods {
            let _ = writeln!(out, "method {name} {ident} {}", signature(method));
            if let Some(doc) = &method.doc {
                let _ = writeln!(out, "doc {name} {ident} {}", word(doc));
            }
        }
    }
    for (path, made) in &record.files {
        let Made::Merge(bases) = made else { continue };
        let path = word(path);
        for base in bases {
            let print = Fingerprint::of(base);
            if base.is_empty() {
                let _ = writeln!(out, "base {path} {} $", print.short());
            }
            for line in base.split_inclusive('\n') {
                let _ = match line.strip_suffix('\n') {
                    Some(line) => writeln!(out, "base {path} {} |{line}", print.short()),
                    None => writeln!(out, "base {path} {} ${line}", print.short()),
                };
            }
        }
    }
    out
}

fn signature(method: &MethodRecord) -> String {
    let argument = |ArgumentRecord { id, ident, ty }: &ArgumentRecord| match id {
        Some(id) => format!("{id} {ident}: {ty}"),
        None => format!("{ident}: {ty}"),
    };
    let arguments: Vec<String> = method.arguments.iter().map(argument).collect();
    format!("({}) -> {}", arguments.join(", "), method.output)
}
