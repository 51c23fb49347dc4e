//! Text of peers, shortened and escaped for messages and logs.

use crate::printable::is_printable;

/// The first line of `text`, at most `limit` characters of it, without characters that can't be seen.
pub(crate) fn printable(text: &str, limit: usize) -> String {
    let line = text.trim_start().lines().next().unwrap_or_default().trim_end();
    let mut characters = line.chars().map(|character| if is_printable(character) { character } else { '\u{fffd}' });
    let mut shown: String = characters.by_ref().take(limit).collect();
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// The first line of the body of a refusal, as [`printable`] shows it. Nothing of a page in HTML, such as proxies send: its
/// first line is a tag.
pub(crate) fn refusal_text(body: &str, limit: usize) -> String {
    if body.trim_start().starts_with('<') { String::new() } else { printable(body, limit) }
}

/// What a server says with a status, or else what the status usually means, behind a colon. `usual` knows of statuses that
/// depend on what was asked for; it returns "" for others.
pub(crate) fn reason(status: u16, text: &str, usual: fn(u16) -> &'static str) -> String {
    let reason = match status {
        _ if !text.is_empty() => text,
        502..=504 => "a proxy got no answer from the server",
        _ => usual(status),
    };
    if reason.is_empty() { String::new() } else { format!(": {reason}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_one_bounded_line_without_what_cannot_be_seen() {
        for (text, shown) in [
            ("", ""),
            ("\r\n  no such path \r\nmore", "no such path"),
            ("a\x1b[31mb\0c", "a\u{fffd}[31mb\u{fffd}c"),
            ("a\u{202e}b\u{200b}c", "a\u{fffd}b\u{fffd}c"),
            ("123456789012", "123456789012"),
            ("1234567890123", "123456789012…"),
            ("ü und 字", "ü und 字"),
        ] {
            assert_eq!(printable(text, 12), shown, "{text:?}");
        }
    }
}
