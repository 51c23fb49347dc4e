//! Whether rendered texts are what their names say.

use super::{RenderedFile, TemplateError, Templates};

/// A file that is not valid Rust or TOML, as its extension requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    /// Its path in the project.
    pub(crate) path: String,
    /// The error, as one of its template.
    pub(crate) error: TemplateError,
}

/// The files that are no Rust or no TOML.
pub(in crate::plan) fn unreadable(made: &[RenderedFile], templates: &Templates) -> Vec<Unreadable> {
    let wrong = made.iter().filter_map(|RenderedFile { file, template }| {
        let (line, language, message) = wrong(&file.path, &file.text)?;
        let shown = file.text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim();
        // The template's own line is known only if it has the same text: values, loops and conditions change lines.
        let place = templates.text(template).lines().position(|line| line.trim() == shown);
        let message = format!("{} is not valid {language}: line {line}, `{shown}`: {message}", file.path);
        let error = TemplateError { file: template.clone(), line: place.map_or(1, |place| place + 1), message };
        Some(Unreadable { path: file.path.to_string(), error })
    });
    wrong.collect()
}

/// The line of the first error, the language, and the message.
fn wrong(path: &str, text: &str) -> Option<(usize, &'static str, String)> {
    if path.ends_with(".rs") {
        let error = syn::parse_file(text).err()?;
        let message = match error.to_string().as_str() {
            // What the lexer of Rust says about all that it can't read.
            "cannot parse string into token stream" | "lex error" => "unbalanced brackets or quotes".to_owned(),
            other => other.to_owned(),
        };
        Some((error.span().start().line, "Rust", message))
    } else if path.ends_with(".toml") {
        let error = toml_edit::Document::parse(text).err()?;
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        Some((1 + before.matches('\n').count(), "TOML", error.message().trim_end().to_owned()))
    } else {
        None
    }
}
