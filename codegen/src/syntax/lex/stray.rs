//! What no token begins with: characters that look like another, and those that mean nothing.

use super::Lexer;
use crate::code::Code;
use crate::syntax::alike::{Alike, alike, describe};
use crate::syntax::token::{Keyword, Symbol, TokenKind};

impl Lexer<'_> {
    /// Reads what begins no token. A character that looks like another is reported and read as that one.
    pub(super) fn stray(&mut self) {
        let start = self.at;
        let first = self.text[start..].chars().next().unwrap_or_default();
        let behind = start + first.len_utf8();
        match alike(first) {
            Some(Alike::Quote(_)) => self.literal(first),
            Some(Alike::Symbol(symbol)) => {
                self.at = behind;
                self.looks_like(start, &format!("`{first}`"), symbol.text());
                self.push(TokenKind::Symbol(symbol), start);
            }
            Some(Alike::Minus) => self.minus(first),
            Some(Alike::Space | Alike::Nothing) => self.invisible(first),
            Some(Alike::Hash) => {
                self.at = behind;
                self.looks_like(start, &format!("`{first}`"), "#");
                self.line_comment();
            }
            Some(Alike::Slash) if self.text[behind..].starts_with(first) => {
                self.at = behind + first.len_utf8();
                self.looks_like(start, &format!("`{first}{first}`"), "//");
                self.line_comment();
            }
            Some(Alike::Letter(_)) if self.odd_word(start) => {}
            _ => self.meaningless(first),
        }
    }

    /// Reports that the text from `start` to here looks like `right`, which replaces it.
    pub(super) fn looks_like(&mut self, start: usize, what: &str, right: &str) {
        let message = format!("{what} looks like `{right}` but is a different character");
        self.fault(Code::E016, start, message, "", Some(format!("write `{right}`")));
        self.fix(right);
    }

    /// A run of one unusual space or of one invisible character.
    fn invisible(&mut self, first: char) {
        let start = self.at;
        self.at += self.text[start..].chars().take_while(|c| *c == first).map(char::len_utf8).sum::<usize>();
        let message = format!("{} (U+{:04X}) is not allowed here", describe(first), u32::from(first));
        if alike(first) == Some(Alike::Space) {
            self.fault(Code::E016, start, message, "", Some("write a plain space".to_owned()));
            self.fix(" ");
        } else {
            self.fault(Code::E016, start, message, "", Some("remove it".to_owned()));
            self.fix("");
        }
    }

    /// A dash that looks like a minus sign, and the number after it if there is one.
    fn minus(&mut self, first: char) {
        let start = self.at;
        self.at += first.len_utf8();
        let digits: String = self.text[self.at..]
            .chars()
            .map_while(|c| match alike(c) {
                _ if c.is_ascii_alphanumeric() || c == '.' => Some(c),
                Some(Alike::Letter(letter)) => Some(letter),
                _ => None,
            })
            .collect();
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            self.looks_like(start, &format!("`{first}`"), "-");
            self.push(TokenKind::Symbol(Symbol::Dash), start);
            return;
        }
        // Each character of `digits` is one character of the text.
        let width: usize = self.text[self.at..].chars().take(digits.chars().count()).map(char::len_utf8).sum();
        self.at += width;
        let message = format!("`{first}` looks like `-` but is a different character");
        self.fault(Code::E016, start, message, "", Some(format!("write `-{digits}`")));
        self.fix(&format!("-{digits}"));
        self.push(TokenKind::Malformed, start);
    }

    /// A word that looks like one of ASCII letters, digits and underscores, such as `ｉ３２`. The part of it before the
    /// current place is ASCII. `false`, and nothing is read, if it is an ordinary word or has other letters too.
    pub(super) fn odd_word(&mut self, start: usize) -> bool {
        let (mut plain, mut length, mut end) = (String::new(), 0, start);
        for (offset, c) in self.text[start..].char_indices() {
            match (c, alike(c)) {
                (c, _) if c.is_ascii_alphanumeric() || c == '_' => plain.push(c),
                (_, Some(Alike::Letter(letter))) => plain.push(letter),
                ('.', _) | (_, Some(Alike::Dot)) if !plain.ends_with('.') => {
                    plain.push('.');
                    continue;
                }
                (_, Some(Alike::Nothing)) => continue,
                (c, None) if c.is_alphanumeric() => return false,
                _ => break,
            }
            length = plain.len();
            end = start + offset + c.len_utf8();
        }
        if end <= self.at {
            return false;
        }
        plain.truncate(length);
        self.at = end;
        // `1２` is one number.
        let start = match self.out.tokens.last() {
            Some(token) if token.end as usize == start && token.kind == TokenKind::Int => {
                let (from, to) = (token.start as usize, token.end as usize);
                plain.insert_str(0, &self.text[from..to]);
                self.out.tokens.pop();
                from
            }
            _ => start,
        };
        let message = format!("this word looks like `{plain}` but has different characters in it");
        self.fault(Code::E016, start, message, "", Some(format!("write `{plain}`")));
        self.fix(&plain);
        self.push(Keyword::from_text(&plain).map_or(TokenKind::Malformed, TokenKind::Keyword), start);
        true
    }

    /// What looks like nothing else: reported once for a whole run of it.
    fn meaningless(&mut self, first: char) {
        let start = self.at;
        let rest = &self.text[start..];
        let word = |c: &char| c.is_alphanumeric() || *c == '_';
        // The characters of one word, or those that are nothing of IDL.
        let same = |c: &char| match first {
            _ if first.is_ascii() || first == '\u{fffd}' => *c == first,
            _ if first.is_alphanumeric() => {
                word(c) || (!c.is_ascii() && matches!(alike(*c), None | Some(Alike::Nothing | Alike::Dot)))
            }
            _ => !c.is_ascii() && !word(c) && matches!(alike(*c), None | Some(Alike::Nothing)),
        };
        let run: usize = rest.chars().skip(1).take_while(same).map(char::len_utf8).sum();
        let run = first.len_utf8() + run;
        self.at += run;
        let replaced = rest[..run].chars().all(|c| c == '\u{fffd}');
        if replaced && self.replaced.binary_search(&(start as u32)).is_ok() {
            return;
        }
        // `naïve` is one wrong name, not a name and a stray letter.
        let glued =
            self.out.tokens.last_mut().filter(|token| token.kind == TokenKind::Name && token.end as usize == start);
        let start = match glued {
            Some(token) if first.is_alphanumeric() => {
                token.end = self.at as u32;
                token.start as usize
            }
            _ => start,
        };
        let (message, help) = match first {
            // Only the first is shown, and there may be millions.
            '\0' if std::mem::replace(&mut self.nul, true) => (String::new(), ""),
            c if c.is_control() => (format!("unexpected control character {}", c.escape_default()), "remove it"),
            c if c.is_alphanumeric() => (
                format!("`{}` is not a name", &self.text[start..self.at]),
                "names consist of the letters a to z, digits and underscores; strings are quoted",
            ),
            c if alike(c) == Some(Alike::Dot) => (format!("`{c}` is not allowed here"), "remove it"),
            '?' => ("`?` is not allowed here".to_owned(), "an optional field is written `1: optional i32 name`"),
            _ => (format!("`{first}` is not allowed here"), "remove it, or put it into a comment or a string"),
        };
        let is_name =
            first.is_alphanumeric() && self.out.tokens.last().is_none_or(|token| token.end as usize != self.at);
        self.fault(Code::E010, start, message, "", Some(help.to_owned()));
        if alike(first) == Some(Alike::Dot) {
            self.fix("");
        }
        if is_name {
            self.push(TokenKind::Name, start);
        }
    }
}
