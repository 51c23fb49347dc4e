//! The files of a crate that projects get copies of: those that its root reaches by `mod` and `include_str!`, without what
//! only tests and fuzzing compile.
//!
//! The sources are formatted by rustfmt, so that lines and their indentation tell where an item begins and ends. A parser
//! for Rust in a build script would make cargo build every procedural macro for a second time. The tests of
//! `codegen-cli/src/plan/runtime` parse what comes of it.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use super::condition::Condition;

/// A file of a crate.
pub(crate) struct Source {
    /// When the crate has the file.
    pub(crate) when: Condition,
    /// The items that are cut out of the file unless their condition holds, as Rust.
    pub(crate) cuts: Vec<String>,
}

/// The files of the crate in `folder`, by their paths in the repository.
pub(crate) fn of(root: &Path, folder: &str) -> Result<BTreeMap<String, Source>, Box<dyn Error>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![(format!("{folder}/src/lib.rs"), format!("{folder}/src"), Condition::Always)];
    while let Some((path, modules, when)) = waiting.pop() {
        let text = fs::read_to_string(root.join(&path)).map_err(|error| format!("{path}: {error}"))?;
        let items =
            if path.ends_with(".rs") { conditional(&text).map_err(|at| format!("{path}: {at}"))? } else { vec![] };
        let in_folder = |name: &str| PathBuf::from(&path).with_file_name(name).to_string_lossy().replace('\\', "/");
        for Line { start, text: line, .. } in lines(&text) {
            let of_it = items.iter().filter(|item| (item.start..item.end).contains(&start));
            let own = Condition::all(of_it.map(|item| item.when.clone()).collect());
            if own == Condition::Never || !path.ends_with(".rs") {
                continue;
            }
            let when = Condition::all(vec![when.clone(), own]);
            if let Some(name) = line.split("include_str!(\"").nth(1).and_then(|rest| rest.split('"').next()) {
                waiting.push((in_folder(name), String::new(), when.clone()));
            }
            if let Some(name) = module(line) {
                let below = format!("{modules}/{name}");
                waiting.push((format!("{below}.rs"), below, when));
            }
        }
        let cuts = items.iter().map(|item| format!("({}, {}, {})", item.start, item.end, item.when)).collect();
        if found.insert(path.clone(), Source { when, cuts }).is_some() {
            return Err(format!("{path} is included twice: a copy would need both conditions").into());
        }
    }
    Ok(found)
}

/// A line with its place in the text, without the newline.
#[derive(Clone, Copy)]
struct Line<'a> {
    start: usize,
    end: usize,
    text: &'a str,
}

impl Line<'_> {
    fn indentation(&self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }

    /// Whether the line belongs to what comes after it.
    fn is_attribute(&self) -> bool {
        let text = self.text.trim_start();
        text.starts_with("///") || (text.starts_with("#[") && text.ends_with(']'))
    }
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut end = 0;
    let line = |whole: &'_ str| {
        let start = end;
        end += whole.len();
        (start, end)
    };
    let places: Vec<_> = text.split_inclusive('\n').map(line).collect();
    let line = |(start, end): (usize, usize)| Line { start, end, text: text[start..end].trim_end_matches('\n') };
    places.into_iter().map(line).collect()
}

/// Something with a `#[cfg(…)]`, from its first attribute to the end of its last line.
struct Item {
    start: usize,
    end: usize,
    when: Condition,
}

/// What of a file is not always compiled.
fn conditional(text: &str) -> Result<Vec<Item>, String> {
    let lines = lines(text);
    let mut items: Vec<Item> = Vec::new();
    for (place, line) in lines.iter().enumerate().filter(|(_, line)| line.text.trim_start().starts_with("#[cfg(")) {
        if items.last().is_some_and(|last| line.start < last.end && last.when == Condition::Never) {
            continue;
        }
        let failed = |what: &str| format!("line {}: {what}", place + 1);
        let condition = line.text.trim().strip_prefix("#[cfg(").and_then(|rest| rest.strip_suffix(")]"));
        let when = Condition::read(condition.ok_or_else(|| failed("a cfg of several lines"))?)?;
        let indentation = line.indentation();
        let is_its_attribute = |line: &&Line<'_>| line.indentation() == indentation && line.is_attribute();
        let above = lines[..place].iter().rev().take_while(is_its_attribute).count();
        let below = lines[place..].iter().take_while(is_its_attribute).count();
        let attributes = &lines[place - above..place + below];
        if attributes[..above].iter().any(|line| line.text.trim_start().starts_with("#[cfg(")) {
            return Err(failed("a second cfg for one item"));
        }
        // The first line alone, or up to the next one at its indentation that ends something. Nothing comes after a
        // module of tests, whose texts may have lines that look so.
        let rest = &lines[place + below..];
        let is_tests = when == Condition::Never && rest.first().is_some_and(|line| line.text == "mod tests {");
        let ends = |line: &Line<'_>| line.text.ends_with([';', '}']) || line.text.ends_with("},");
        let is_whole = rest.first().is_some_and(|line| ends(line) || line.text.ends_with(','));
        let end = |line: &Line<'_>| line.indentation() == indentation && ends(line);
        let last = match (is_whole, is_tests) {
            (true, _) => 0,
            (false, true) => rest.len() - 1,
            (false, false) => 1 + rest.iter().skip(1).position(end).ok_or_else(|| failed("an item without an end"))?,
        };
        let (mut start, end) = (attributes[0].start, rest[last].end);
        let is_last = text[end..].is_empty() || text[end..].starts_with(['\n', '}']);
        if is_last && text[..start].ends_with("\n\n") {
            start -= 1;
        }
        if when != Condition::Always {
            items.push(Item { start, end, when });
        }
    }
    Ok(items)
}

/// The name of a module in a file of its own.
fn module(line: &str) -> Option<&str> {
    let line = match line.strip_prefix("pub") {
        Some(rest) => {
            rest.strip_prefix("(crate)").or_else(|| rest.strip_prefix("(super)")).unwrap_or(rest).trim_start()
        }
        None => line,
    };
    line.strip_prefix("mod ")?.strip_suffix(';')
}
