//! A file as text and as syntax, and the way from one to the other.

use std::ops::Range;
use std::str::FromStr;

use proc_macro2::{LineColumn, TokenStream, TokenTree};
use syn::spanned::Spanned;

use super::ParseError;

/// Brackets in brackets that are parsed; more than this could exhaust the stack.
const DEPTH: usize = 100;

/// Forgets the spans of this thread when it goes: they are kept for all texts that were ever parsed otherwise, which
/// a long run would feel.
pub(super) struct Spans;

impl Drop for Spans {
    fn drop(&mut self) {
        proc_macro2::extra::invalidate_current_thread_spans();
    }
}

/// The text of a file that was parsed.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    /// Where what was parsed begins: behind the byte order mark and the line with `#!`.
    pub(super) base: usize,
    /// How its lines end.
    pub(super) newline: &'static str,
    /// What a level of indentation adds.
    pub(super) step: &'static str,
}

/// How many things that could stand at a place are named: syn knows dozens.
const NAMED: usize = 4;

/// syn's message, without the tail of a long list.
fn brief(message: &str) -> String {
    let Some(list) = message.strip_prefix("expected one of: ") else { return message.to_owned() };
    let all: Vec<&str> = list.split(", ").collect();
    if all.len() <= NAMED {
        return message.to_owned();
    }
    format!("expected one of: {} or {} others", all[..NAMED].join(", "), all.len() - NAMED)
}

impl<'a> Source<'a> {
    /// Parses a file.
    pub(super) fn parse(text: &'a str) -> Result<(Self, syn::File), ParseError> {
        let base = base(text);
        let content = text.get(base..).unwrap_or_default();
        let at = |place: LineColumn, message: String| {
            // A line that was left out has its line break before `base`.
            let skipped = text.get(..base).unwrap_or_default().matches('\n').count();
            ParseError { line: place.line + skipped, column: place.column + 1, message }
        };
        let tokens = TokenStream::from_str(content)
            .map_err(|error| at(error.span().start(), "unbalanced bracket or quote, or unexpected character".into()))?;
        if let Some(place) = too_deep(&tokens) {
            return Err(at(place, format!("nested more than {DEPTH} levels deep")));
        }
        let file = syn::parse2(tokens).map_err(|error| {
            let span = error.span();
            let place = if span.byte_range() == (0..0) { end(content) } else { span.start() };
            at(place, brief(&error.to_string()))
        })?;
        let crlf = text.matches("\r\n").count();
        let newline = if crlf * 2 > text.matches('\n').count() { "\r\n" } else { "\n" };
        Ok((Self { text, base, newline, step: step(text) }, file))
    }

    /// What was parsed, as tokens: also what is in macros, which have no syntax. Their places begin at `base`.
    pub(super) fn tokens(&self) -> Vec<TokenTree> {
        let tokens: TokenStream = self.slice(self.base..self.text.len()).parse().unwrap_or_default();
        tokens.into_iter().collect()
    }

    /// Where a piece of syntax stands.
    pub(super) fn range(&self, node: &impl Spanned) -> Range<usize> {
        let range = node.span().byte_range();
        range.start + self.base..range.end + self.base
    }

    /// The text there.
    pub(super) fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    /// The text of a piece of syntax.
    pub(super) fn node(&self, node: &impl Spanned) -> &'a str {
        self.slice(self.range(node))
    }

    /// Where the line begins that has this place.
    pub(super) fn line_start(&self, at: usize) -> usize {
        self.slice(0..at).rfind('\n').map_or(if at < self.base { 0 } else { self.mark() }, |found| found + 1)
    }

    /// Where the line ends that has this place: before its line break.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let rest = self.slice(at..self.text.len());
        let end = at + rest.find('\n').unwrap_or(rest.len());
        if end > at && self.slice(at..end).ends_with('\r') { end - 1 } else { end }
    }

    /// The beginning of the next line.
    pub(super) fn next_line(&self, at: usize) -> usize {
        let rest = self.slice(at..self.text.len());
        at + rest.find('\n').map_or(rest.len(), |found| found + 1)
    }

    /// The blanks that the line of this place begins with.
    pub(super) fn indent(&self, at: usize) -> &'a str {
        let line = self.slice(self.line_start(at)..self.text.len());
        let end = line.find(|c| c != ' ' && c != '\t').unwrap_or(line.len());
        line.get(..end).unwrap_or_default()
    }

    /// Whether nothing but blanks stands before this place on its line.
    pub(super) fn begins_line(&self, at: usize) -> bool {
        self.slice(self.line_start(at)..at).trim().is_empty()
    }

    /// Whether nothing but blanks, or a comment up to the line's end, stands behind this place on its line.
    pub(super) fn ends_line(&self, at: usize) -> bool {
        let rest = self.slice(at..self.line_end(at)).trim_start();
        rest.is_empty() || rest.starts_with("//")
    }

    /// The length of the byte order mark.
    fn mark(&self) -> usize {
        if self.text.starts_with(MARK) { MARK.len_utf8() } else { 0 }
    }
}

const MARK: char = '\u{feff}';

/// Where Rust begins. A first line with `#!` is none, unless it begins an attribute.
fn base(text: &str) -> usize {
    let content = text.strip_prefix(MARK).unwrap_or(text);
    let mark = text.len() - content.len();
    let is_shebang = content.strip_prefix("#!").is_some_and(|rest| !rest.trim_start().starts_with('['));
    mark + if is_shebang { content.find('\n').unwrap_or(content.len()) } else { 0 }
}

fn too_deep(tokens: &TokenStream) -> Option<LineColumn> {
    let mut open = vec![tokens.clone().into_iter()];
    let mut signs = 0;
    while let Some(top) = open.last_mut() {
        match top.next() {
            Some(TokenTree::Group(group)) => {
                if open.len() >= DEPTH {
                    return Some(group.span_open().start());
                }
                signs = 0;
                open.push(group.stream().into_iter());
            }
            // `!!!!!` is as deep as it is long.
            Some(TokenTree::Punct(sign)) => {
                signs += 1;
                if signs > DEPTH {
                    return Some(sign.span().start());
                }
            }
            Some(_) => signs = 0,
            None => {
                open.pop();
            }
        }
    }
    None
}

fn end(text: &str) -> LineColumn {
    let text = text.trim_end();
    let line = text.matches('\n').count() + 1;
    let column = text.rsplit('\n').next().map_or(0, |last| last.chars().count());
    LineColumn { line, column }
}

/// How far the first indented line is that follows an open brace.
fn step(text: &str) -> &'static str {
    let mut opened = false;
    for line in text.lines() {
        let blanks = line.len() - line.trim_start().len();
        if opened && blanks > 0 && blanks < line.len() {
            return match line.chars().next() {
                Some('\t') => "\t",
                _ if blanks == 2 => "  ",
                _ => "    ",
            };
        }
        opened = line.trim_end().ends_with('{');
    }
    "    "
}
