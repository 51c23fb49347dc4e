//! How a method begins, as rustfmt breaks it.

/// The width that a project's rustfmt.toml gives to a line, in columns.
pub const WIDTH: usize = 120;

/// Where a method stands in its file.
#[derive(Clone, Copy, Debug)]
pub struct Layout<'a> {
    /// What stands before `async fn`: blanks or tabs.
    pub indent: &'a str,
    /// What one more level adds.
    pub step: &'a str,
    /// `"\n"` or `"\r\n"`.
    pub newline: &'a str,
}

impl Layout<'static> {
    /// A method in an `impl` at the beginning of a line.
    pub const METHOD: Self = Layout { indent: "    ", step: "    ", newline: "\n" };
}

/// A method up to its brace: on one line, or with one parameter a line. `head` is `async fn echo`, `parameters` begin
/// with `&self`, an empty `output` is left out. Lines behind the first have their indentation.
pub fn signature(head: &str, parameters: &[String], output: &str, layout: &Layout<'_>) -> String {
    let Layout { indent, step, newline } = layout;
    let arrow = if output.is_empty() { String::new() } else { format!(" -> {output}") };
    let line = format!("{head}({}){arrow}", parameters.join(", "));
    if columns(indent) + columns(&line) + " {".len() <= WIDTH {
        return line;
    }
    let broken: String = parameters.iter().map(|parameter| format!("{indent}{step}{parameter},{newline}")).collect();
    format!("{head}({newline}{broken}{indent}){arrow}")
}

/// Names for parameters that nothing uses yet: with an underscore before each, or more where another has that name;
/// `taken` are names of others.
pub fn unused<'a>(idents: impl IntoIterator<Item = &'a str>, taken: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for ident in idents {
        let mut name = format!("_{}", ident.trim_start_matches("r#"));
        while taken.contains(&name.as_str()) || names.contains(&name) {
            name.insert(0, '_');
        }
        names.push(name);
    }
    names
}

/// The lines of a doc comment.
pub fn doc_lines(doc: Option<&str>) -> Vec<String> {
    doc.map(|doc| doc.lines().map(|line| line.trim_end().to_owned()).collect()).unwrap_or_default()
}

fn columns(text: &str) -> usize {
    text.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_signature_has_one_parameter_a_line() {
        let long = ["&self".to_owned(), format!("_a: {}", "A".repeat(90))];
        let text = signature("async fn long", &long, "Result<(), ServerError>", &Layout::METHOD);
        let begins: Vec<&str> = text.lines().map(|line| line.get(..8).unwrap_or(line)).collect();
        assert_eq!(begins, ["async fn", "        ", "        ", "    ) ->"]);
        let short = signature("async fn short", &long[..1], "Result<(), ServerError>", &Layout::METHOD);
        assert!(!short.contains('\n'));
    }

    #[test]
    fn a_parameter_that_nothing_uses_has_a_name_of_its_own() {
        assert_eq!(unused(["r#type", "_type", "x"], &["_x"]), ["_type", "__type", "__x"]);
    }
}
