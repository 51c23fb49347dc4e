//! Comments out what the IDL has no more.

use std::ops::Range;

use super::source::Source;
use super::splice::Splices;

/// Puts two slashes before every line of a method, under a line that says why. Nothing is lost: without the first
/// slashes of each line the method is back.
pub(super) fn comment_out(source: &Source<'_>, range: Range<usize>, idl_name: &str, splices: &mut Splices) {
    let newline = source.newline;
    let indent = if source.begins_line(range.start) { source.indent(range.start) } else { "" };
    let mut text = String::new();
    if !source.begins_line(range.start) {
        text.push_str(newline);
    }
    let marker = format!("// volplane: {idl_name} is gone from the IDL; it was:");
    // The blanks before the first line are there.
    text.push_str(&marker);
    let mut ending = newline;
    for (index, line) in source.slice(range.clone()).split_inclusive('\n').enumerate() {
        text.push_str(ending);
        let bare = line.strip_suffix('\n').unwrap_or(line);
        let bare = bare.strip_suffix('\r').unwrap_or(bare);
        ending = line.get(bare.len()..).unwrap_or_default();
        match bare.strip_prefix(indent) {
            Some(rest) if index > 0 => push(&mut text, indent, rest),
            _ if index > 0 && !bare.is_empty() => push(&mut text, "", bare),
            _ => push(&mut text, indent, bare),
        }
    }
    if !source.ends_line(range.end) {
        text.push_str(newline);
        text.push_str(indent);
    }
    splices.replace(range, text);
}

fn push(text: &mut String, indent: &str, line: &str) {
    text.push_str(indent);
    text.push_str("//");
    if !line.is_empty() {
        text.push(' ');
        text.push_str(line);
    }
}
