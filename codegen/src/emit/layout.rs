//! How generated text is laid out: pure.

/// A definition as pilota-build writes it, indented, with spaces and empty lines where rustfmt has them.
pub(super) fn tidy(definition: &str) -> String {
    let mut text = String::with_capacity(definition.len());
    let mut depth: usize = 0;
    let mut is_apart = false;
    for line in definition.lines().map(str::trim) {
        if line.is_empty() {
            is_apart = depth == 0 && !text.is_empty();
            continue;
        }
        if is_apart {
            text.push('\n');
        }
        is_apart = false;
        let is_code = !line.starts_with("//") && !line.starts_with('#');
        if is_code && line.starts_with('}') {
            depth = depth.saturating_sub(1);
        }
        text.push_str(&"    ".repeat(depth));
        if is_code {
            // An arm of a union: `Name (Type),`.
            let (name, rest) = line.split_once(" (").unwrap_or((line, ""));
            text.push_str(name);
            text.push_str(if rest.is_empty() { "" } else { "(" });
            text.push_str(rest);
        } else {
            text.push_str(line);
        }
        text.push('\n');
        if is_code && line.ends_with('{') {
            depth += 1;
        }
    }
    text
}

/// The text with `indent` before each line that is not empty.
pub(super) fn indented(text: &str, indent: &str) -> String {
    let mut indented = String::with_capacity(text.len() + text.len() / 8);
    for line in text.lines() {
        if !line.is_empty() {
            indented.push_str(indent);
            indented.push_str(line);
        }
        indented.push('\n');
    }
    indented
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_are_indented_and_without_gaps() {
        let union = "\n\n   #[derive(Clone)]\n pub enum U {\n\n      /// A { (b)\n\n  #[doc(hidden)]\n A (i32),\n }\n\n\n impl U {\n fn f() {\n 1\n }\n }\n\n";
        assert_eq!(
            tidy(union),
            "#[derive(Clone)]\npub enum U {\n    /// A { (b)\n    #[doc(hidden)]\n    A(i32),\n}\n\nimpl U {\n    fn f() {\n        1\n    }\n}\n"
        );
    }

    #[test]
    fn empty_lines_stay_empty() {
        assert_eq!(indented("a\n\n b", "  "), "  a\n\n   b\n");
    }
}
