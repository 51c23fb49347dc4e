//! The texts of one run, and the positions of bytes in them.

use serde::Serialize;

use crate::span::{FileId, Span};

/// The files that were read, in the order of [`FileId`].
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

/// One text and the path under which it was read.
#[derive(Clone, Debug)]
pub struct Source {
    path: String,
    text: String,
    /// The byte at which each line begins.
    lines: Vec<u32>,
    /// The bytes with which no character begins, ascending, so that a column is found without a look at the line.
    continued: Vec<u32>,
}

/// A position in lines and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1, in Unicode characters.
    pub column: u32,
}

/// Where a span begins and ends, as JSON has it: as [`Position`]s and as bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Extent {
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    start: u32,
    end: u32,
}

impl Sources {
    /// Takes the texts; the first is [`FileId`] 0.
    pub fn new(files: Vec<Source>) -> Self {
        Self { files }
    }

    /// The file with this id, if the id is of this run.
    pub fn file(&self, id: FileId) -> Option<&Source> {
        self.files.get(id.0 as usize)
    }

    /// Every file with its id.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        (0..).map(FileId).zip(&self.files)
    }

    /// Path, first and last place of a span.
    pub fn locate(&self, span: Span) -> Option<(&str, Position, Position)> {
        let source = self.file(span.file)?;
        Some((&source.path, source.position(span.start), source.position(span.end)))
    }

    /// Path and extent of a span.
    pub(crate) fn extent(&self, span: Span) -> Option<(&str, Extent)> {
        let (path, start, end) = self.locate(span)?;
        let extent = Extent {
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            start: span.start,
            end: span.end,
        };
        Some((path, extent))
    }
}

impl Source {
    /// Keeps a text with its path.
    pub fn new(path: String, text: String) -> Self {
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        let continues = |byte: u8| byte & 0b1100_0000 == 0b1000_0000;
        let continued =
            text.bytes().enumerate().filter(|(_, byte)| continues(*byte)).map(|(at, _)| at as u32).collect();
        Self { path, text, lines, continued }
    }

    /// The path as the user gave it, or joined from the includer's directory and the include line.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text. Bytes that were not UTF-8 are in it as U+FFFD.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lines from that of byte `start` to that of byte `end`, and two more: the number of the first, from 1, and
    /// its first byte, and the text of them all.
    pub(crate) fn lines_around(&self, start: u32, end: u32) -> (usize, usize, &str) {
        let line = |byte: u32| self.lines.partition_point(|start| *start <= byte).max(1);
        let (first, last) = (line(start), line(end));
        let begin = self.lines.get(first - 1).map_or(0, |byte| *byte as usize);
        let end = self.lines.get(last + 2).map_or(self.text.len(), |byte| *byte as usize);
        (first, begin, self.text.get(begin..end).unwrap_or_default())
    }

    /// The position of a byte; a byte after the end is at the end.
    pub fn position(&self, byte: u32) -> Position {
        let byte = byte.min(self.text.len() as u32);
        let line = self.lines.partition_point(|start| *start <= byte).max(1);
        let start = self.lines[line - 1];
        let before = |byte: u32| self.continued.partition_point(|at| *at < byte) as u32;
        Position { line: line as u32, column: byte - start - (before(byte) - before(start)) + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_at_line_feeds() {
        let source = Source::new("a".into(), "é = 1\r\nb".into());
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position(3), Position { line: 1, column: 3 });
        assert_eq!(source.position(8), Position { line: 2, column: 1 });
        assert_eq!(source.position(99), Position { line: 2, column: 2 });
    }
}
