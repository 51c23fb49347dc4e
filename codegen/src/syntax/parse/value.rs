//! Constants.

use super::{Parsed, Parser};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::syntax::literal::integer;
use crate::syntax::token::{Keyword, Symbol, TokenKind};
use crate::syntax::tree::{MAX_DEPTH, Number, ValueNode, ValueNodeKind};

impl Parser<'_> {
    /// A constant of any type.
    pub(super) fn value(&mut self) -> Parsed<ValueNode> {
        self.nested_value(0)
    }

    fn nested_value(&mut self, depth: usize) -> Parsed<ValueNode> {
        let start = self.span();
        let text = self.text_of(start);
        let kind = match self.kind() {
            TokenKind::Int => self.integer()?.value.map_or(ValueNodeKind::Unknown, ValueNodeKind::Int),
            TokenKind::Double => {
                self.bump();
                self.double(start)
            }
            TokenKind::Malformed => {
                self.bump();
                ValueNodeKind::Unknown
            }
            TokenKind::Literal => ValueNodeKind::String(self.literal("a value")?.text),
            TokenKind::Keyword(Keyword::True | Keyword::False) => {
                self.bump();
                ValueNodeKind::Bool(text == "true")
            }
            TokenKind::Name => {
                self.bump();
                if self.is(Symbol::OpenBrace) && !self.token(0).first_on_line {
                    self.dialect_struct_value(start);
                    ValueNodeKind::Unknown
                } else {
                    ValueNodeKind::Name(text.to_owned())
                }
            }
            TokenKind::Symbol(Symbol::OpenBracket | Symbol::OpenBrace) if depth >= MAX_DEPTH => {
                self.too_deep(start, "value");
                self.skip_brackets();
                self.hush();
                ValueNodeKind::Unknown
            }
            TokenKind::Symbol(Symbol::OpenBracket) => self.list(depth)?,
            TokenKind::Symbol(Symbol::OpenBrace) => self.map(depth)?,
            TokenKind::Keyword(_) if !self.at_definition() => {
                // `type.class` and the like lex as one name; a bare keyword is never a constant.
                return Err(self.complain(Diagnostic::at(
                    Code::E022,
                    start,
                    format!("`{text}` is a keyword and can't be a value"),
                    "expected a value",
                )));
            }
            _ => return Err(self.expected("a value")),
        };
        Ok(ValueNode { kind, span: self.since(start) })
    }

    fn double(&mut self, span: Span) -> ValueNodeKind {
        let text = self.text_of(span);
        match text.parse() {
            Ok(value) if f64::is_finite(value) => ValueNodeKind::Double(value),
            _ => {
                let message = format!("{text} does not fit into a double");
                self.report(
                    Diagnostic::at(Code::E052, span, message, "").help("a double holds up to 1.7976931348623157e308"),
                );
                ValueNodeKind::Unknown
            }
        }
    }

    fn list(&mut self, depth: usize) -> Parsed<ValueNodeKind> {
        let open = self.span();
        self.bump();
        let mut elements = Vec::new();
        while self.eat(Symbol::CloseBracket).is_none() {
            self.check_open(open, "this list", elements.is_empty())?;
            elements.push(self.nested_value(depth + 1)?);
            if self.is(Symbol::Colon) && elements.len() == 1 {
                let message = "`:` in a list";
                return Err(self.complain(
                    Diagnostic::at(Code::E020, self.span(), message, "")
                        .label(open, "a list begins here")
                        .help("write a map in braces, as in `{\"key\": 1}`"),
                ));
            }
            self.eat_separator();
        }
        Ok(ValueNodeKind::List(elements))
    }

    fn map(&mut self, depth: usize) -> Parsed<ValueNodeKind> {
        let open = self.span();
        self.bump();
        let mut entries = Vec::new();
        while self.eat(Symbol::CloseBrace).is_none() {
            self.check_open(open, "this map", entries.is_empty())?;
            let key = self.nested_value(depth + 1)?;
            let is_list =
                matches!(self.kind(), TokenKind::Symbol(Symbol::Comma | Symbol::Semicolon | Symbol::CloseBrace));
            if is_list && entries.is_empty() {
                return Err(self.complain(
                    Diagnostic::at(Code::E020, key.span, "this value in a map has no key", "")
                        .label(open, "a map begins here")
                        .help("write a list or a set in brackets, as in `[1, 2]`"),
                ));
            }
            self.expect(Symbol::Colon)?;
            entries.push((key, self.nested_value(depth + 1)?));
            self.eat_separator();
        }
        Ok(ValueNodeKind::Map(entries))
    }

    /// Reports an unclosed bracket where no further element can follow.
    fn check_open(&mut self, open: Span, what: &str, empty: bool) -> Parsed<()> {
        let closes =
            matches!(self.kind(), TokenKind::Symbol(Symbol::CloseBrace | Symbol::CloseBracket | Symbol::CloseParen));
        let separates = matches!(self.kind(), TokenKind::Symbol(Symbol::Comma | Symbol::Semicolon)) && !empty;
        if self.kind() == TokenKind::End || self.at_definition() || closes || separates {
            return Err(if separates { self.expected("a value") } else { self.unclosed(open, what) });
        }
        Ok(())
    }

    /// An integer token's value; one that is too big is reported and has none.
    pub(super) fn integer(&mut self) -> Parsed<Number> {
        let span = self.span();
        match self.kind() {
            TokenKind::Int => self.bump(),
            TokenKind::Malformed => {
                self.bump();
                return Ok(Number { value: None, span });
            }
            _ => return Err(self.expected("an integer")),
        };
        let text = self.text_of(span);
        let digits = text.trim_start_matches(['+', '-']);
        let octal_digits = digits.strip_prefix("0o").or_else(|| digits.strip_prefix("0O"));
        if octal_digits.is_some() {
            let decimal = integer(text).map(|value| value.to_string());
            let shown = decimal.as_deref().unwrap_or("a smaller number");
            self.report(
                Diagnostic::at(Code::W004, span, format!("`{text}` is an octal number"), "")
                    .help(format!("write {shown} or hex: Apache's compiler doesn't know `0o`"))
                    .fix_with(span, decimal),
            );
        } else if digits.starts_with("0X") {
            let lower = text.replacen('X', "x", 1);
            self.report(
                Diagnostic::at(Code::W004, span, format!("`{text}` has a capital `X`"), "")
                    .help(format!("write `{lower}`: Apache's compiler doesn't know `0X`"))
                    .fix(span, lower),
            );
        } else if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let plain = digits.trim_start_matches('0');
            let plain = if plain.is_empty() { "0" } else { plain };
            let warning =
                Diagnostic::at(Code::W010, span, format!("`{text}` is read as the decimal number {plain}"), "");
            self.report(warning.help(format!("write `{plain}`; an octal number is written in decimal or hex")));
        }
        let value = integer(text);
        if value.is_none() {
            self.report(
                Diagnostic::at(Code::E015, span, format!("{text} does not fit into a signed 64-bit integer"), "")
                    .help("integers go from -9223372036854775808 to 9223372036854775807"),
            );
        }
        Ok(Number { value, span })
    }
}
