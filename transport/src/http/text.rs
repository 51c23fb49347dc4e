//! Text of strangers, made fit for messages and logs.

/// The first line of `text`, at most `limit` characters of it, without characters that can't be seen.
pub(crate) fn printable(text: &str, limit: usize) -> String {
    let line = text.trim_start().lines().next().unwrap_or_default().trim_end();
    let mut characters = line.chars().map(|character| if is_invisible(character) { '\u{fffd}' } else { character });
    let mut shown: String = characters.by_ref().take(limit).collect();
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// Whether a character can't be seen, or changes how others are shown: controls, and the format characters of
/// Unicode's category Cf, which turn the direction of text or have no width
/// ([UAX 44](https://www.unicode.org/reports/tr44/#General_Category_Values),
/// [CVE-2021-42574](https://nvd.nist.gov/vuln/detail/CVE-2021-42574)), line separators, and the Hangul fillers.
pub(super) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{600}'..='\u{605}'
                | '\u{61c}'
                | '\u{6dd}'
                | '\u{70f}'
                | '\u{115f}'..='\u{1160}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
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
