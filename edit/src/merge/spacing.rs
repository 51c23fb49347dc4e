//! The spacing of Rust: what rustfmt changes. Two texts of the same words differ in it alone.

use std::ops::Range;

use proc_macro2::{TokenStream, TokenTree};

use super::choose::differences;

/// A text as words, which are tokens and comments, with the spacing before each of them and after the last.
struct Words<'a> {
    words: Vec<&'a str>,
    gaps: Vec<&'a str>,
}

/// `text` with the spacing of `like` wherever both have the same two words beside each other. A comma before a closing
/// bracket counts as spacing, as it does for rustfmt. `None` if one of them is no Rust.
pub(super) fn spaced_like(text: &str, like: &str) -> Option<String> {
    let (mut text, like) = (Words::of(text)?, Words::of(like)?);
    let found = differences(&text.words, &like.words);
    let (mut at, mut at_like) = (0, 0);
    let ends = (text.words.len(), like.words.len());
    let all = found.iter().map(|one| (one.old.clone(), one.new.clone()));
    for (old, new) in all.chain([(ends.0..ends.0, ends.1..ends.1)]) {
        // The gap before the first word of a part belongs to the change, except where the text begins or ends.
        for place in 0..=(old.start.saturating_sub(at)) {
            let (here, there) = (at + place, at_like + place);
            let is_inner = place > 0 && here < old.start;
            let is_edge =
                (here == 0 && there == 0 && old.start > 0) || (here == ends.0 && there == ends.1 && here > at);
            if (is_inner || is_edge)
                && let (Some(gap), Some(like)) = (text.gaps.get_mut(here), like.gaps.get(there))
            {
                *gap = like;
            }
        }
        (at, at_like) = (old.end, new.end);
    }
    let words = text.words.iter().copied().chain([""]);
    Some(text.gaps.iter().copied().zip(words).flat_map(|(gap, word)| [gap, word]).collect())
}

impl<'a> Words<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let mut ranges = Vec::new();
        tokens(text.parse().ok()?, &mut ranges);
        let mut words: Vec<Range<usize>> = Vec::new();
        let mut at = 0;
        for range in ranges {
            // A comment of documentation is several tokens at one place.
            if range.start < at || range.is_empty() {
                continue;
            }
            comments(text, at..range.start, &mut words)?;
            at = range.end;
            words.push(range);
        }
        comments(text, at..text.len(), &mut words)?;

        let word = |range: &Range<usize>| text.get(range.clone());
        let is_closing = |range: &Range<usize>| matches!(word(range), Some(")" | "]" | "}"));
        let mut kept: Vec<Range<usize>> = Vec::new();
        for (place, range) in words.iter().enumerate() {
            let is_last_comma = word(range) == Some(",") && words.get(place + 1).is_some_and(is_closing);
            if !is_last_comma {
                kept.push(range.clone());
            }
        }
        let mut gaps = Vec::new();
        let mut at = 0;
        for range in &kept {
            gaps.push(text.get(at..range.start)?);
            at = range.end;
        }
        gaps.push(text.get(at..)?);
        Some(Self { words: kept.iter().map(word).collect::<Option<_>>()?, gaps })
    }
}

/// Where the tokens are, brackets included.
fn tokens(stream: TokenStream, found: &mut Vec<Range<usize>>) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) => {
                found.push(group.span_open().byte_range());
                tokens(group.stream(), found);
                found.push(group.span_close().byte_range());
            }
            other => found.push(other.span().byte_range()),
        }
    }
}

/// The comments in a part of a text that holds nothing else but spaces.
fn comments(text: &str, part: Range<usize>, found: &mut Vec<Range<usize>>) -> Option<()> {
    let mut at = part.start;
    loop {
        let rest = text.get(at..part.end)?;
        let Some(begin) = rest.find(|c: char| !c.is_whitespace()) else { return Some(()) };
        let rest = rest.get(begin..)?;
        let length = if rest.starts_with("/*") {
            let mut depth = 0_usize;
            let mut end = 0;
            while depth > 0 || end == 0 {
                let rest = rest.get(end..)?;
                if rest.starts_with("/*") {
                    (depth, end) = (depth + 1, end + 2);
                } else if rest.starts_with("*/") {
                    (depth, end) = (depth.checked_sub(1)?, end + 2);
                } else {
                    end += rest.chars().next()?.len_utf8();
                }
            }
            end
        } else {
            rest.find('\n').map_or(rest.len(), |end| rest.get(..end).map_or(end, |line| line.trim_end().len()))
        };
        found.push(at + begin..at + begin + length);
        at += begin + length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: &str = "// why\nfn f(a: i32, b: i32) -> i32 { g(a, b) /* both */ }\n";
    const LONG: &str = "// why\nfn f(\n    a: i32,\n    b: i32,\n) -> i32 {\n    g(a, b) /* both */\n}\n";

    #[test]
    fn a_text_takes_the_spacing_of_another() {
        assert_eq!(spaced_like(SHORT, LONG).as_deref(), Some(LONG));
        assert_eq!(spaced_like(LONG, SHORT).as_deref(), Some(SHORT));
    }

    #[test]
    fn words_that_the_other_lacks_stay() {
        let text = SHORT.replace("g(a", "h(a");
        assert_eq!(spaced_like(&text, LONG), Some(LONG.replace("\n    g(a", " h(a")));
        let text = SHORT.replace("b: i32", "b: i32, c: i64");
        assert_eq!(spaced_like(&text, LONG), Some(LONG.replace("b: i32,\n", "b: i32, c: i64")));
    }

    #[test]
    fn comments_are_words() {
        let text = SHORT.replace("why", "because");
        assert_eq!(spaced_like(&text, LONG), Some(LONG.replace("why", "because")));
    }

    #[test]
    fn what_is_no_rust_has_no_spacing() {
        assert_eq!(spaced_like("fn f(", LONG), None);
        assert_eq!(spaced_like("", "\n").as_deref(), Some(""));
    }
}
