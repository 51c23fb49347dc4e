//! Windows' newlines and byte order marks: put aside for an edit, and back afterwards.

use std::borrow::Cow;

const MARK: char = '\u{feff}';

/// How a text ends its lines, and what stands before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Newlines {
    windows: bool,
    mark: bool,
}

impl Newlines {
    /// Looks at a text. One that mixes both kinds of newlines counts as plain, and stays as it is.
    pub fn of(text: &str) -> Self {
        // Most texts have none, which is quickly seen.
        let windows = text.contains('\r') && {
            let all = text.matches('\n').count();
            all > 0 && text.matches("\r\n").count() == all
        };
        Self { windows, mark: text.starts_with(MARK) }
    }

    /// The text with plain newlines and without a mark.
    pub fn plain(self, text: &str) -> Cow<'_, str> {
        let text = if self.mark { text.trim_start_matches(MARK) } else { text };
        if self.windows { text.replace("\r\n", "\n").into() } else { text.into() }
    }

    /// A plain text in the form that was found.
    pub fn restore(self, text: String) -> String {
        let text = if self.windows { text.replace('\n', "\r\n") } else { text };
        if self.mark { format!("{MARK}{text}") } else { text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_as_it_was() {
        for text in ["", "a", "a\nb\n", "a\r\nb\r\n", "a\r\nb\n", "\u{feff}a\r\n", "\u{feff}a\n"] {
            let newlines = Newlines::of(text);
            assert_eq!(newlines.restore(newlines.plain(text).into_owned()), text);
        }
        assert_eq!(Newlines::of("\u{feff}a\r\n").plain("\u{feff}a\r\n"), "a\n");
    }
}
