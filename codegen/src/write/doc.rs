//! Doc comments, as rustdoc takes them.

/// The comment as `///` lines, each after `indent`.
///
/// rustdoc runs indented lines and fenced code as Rust tests; IDL comments hold neither Rust nor tests.
pub(crate) fn lines(doc: Option<&str>, indent: &str) -> String {
    let mut text = String::new();
    let mut fenced = false;
    for line in doc.into_iter().flat_map(str::lines) {
        let line = line.replace(['\r', '\0'], " ").replace('\t', "    ").replace(turns_text, "");
        let body = line.trim();
        let depth = line.len() - line.trim_start().len();
        let fence = body.starts_with("```") || body.starts_with("~~~");
        let shown = match (fence, fenced) {
            (true, false) => format!("{}text", &body[..3]),
            (true, true) => body.to_owned(),
            (false, true) => line.trim_end().to_owned(),
            (false, false) => format!("{}{body}", " ".repeat(depth.min(3))),
        };
        fenced ^= fence;
        let line = format!("{indent}/// {shown}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Whether a character turns the direction of the text after it. rustc refuses comments that hold one.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_in_comments_is_no_test() {
        let doc = "Says hello.\n\n    let x = 1;\n```\nfoo()\n```\n - a\t";
        assert_eq!(
            lines(Some(doc), "  "),
            "  /// Says hello.\n  ///\n  ///    let x = 1;\n  /// ```text\n  /// foo()\n  /// ```\n  ///  - a\n"
        );
        assert_eq!(lines(None, ""), "");
        assert_eq!(lines(Some("a \u{202e}b\u{2069} c"), ""), "/// a b c\n");
    }
}
