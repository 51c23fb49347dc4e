//! JSON with a line for each element of a list, down to the fields of a definition: short enough for millions of
//! spans, and what changes between two versions of an IDL is seen in a comparison by lines.

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;
use std::io::{self, Write};

/// Lists in so many others have a line for each element: files, definitions, fields, arguments.
const DEPTH: usize = 4;

/// The value as such JSON, with a line break at the end.
///
/// # Errors
/// When the value can't be JSON.
pub(super) fn to_string(value: &impl Serialize) -> serde_json::Result<String> {
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, Lines { depth: 0 }))?;
    bytes.push(b'\n');
    // What is written is UTF-8: keys and texts were strings.
    String::from_utf8(bytes).map_err(serde::ser::Error::custom)
}

/// Breaks lines in lists only.
struct Lines {
    /// How many lists are open.
    depth: usize,
}

impl Lines {
    fn line<W: ?Sized + Write>(&self, writer: &mut W) -> io::Result<()> {
        if self.depth <= DEPTH { writer.write_all(b"\n    ".get(..=self.depth).unwrap_or(b"\n")) } else { Ok(()) }
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        writer.write_all(b"[")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        self.line(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        writer.write_all(b"]")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}
