//! Quoted texts, in ASCII quotation marks or in those that look like them.

use super::Lexer;
use crate::code::Code;
use crate::syntax::alike::{closes, quote};
use crate::syntax::token::TokenKind;

impl Lexer<'_> {
    /// A text that begins with this quotation mark.
    pub(super) fn literal(&mut self, open: char) {
        let start = self.at;
        let inside = start + open.len_utf8();
        let ends = |c: char| if open.is_ascii() && open != '`' { c == open } else { closes(open, c) };
        let mut escaped = false;
        let mut close = None;
        // The first mark that could have been meant.
        let mut similar = None;
        self.at = self.bytes.len();
        for (offset, c) in self.text[inside..].char_indices() {
            let at = inside + offset;
            match c {
                '\n' => {
                    self.at = at;
                    break;
                }
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                c if ends(c) => {
                    close = Some((at, c));
                    break;
                }
                c if similar.is_none() && closes(open, c) => similar = Some((at, c)),
                _ => {}
            }
        }
        if let Some((at, mark)) = close.or(similar) {
            self.at = at + mark.len_utf8();
            if !(open == mark && matches!(open, '"' | '\'')) {
                self.odd_quotes(start, open, mark);
            }
        } else {
            let message = "unterminated string".to_owned();
            let help = "a string ends on the line on which it begins; write `\\n` for a line break";
            self.fault(Code::E011, start, message, "begins here", Some(help.to_owned()));
        }
        self.push(TokenKind::Literal, start);
    }

    /// Reports the quotation marks of the text from `start` to here.
    fn odd_quotes(&mut self, start: usize, open: char, close: char) {
        let right = quote(open).unwrap_or('"');
        let odd = [open, close].into_iter().find(|mark| *mark != right).unwrap_or(open);
        let message = match odd {
            '`' => "strings are not written in backticks".to_owned(),
            _ => format!("`{odd}` looks like `{right}` but is a different character"),
        };
        let inner = self.text.get(start + open.len_utf8()..self.at - close.len_utf8()).unwrap_or_default();
        let mut text = String::from(right);
        let mut escaped = false;
        for c in inner.chars() {
            if c == right && !escaped {
                text.push('\\');
            }
            escaped = c == '\\' && !escaped;
            text.push(c);
        }
        text.push(right);
        let help = if text.chars().count() > 60 { format!("write `{right}`") } else { format!("write `{text}`") };
        self.fault(Code::E016, start, message, "", Some(help));
        self.fix(&text);
    }
}
