//! Text to tokens. Never stops early: what can't be a token is reported and left out, and what only looks like one is
//! reported and read as it.

mod quotes;
mod stray;

use super::token::{Keyword, Symbol, Token, TokenKind};
use crate::code::Code;

/// What a text consists of, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lexed {
    /// The tokens, the last of them [`TokenKind::End`].
    pub(crate) tokens: Vec<Token>,
    /// Every comment, in order.
    pub(crate) comments: Vec<RawComment>,
    /// What is wrong, by its place.
    pub(crate) faults: Vec<Fault>,
    /// How many more are wrong than were kept.
    pub(crate) more_faults: usize,
    /// A comment never ends, so that the text's end says nothing about what was meant.
    pub(crate) cut_short: bool,
}

/// A comment and the token that follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RawComment {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// The index of the token after it.
    pub(crate) before: u32,
    /// It begins with `/**` and has a text.
    pub(crate) doc: bool,
}

/// An error in the text itself, in a file whose id isn't known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: Code,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) message: String,
    pub(crate) label: &'static str,
    pub(crate) help: Option<String>,
    /// What to write in its place, if there is no doubt about it.
    pub(crate) fix: Option<String>,
}

/// More errors than this are only counted.
const MAX_FAULTS: usize = 10_000;

/// Splits a text. `replaced` are the places, ascending, of U+FFFD in place of bytes that were not UTF-8, which
/// the caller reports.
pub(crate) fn lex(text: &str, replaced: &[u32]) -> Lexed {
    let mut lexer =
        Lexer { text, bytes: text.as_bytes(), at: 0, fresh: true, replaced, nul: false, out: Lexed::default() };
    if text.starts_with('\u{feff}') {
        lexer.at = 3;
    }
    lexer.run();
    lexer.out
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// No token is on this line yet.
    fresh: bool,
    replaced: &'a [u32],
    /// A NUL byte was seen.
    nul: bool,
    out: Lexed,
}

