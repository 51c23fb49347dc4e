//! Just enough of a language's surface to find things by their text: comments and literals, brackets, words. Pure.

/// Whose comments and literals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// `//`, `/* */`, `"…"`, `` `…` `` and runes.
    Go,
    /// `//`, nested `/* */`, strings raw and plain; a quote may begin a lifetime.
    Rust,
    /// `//`, `#`, `/* */`, strings in both quotes, without escapes.
    Thrift,
}

/// The text with a space for every byte of its comments and literals, so that what is found in it stands at the same place
/// in the text. Line breaks stay.
pub(crate) fn code(text: &str, language: Language) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while place < bytes.len() {
        let length = hidden(&bytes[place..], language);
        if length == 0 {
            out.push(bytes[place]);
            place += 1;
            continue;
        }
        let end = (place + length).min(bytes.len());
        out.extend(bytes[place..end].iter().map(|byte| if *byte == b'\n' { b'\n' } else { b' ' }));
        place = end;
    }
    // Whole characters only are hidden, so this loses nothing.
    String::from_utf8_lossy(&out).into_owned()
}

/// The length of the comment or literal that begins here; 0 if none does.
fn hidden(rest: &[u8], language: Language) -> usize {
    let until = |from: usize, end: &[u8]| {
        let found = rest.get(from..).and_then(|rest| rest.windows(end.len()).position(|window| window == end));
        found.map_or(rest.len(), |found| from + found + end.len())
    };
    let line = || rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    match (rest, language) {
        ([b'/', b'/', ..], _) | ([b'#', ..], Language::Thrift) => line(),
        ([b'/', b'*', ..], Language::Rust) => nested(rest),
        ([b'/', b'*', ..], _) => until(2, b"*/"),
        ([b'`', ..], Language::Go) => until(1, b"`"),
        ([quote @ (b'"' | b'\''), ..], Language::Thrift) => until(1, &[*quote]),
        ([b'r', b'"' | b'#', ..], Language::Rust) => {
            let hashes = rest.iter().skip(1).take_while(|byte| **byte == b'#').count();
            // r#name is a word.
            if rest.get(1 + hashes) != Some(&b'"') {
                return 0;
            }
            until(2 + hashes, &[b"\"".as_slice(), &b"#".repeat(hashes)].concat())
        }
        ([b'"', ..], _) => escaped(rest, b'"'),
        ([b'\'', ..], Language::Go) => escaped(rest, b'\''),
        ([b'\'', b'\\', ..], Language::Rust) => escaped(rest, b'\''),
        ([b'\'', ..], Language::Rust) => {
            // 'x' is a character, 'x a lifetime.
            let text = String::from_utf8_lossy(rest.get(1..rest.len().min(6)).unwrap_or_default());
            let width = text.chars().next().map_or(0, char::len_utf8);
            if rest.get(1 + width) == Some(&b'\'') { 2 + width } else { 0 }
        }
        _ => 0,
    }
}

fn escaped(rest: &[u8], quote: u8) -> usize {
    let mut place = 1;
    while let Some(byte) = rest.get(place) {
        match *byte {
            b'\\' => place += 2,
            byte if byte == quote => return place + 1,
            _ => place += 1,
        }
    }
    rest.len()
}

fn nested(rest: &[u8]) -> usize {
    let (mut depth, mut place) = (0, 0);
    while place < rest.len() {
        match rest.get(place..place + 2) {
            Some(b"/*") => (depth, place) = (depth + 1, place + 2),
            Some(b"*/") => (depth, place) = (depth - 1, place + 2),
            _ => place += 1,
        }
        if depth == 0 {
            return place;
        }
    }
    rest.len()
}

/// The line, counted from 1, that the byte at `place` stands in.
pub(crate) fn line(text: &str, place: usize) -> usize {
    1 + text.bytes().take(place).filter(|byte| *byte == b'\n').count()
}

/// The place of the bracket that closes the one at `open`, in text without comments and literals.
pub(crate) fn closing(code: &str, open: usize) -> Option<usize> {
    let (opening, closing) = match code.as_bytes().get(open)? {
        b'(' => (b'(', b')'),
        b'{' => (b'{', b'}'),
        b'[' => (b'[', b']'),
        _ => return None,
    };
    let mut depth = 0_usize;
    for (place, byte) in code.bytes().enumerate().skip(open) {
        if byte == opening {
            depth += 1;
        } else if byte == closing {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(place);
            }
        }
    }
    None
}

/// Every word (letters, digits, underscores) with its place.
pub(crate) fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let tail = code.get(rest..)?;
        let start = rest + tail.find(is_word)?;
        let tail = code.get(start..)?;
        let end = start + tail.find(|c| !is_word(c)).unwrap_or(tail.len());
        rest = end;
        Some((start, code.get(start..end)?))
    })
}

/// Whether a word goes on with this.
pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn comments_and_literals_are_spaces() {
        let go = "a // b\nc /* d\ne */ f \"g\\\"h\" i `j\\` k 'l' '\\'' m";
        let words_of = |text: &str, language| -> String {
            words(&code(text, language)).map(|(_, word)| word.to_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words_of(go, Language::Go), "a c f i k m");
        let rust = "a /* b /* c */ d */ e \"f\\\"\" r#\"g\"\"# r\"h\\\" 'x 'y' 'ö' r#type '\\n' 'z";
        assert_eq!(words_of(rust, Language::Rust), "a e x r type z");
        assert_eq!(words_of("a # b 'c\n'd' \"e\" // f\n/* g */ h", Language::Thrift), "a h");
    }

    #[test]
    fn brackets_are_paired() {
        assert_eq!(closing("f(a(b)c)d", 1), Some(7));
        assert_eq!(closing("f(a", 1), None);
        assert_eq!(closing("f", 0), None);
    }

    proptest! {
        #[test]
        fn everything_stays_in_its_place(text in "[a-z/*#'\"`\\\\(){}ö\n ]{0,60}") {
            for language in [Language::Go, Language::Rust, Language::Thrift] {
                let code = code(&text, language);
                prop_assert_eq!(code.len(), text.len());
                for (place, word) in words(&code) {
                    prop_assert_eq!(text.get(place..place + word.len()), Some(word));
                }
            }
        }
    }
}
