//! Text that a peer has sent, as it may appear in a log or in an error: bounded, and without characters that change what
//! a terminal or a log viewer shows.

use std::fmt::{self, Write};

/// The longest text by default, in bytes before escaping: a method name, a path or an error with its causes is shorter.
const LIMIT: usize = 1024;

/// Displays `T` with control, bidirectional and invisible characters as escapes (`\n`, `\u{1b}`), and cut off after
/// 1,024 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printable<T>(pub(crate) T);

impl<T: fmt::Display> fmt::Display for Printable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut escaper = Escaper { out: &mut *f, left: LIMIT, omitted: 0 };
        write!(escaper, "{}", self.0)?;
        match escaper.omitted {
            0 => Ok(()),
            omitted => write!(f, "… ({omitted} bytes more)"),
        }
    }
}

/// Whether a character shows as itself, wherever it is shown: no control character, no line or paragraph separator,
/// nothing of Unicode's category Cf, which turns the direction of text or has no width ([UAX
/// 44](https://www.unicode.org/reports/tr44/#General_Category_Values),
/// [CVE-2021-42574](https://nvd.nist.gov/vuln/detail/CVE-2021-42574)), and no Hangul filler.
pub(crate) fn is_printable(character: char) -> bool {
    let is_invisible = matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'..='\u{891}'
            | '\u{8e2}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{110bd}'
            | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    !character.is_control() && !is_invisible
}

struct Escaper<'a, W> {
    out: &'a mut W,
    left: usize,
    omitted: usize,
}

impl<W: Write> Write for Escaper<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // Once a part was omitted, so is everything behind it.
        let room = if self.omitted > 0 { 0 } else { self.left };
        let (shown, rest) = text.split_at(text.floor_char_boundary(room));
        self.left -= shown.len();
        self.omitted += rest.len();
        let mut rest = shown;
        while let Some(at) = rest.find(|c| !is_printable(c)) {
            let (before, from) = rest.split_at(at);
            self.out.write_str(before)?;
            let mut characters = from.chars();
            if let Some(c) = characters.next() {
                write!(self.out, "{}", c.escape_default())?;
            }
            rest = characters.as_str();
        }
        self.out.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_unchanged() {
        for text in ["", "echo", "/kitex-ws/a?b=c", "größer, 日本語, 🦀", "a \"quoted\" \\ path"] {
            assert_eq!(Printable(text).to_string(), text);
        }
    }

    #[test]
    fn nothing_reaches_a_terminal_that_changes_what_it_shows() {
        let cases = [
            ("line\nforged line\r", r"line\nforged line\r"),
            ("\u{1b}[2J\u{7}\u{0}", r"\u{1b}[2J\u{7}\u{0}"),
            ("\u{9b}31m", r"\u{9b}31m"),
            ("user\u{202e}nimda\u{2066}", r"user\u{202e}nimda\u{2066}"),
            ("a\u{2028}b\u{feff}\u{200b}", r"a\u{2028}b\u{feff}\u{200b}"),
            ("\u{e0041}", r"\u{e0041}"),
            ("\u{1bca0}\u{13430}\u{17b4}\u{8e2}", r"\u{1bca0}\u{13430}\u{17b4}\u{8e2}"),
        ];
        for (text, shown) in cases {
            assert_eq!(Printable(text).to_string(), shown);
        }
    }

    #[test]
    fn long_text_is_cut_off_between_two_characters() {
        let shown = Printable("é".repeat(10_000)).to_string();
        assert_eq!(shown, format!("{}… ({} bytes more)", "é".repeat(512), 20_000 - 1024));
        let exact = "x".repeat(1024);
        assert_eq!(Printable(&exact).to_string(), exact);
        // In pieces, as most `Display` implementations write.
        let shown = Printable(format_args!("{}{}{}", "x".repeat(1000), "yé".repeat(20), "z")).to_string();
        assert_eq!(shown, format!("{}{}… (37 bytes more)", "x".repeat(1000), "yé".repeat(8)));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_bounded_and_printable(text: String) {
            let shown = Printable(text.repeat(50)).to_string();
            proptest::prop_assert!(shown.chars().all(is_printable));
            // An escape takes ten characters at most.
            proptest::prop_assert!(shown.len() <= 10 * LIMIT + 32);
        }
    }
}
