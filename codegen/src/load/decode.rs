//! Bytes to text. What is not UTF-8 is replaced and reported: an error in the text, a warning in a comment.

use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::span::{FileId, Span};
use crate::syntax::lex::Lexed;

/// A text, and where it has U+FFFD in place of invalid bytes.
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) replaced: Vec<u32>,
}

pub(super) fn decode(bytes: Vec<u8>) -> Decoded {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Decoded { text, replaced: Vec::new() },
        Err(error) => error.into_bytes(),
    };
    let mut text = String::with_capacity(bytes.len());
    let mut replaced = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            replaced.push(text.len() as u32);
            text.push('\u{fffd}');
        }
    }
    Decoded { text, replaced }
}

impl Decoded {
    /// At most one error, at the first invalid byte outside of comments, and one warning for the comments.
    pub(super) fn report(&self, file: FileId, lexed: &Lexed) -> Vec<Diagnostic> {
        let comment = |at: u32| {
            let after = lexed.comments.partition_point(|comment| comment.end <= at);
            lexed.comments.get(after).is_some_and(|comment| comment.start <= at)
        };
        let (comments, text): (Vec<u32>, Vec<u32>) = self.replaced.iter().partition(|at| comment(**at));
        let place = |at: u32| Span { file, start: at, end: at + '\u{fffd}'.len_utf8() as u32 };
        let found = |code, places: &[u32], what: &str| {
            let first = *places.first()?;
            let label = match places.len() {
                1 => String::new(),
                2 => "and in 1 more place".to_owned(),
                count => format!("and in {} more places", count - 1),
            };
            let message = format!("{what} has bytes that are not UTF-8");
            Some(Diagnostic::at(code, place(first), message, label).help("save the file as UTF-8"))
        };
        let text = found(Code::E003, &text, "the text");
        text.into_iter().chain(found(Code::W008, &comments, "a comment")).collect()
    }
}
