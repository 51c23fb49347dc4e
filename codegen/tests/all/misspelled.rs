//! One misspelled keyword in a valid file gives one error, on its line, whatever the file and the keyword.

use volplane_build::internal::{Disk, MessageFormat, Severity, check, render};
use volplane_build_testkit::Random;
use volplane_build_testkit::corpus::{Overlay, entries, read};

const KEYWORDS: &[&str] = &[
    "binary",
    "bool",
    "byte",
    "const",
    "cpp_include",
    "cpp_type",
    "double",
    "enum",
    "exception",
    "extends",
    "false",
    "i16",
    "i32",
    "i64",
    "include",
    "list",
    "map",
    "namespace",
    "oneway",
    "optional",
    "required",
    "service",
    "set",
    "string",
    "struct",
    "throws",
    "true",
    "typedef",
    "union",
    "void",
];

/// How many keywords of each file are misspelled.
const SAMPLES: usize = 3;

/// Where each keyword is, outside of comments and quoted texts.
fn keywords(text: &str) -> Vec<(usize, &'static str)> {
    let bytes = text.as_bytes();
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.';
    let find = |from: usize, end: &str| text[from..].find(end).map_or(bytes.len(), |at| from + at + end.len());
    let (mut at, mut found) = (0, Vec::new());
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'#' => at = find(at, "\n"),
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = find(at, "\n"),
            b'/' if bytes.get(at + 1) == Some(&b'*') => at = find(at + 2, "*/"),
            b'"' | b'\'' => {
                at += 1;
                while bytes.get(at).is_some_and(|inner| inner != byte) {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            byte if word(*byte) => {
                let end = at + bytes[at..].iter().take_while(|byte| word(**byte)).count();
                found.extend(KEYWORDS.iter().find(|keyword| **keyword == &text[at..end]).map(|keyword| (at, *keyword)));
                at = end;
            }
            _ => at += 1,
        }
    }
    found
}

/// Two letters swapped, one left out, one doubled or the first in capitals.
fn misspell(keyword: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = keyword.chars().collect();
    let at = random.below(letters.len() - 1);
    match random.below(if letters.len() > 3 { 4 } else { 2 }) {
        0 => letters[0] = letters[0].to_ascii_uppercase(),
        1 => letters.insert(at, letters[at]),
        2 => letters.swap(at, at + 1),
        _ => drop(letters.remove(at)),
    }
    letters.into_iter().collect()
}

#[test]
fn one_misspelled_keyword_is_one_error_on_its_line() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let (mut tried, mut names) = (0, 0);
    let mut wrong = String::new();
    for entry in entries() {
        let valid = check(std::slice::from_ref(&entry.path), &entry.include_dirs, &Disk).model.is_some();
        let text = if valid { read(&entry.path) } else { continue };
        let keywords = keywords(&text);
        for _ in 0..SAMPLES.min(keywords.len()) {
            let (at, keyword) = keywords[random.below(keywords.len())];
            let misspelled = misspell(keyword, &mut random);
            if misspelled == keyword || text.contains(&misspelled) {
                continue;
            }
            let mut changed = text.clone();
            changed.replace_range(at..at + keyword.len(), &misspelled);
            let files = Overlay { path: &entry.path, text: changed.as_bytes() };
            let checked = check(std::slice::from_ref(&entry.path), &entry.include_dirs, &files);
            tried += 1;
            let errors = checked.diagnostics.iter().filter(|diagnostic| diagnostic.severity() == Severity::Error);
            let lines: Vec<u32> = errors
                .filter_map(|diagnostic| diagnostic.labels.first())
                .filter_map(|label| checked.sources.locate(label.span))
                .map(|(_, start, _)| start.line)
                .collect();
            let line = text[..at].matches('\n').count() as u32 + 1;
            if lines.is_empty() {
                // The keyword was the name of a field or the key of an annotation.
                names += 1;
            } else if lines != [line] {
                let shown = render(&checked.diagnostics, &checked.sources, MessageFormat::Short, false);
                let shown: String = shown.lines().filter(|line| line.contains("error[")).collect::<Vec<_>>().join("\n");
                wrong.push_str(&format!("{}:{line}: {keyword} -> {misspelled}\n{shown}\n\n", entry.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(tried > 200 && names * 20 < tried, "{tried} tried, {names} of them names");
}
