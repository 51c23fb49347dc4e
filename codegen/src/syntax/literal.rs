//! What numbers, quoted texts and doc comments mean.

use super::alike::closes;

/// Why an escape is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadEscape {
    /// The byte of the backslash, from the opening quote.
    pub(crate) at: usize,
    /// What follows it.
    pub(crate) escape: char,
}

/// The text in a quoted token, and the escapes that are none; those are kept as written.
pub(crate) fn unquote(token: &str) -> (String, Vec<BadEscape>) {
    let mark = token.chars().next().unwrap_or('"');
    let inner = token.get(mark.len_utf8()..).unwrap_or_default();
    let last = inner.chars().next_back().filter(|last| *last == mark || closes(mark, *last));
    let closed = last.and_then(|last| inner.strip_suffix(last)).unwrap_or(inner);
    if !closed.contains('\\') {
        return (closed.to_owned(), Vec::new());
    }
    let mut out = String::with_capacity(closed.len());
    let mut bad = Vec::new();
    let mut chars = closed.char_indices();
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next().map(|(_, c)| c) {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some(c @ ('"' | '\'' | '\\')) => out.push(c),
            Some(escape) => {
                out.extend(['\\', escape]);
                bad.push(BadEscape { at: at + mark.len_utf8(), escape });
            }
            // Cut off at the end of the line, which is reported separately.
            None => out.push('\\'),
        }
    }
    (out, bad)
}

/// The value of an integer token; `None` if it has more than 64 bits.
pub(crate) fn integer(token: &str) -> Option<i64> {
    let (negative, digits) = match token.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, token.strip_prefix('+').unwrap_or(token)),
    };
    let lower = digits.get(..2).map(str::to_ascii_lowercase);
    let (radix, digits) = match lower.as_deref() {
        Some("0x") => (16, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        _ => (10, digits),
    };
    let value = i128::from(u64::from_str_radix(digits, radix).ok()?);
    i64::try_from(if negative { -value } else { value }).ok()
}

/// A doc comment without its marks and without the indentation and stars that its lines share.
pub(crate) fn doc_text(comment: &str) -> Option<String> {
    block_text(comment.strip_prefix("/**")?.strip_suffix("*/")?)
}

/// A comment of any style without its marks; empty if it has no text.
pub(crate) fn comment_text(comment: &str) -> String {
    let line = |mark: char| comment.trim_start_matches(mark).trim().to_owned();
    match comment.strip_prefix("/*") {
        Some(inner) => block_text(inner.strip_suffix("*/").unwrap_or(inner)).unwrap_or_default(),
        None if comment.starts_with('#') => line('#'),
        None => line('/'),
    }
}

/// What is between the marks of a block comment.
fn block_text(inner: &str) -> Option<String> {
    let inner = inner.trim_start_matches('*').trim_end_matches('*');
    let mut lines: Vec<&str> = inner.lines().map(str::trim_end).collect();
    if let Some(first) = lines.first_mut() {
        *first = first.trim_start();
    }
    let starred = |line: &&str| line.is_empty() || line.trim_start().starts_with('*');
    if lines.iter().skip(1).all(starred) {
        for line in lines.iter_mut().skip(1) {
            let text = line.trim_start();
            *line = text.strip_prefix('*').unwrap_or(text);
        }
    }
    let indent = |line: &&str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let shared = lines.iter().skip(1).filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    for line in lines.iter_mut().skip(1) {
        *line = line.get(shared..).unwrap_or_default();
    }
    let text = lines.join("\n");
    let text = text.trim_matches('\n').trim_end();
    if text.is_empty() { None } else { Some(text.to_owned()) }
}

/// The text of plain comments that stand together, as `doc_text` would have it: without marks, rulers of punctuation, and
/// fields that are commented out.
pub(crate) fn plain_text(comments: &[&str]) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    for comment in comments {
        let inner = match comment.strip_prefix("/*") {
            Some(block) => block.strip_suffix("*/").unwrap_or(block),
            None => comment.trim_start_matches(['/', '#']),
        };
        lines.extend(inner.lines().map(|line| {
            let line = if comment.starts_with("/*") { line.trim().trim_start_matches('*').trim_start() } else { line };
            // It would end the comment when the model is printed.
            line.trim_end().replace("*/", "* /")
        }));
    }
    let is_ruler = |line: &String| !line.chars().any(char::is_alphanumeric);
    let is_field = |line: &String| {
        let rest = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() < line.trim_start().len() && rest.trim_start().starts_with(':')
    };
    lines.retain(|line| line.is_empty() || !(is_ruler(line) || is_field(line)));
    let first = lines.iter().position(|line| !line.is_empty())?;
    let last = lines.iter().rposition(|line| !line.is_empty())?;
    let lines = &lines[first..=last];
    let indent = |line: &String| line.len() - line.trim_start_matches([' ', '\t']).len();
    let shared = lines.iter().filter(|line| !line.is_empty()).map(indent).min().unwrap_or(0);
    let lines: Vec<&str> = lines.iter().map(|line| line.get(shared..).unwrap_or_default()).collect();
    Some(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_every_base_and_sign() {
        assert_eq!(integer("-0x1F"), Some(-31));
        assert_eq!(integer("0o17"), Some(15));
        assert_eq!(integer("017"), Some(17));
        assert_eq!(integer("+1"), Some(1));
        assert_eq!(integer("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(integer("9223372036854775808"), None);
        assert_eq!(integer("99999999999999999999999"), None);
    }

    #[test]
    fn escapes_are_resolved_and_unknown_ones_are_named() {
        assert_eq!(unquote(r#""a\n\"é""#), ("a\n\"é".to_owned(), vec![]));
        let (text, bad) = unquote(r"'\w'");
        assert_eq!((text.as_str(), bad), (r"\w", vec![BadEscape { at: 1, escape: 'w' }]));
    }

    #[test]
    fn doc_comments_lose_marks_and_shared_indentation_only() {
        assert_eq!(doc_text("/** one */").as_deref(), Some("one"));
        assert_eq!(doc_text("/**\n   * a\n   *   b\n   *\n   * c\n   */").as_deref(), Some("a\n  b\n\nc"));
        assert_eq!(doc_text("/**\n    a\n      b\n*/").as_deref(), Some("a\n  b"));
        assert_eq!(doc_text("/** */"), None);
    }

    #[test]
    fn comments_of_every_style_lose_their_marks() {
        let texts = ["// a", "/// a ", "# a\r", "#a", "/* a */", "/**\n * a\n */"].map(comment_text);
        assert_eq!(texts, ["a"; 6].map(str::to_owned));
        assert_eq!(["//", "#!", "/**/", "/***/"].map(comment_text), ["", "!", "", ""].map(str::to_owned));
    }
}
