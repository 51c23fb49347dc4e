//! Characters that look like those of IDL but are different ones: full-width forms, smart quotes, invisible
//! characters, letters of other alphabets. Input methods, word processors and web pages put them in.

use super::token::Symbol;

/// What a character looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alike {
    /// A punctuation mark.
    Symbol(Symbol),
    /// A full stop, which joins names.
    Dot,
    /// A minus sign.
    Minus,
    /// A slash, two of which begin a comment.
    Slash,
    /// A number sign, which begins a comment.
    Hash,
    /// `"` or `'`.
    Quote(char),
    /// A space.
    Space,
    /// Nothing: it is invisible.
    Nothing,
    /// A letter, a digit or an underscore.
    Letter(char),
}

/// What a character that is not ASCII looks like, if it looks like one that means something. A backtick counts too: it
/// is a quotation mark elsewhere.
pub(crate) fn alike(c: char) -> Option<Alike> {
    use Alike::{Dot, Hash, Letter, Minus, Nothing, Quote, Slash, Space, Symbol as Mark};
    Some(match c {
        '，' | '、' | '﹐' | '﹑' | '､' | '،' | '︐' => Mark(Symbol::Comma),
        '；' | '﹔' | '؛' | '\u{37e}' | '︔' => Mark(Symbol::Semicolon),
        '：' | '﹕' | '∶' | '꞉' | '︓' | 'ː' => Mark(Symbol::Colon),
        '（' | '﹙' | '❨' | '⟮' | '︵' | '｟' => Mark(Symbol::OpenParen),
        '）' | '﹚' | '❩' | '⟯' | '︶' | '｠' => Mark(Symbol::CloseParen),
        '｛' | '﹛' | '❴' | '︷' => Mark(Symbol::OpenBrace),
        '｝' | '﹜' | '❵' | '︸' => Mark(Symbol::CloseBrace),
        '［' | '【' | '〔' | '〖' | '﹝' => Mark(Symbol::OpenBracket),
        '］' | '】' | '〕' | '〗' | '﹞' => Mark(Symbol::CloseBracket),
        '＜' | '〈' | '《' | '‹' | '﹤' | '⟨' | '❮' | '\u{2329}' => Mark(Symbol::OpenAngle),
        '＞' | '〉' | '》' | '›' | '﹥' | '⟩' | '❯' | '\u{232a}' => Mark(Symbol::CloseAngle),
        '＝' | '﹦' | '꞊' => Mark(Symbol::Equals),
        '＊' | '∗' | '﹡' => Mark(Symbol::Star),
        '＆' | '﹠' => Mark(Symbol::Ampersand),
        '＠' | '﹫' => Mark(Symbol::At),
        '．' | '。' | '｡' | '﹒' | '․' => Dot,
        '－' | '−' | '–' | '—' | '‐' | '‑' | '﹣' => Minus,
        '／' | '∕' | '⁄' => Slash,
        '＃' | '﹟' => Hash,
        '“' | '”' | '„' | '‟' | '″' | '＂' | '〝' | '〞' | '〟' | '«' | '»' | '「' | '」' | '『' | '』' | '`' => {
            Quote('"')
        }
        '‘' | '’' | '‚' | '‛' | '′' | '＇' | '´' => Quote('\''),
        '\u{a0}'
        | '\u{85}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}' => Space,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' => Nothing,
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '＿' => Letter(char::from_u32(u32::from(c) - 0xfee0)?),
        _ => Letter(letter(c)?),
    })
}

/// The Latin letter that a Cyrillic or a Greek one looks exactly like.
fn letter(c: char) -> Option<char> {
    const PAIRS: &str = "АAВBЕEЅSІIЈJКKМMНHОOРPСCТTУYХXаaеeоoрpсcуyхxѕsіiјjԁdһhΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXοoνv";
    let mut chars = PAIRS.chars();
    while let (Some(other), Some(latin)) = (chars.next(), chars.next()) {
        if other == c {
            return Some(latin);
        }
    }
    None
}

/// Whether a quotation mark can close what another one opened: both look like `"`, or both like `'`.
pub(crate) fn closes(open: char, close: char) -> bool {
    if open == '`' || close == '`' {
        return open == close;
    }
    quote(open).is_some() && quote(open) == quote(close)
}

/// The ASCII quotation mark that a character is or looks like.
pub(crate) fn quote(c: char) -> Option<char> {
    match (c, alike(c)) {
        ('"' | '\'', _) => Some(c),
        (_, Some(Alike::Quote(mark))) => Some(mark),
        _ => None,
    }
}

/// What an invisible character or an unusual space is called.
pub(crate) fn describe(c: char) -> &'static str {
    match c {
        '\u{a0}' | '\u{202f}' => "a no-break space",
        '\u{3000}' => "a full-width space",
        '\u{85}' | '\u{2028}' | '\u{2029}' => "an unusual line break",
        '\u{200b}' => "a zero-width space",
        '\u{200c}' | '\u{200d}' | '\u{2060}' => "a zero-width joiner",
        '\u{feff}' => "a byte order mark in the middle of the text",
        '\u{ad}' => "a soft hyphen",
        '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "an invisible mark for the direction of text"
        }
        _ if alike(c) == Some(Alike::Space) => "an unusual space",
        _ => "an invisible character",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_forms_look_like_their_ascii_twins() {
        for c in '\u{ff01}'..='\u{ff5e}' {
            let twin = char::from_u32(u32::from(c) - 0xfee0).unwrap_or_default();
            let expected = match twin {
                '"' | '\'' => Some(Alike::Quote(twin)),
                '.' => Some(Alike::Dot),
                '-' => Some(Alike::Minus),
                '/' => Some(Alike::Slash),
                '#' => Some(Alike::Hash),
                '_' => Some(Alike::Letter('_')),
                _ if twin.is_ascii_alphanumeric() => Some(Alike::Letter(twin)),
                _ => Symbol::from_text(&twin.to_string()).map(Alike::Symbol),
            };
            assert_eq!(alike(c), expected, "{c}");
        }
    }

    #[test]
    fn quotes_close_their_kind() {
        assert!(closes('“', '”') && closes('”', '”') && closes('"', '”') && closes('„', '“') && closes('`', '`'));
        assert!(!closes('“', '’') && !closes('“', '`') && !closes('x', 'x'));
    }
}