impl Lexer<'_> {
    fn run(&mut self) {
        self.out.tokens.reserve(self.bytes.len() / 6);
        while let Some(byte) = self.peek(0) {
            let start = self.at;
            match byte {
                b'\n' => {
                    self.fresh = true;
                    self.at += 1;
                }
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'#' => self.line_comment(),
                b'/' if self.peek(1) == Some(b'/') => self.line_comment(),
                b'/' if self.peek(1) == Some(b'*') => self.block_comment(),
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.name(),
                b'0'..=b'9' => self.number(),
                b'.' if self.digit(1) => self.number(),
                b'+' | b'-' if self.digit(1) || (self.peek(1) == Some(b'.') && self.digit(2)) => self.number(),
                b'"' | b'\'' => self.literal(char::from(byte)),
                _ => match Symbol::from_text(self.text.get(start..start + 1).unwrap_or_default()) {
                    Some(symbol) => {
                        self.at += 1;
                        self.push(TokenKind::Symbol(symbol), start);
                    }
                    None => self.stray(),
                },
            }
        }
        let end = self.at;
        self.push(TokenKind::End, end);
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn digit(&self, ahead: usize) -> bool {
        self.peek(ahead).is_some_and(|byte| byte.is_ascii_digit())
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&wanted) {
            self.at += 1;
        }
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        let first_on_line = std::mem::replace(&mut self.fresh, false);
        self.out.tokens.push(Token { kind, first_on_line, start: start as u32, end: self.at as u32 });
    }

    fn fault(&mut self, code: Code, start: usize, message: String, label: &'static str, help: Option<String>) {
        if self.out.faults.len() < MAX_FAULTS {
            let (start, end) = (start as u32, self.at as u32);
            self.out.faults.push(Fault { code, start, end, message, label, help, fix: None });
        } else {
            self.out.more_faults += 1;
        }
    }

    /// What corrects the fault just reported.
    fn fix(&mut self, text: &str) {
        if let Some(fault) = self.out.faults.last_mut().filter(|_| self.out.more_faults == 0) {
            fault.fix = Some(text.to_owned());
        }
    }

    fn comment(&mut self, start: usize, doc: bool) {
        let before = self.out.tokens.len() as u32;
        self.out.comments.push(RawComment { start: start as u32, end: self.at as u32, before, doc });
    }

    fn line_comment(&mut self) {
        let start = self.at;
        self.skip_while(|byte| byte != b'\n');
        self.comment(start, false);
    }

    fn block_comment(&mut self) {
        let start = self.at;
        match self.text[start + 2..].find("*/") {
            Some(length) => {
                self.at = start + 2 + length + 2;
                let inner = &self.text[start + 2..self.at - 2];
                let doc = inner.strip_prefix('*').is_some_and(|text| !text.bytes().all(|byte| byte == b'*'));
                self.fresh |= inner.contains('\n');
                self.comment(start, doc);
            }
            None => {
                self.at = start + 2;
                let message = "unterminated comment".to_owned();
                self.fault(Code::E012, start, message, "begins here", Some("close it with `*/`".to_owned()));
                self.out.cut_short = true;
                self.at = self.bytes.len();
                self.comment(start, false);
            }
        }
    }

    fn name(&mut self) {
        let start = self.at;
        let part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        self.skip_while(part);
        while self.peek(0) == Some(b'.') && self.peek(1).is_some_and(part) {
            self.at += 1;
            self.skip_while(part);
        }
        if self.peek(0).is_some_and(|byte| !byte.is_ascii()) && self.odd_word(start) {
            return;
        }
        let kind = Keyword::from_text(&self.text[start..self.at]).map_or(TokenKind::Name, TokenKind::Keyword);
        self.push(kind, start);
    }

    fn number(&mut self) {
        let start = self.at;
        if matches!(self.peek(0), Some(b'+' | b'-')) {
            self.at += 1;
        }
        let mut kind = TokenKind::Int;
        let base = if self.peek(0) == Some(b'0') { self.peek(1) } else { None };
        match base {
            Some(b'x' | b'X') if self.peek(2).is_some_and(|byte| byte.is_ascii_hexdigit()) => {
                self.at += 2;
                self.skip_while(|byte| byte.is_ascii_hexdigit());
            }
            Some(b'o' | b'O') if self.peek(2).is_some_and(|byte| matches!(byte, b'0'..=b'7')) => {
                self.at += 2;
                self.skip_while(|byte| matches!(byte, b'0'..=b'7'));
            }
            _ => {
                self.skip_while(|byte| byte.is_ascii_digit());
                if self.peek(0) == Some(b'.') && self.digit(1) {
                    kind = TokenKind::Double;
                    self.at += 1;
                    self.skip_while(|byte| byte.is_ascii_digit());
                }
                if matches!(self.peek(0), Some(b'e' | b'E')) {
                    let sign = usize::from(matches!(self.peek(1), Some(b'+' | b'-')));
                    if self.digit(1 + sign) {
                        kind = TokenKind::Double;
                        self.at += 1 + sign;
                        self.skip_while(|byte| byte.is_ascii_digit());
                    }
                }
            }
        }
        let glued = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.';
        if self.peek(0).is_some_and(glued) {
            self.skip_while(glued);
            let message = format!("`{}` is neither a number nor a name", &self.text[start..self.at]);
            let help =
                "numbers are written `12`, `-12`, `0x1f`, `0o17`, `1.5` or `1e9`; a name can't begin with a digit";
            self.fault(Code::E014, start, message, "", Some(help.to_owned()));
            kind = TokenKind::Malformed;
        }
        self.push(kind, start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        let lexed = lex(text, &[]);
        assert_eq!(lexed.faults, []);
        let token = |token: &Token| (token.kind, &text[token.start as usize..token.end as usize]);
        lexed.tokens.iter().filter(|token| token.kind != TokenKind::End).map(token).collect()
    }

    #[test]
    fn numbers_keep_sign_base_and_kind() {
        use TokenKind::{Double, Int, Name};
        let text = "1 -2 +3 0x1F -0xa 0o17 017 1.5 .5 -1e9 e10";
        let expected = [
            (Int, "1"),
            (Int, "-2"),
            (Int, "+3"),
            (Int, "0x1F"),
            (Int, "-0xa"),
            (Int, "0o17"),
            (Int, "017"),
            (Double, "1.5"),
            (Double, ".5"),
            (Double, "-1e9"),
            (Name, "e10"),
        ];
        assert_eq!(kinds(text), expected);
    }

    #[test]
    fn comments_of_every_style_are_kept_and_only_doc_comments_are_docs() {
        let lexed = lex("#!/usr/bin/thrift\n// a\n/* b */ /** c */ /**/ /***/ x", &[]);
        let docs: Vec<bool> = lexed.comments.iter().map(|comment| comment.doc).collect();
        assert_eq!(docs, [false, false, false, true, false, false]);
        assert_eq!(lexed.tokens.len(), 2);
    }

    #[test]
    fn dots_join_names_and_a_byte_order_mark_is_skipped() {
        assert_eq!(kinds("\u{feff}a.b.c structs"), [(TokenKind::Name, "a.b.c"), (TokenKind::Name, "structs")]);
    }
}
