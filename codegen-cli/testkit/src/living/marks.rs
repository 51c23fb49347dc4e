//! Lines that are the user's: each has a word that stands nowhere else.

use std::collections::BTreeMap;

/// The files of a project, by path.
pub type Files = BTreeMap<String, String>;

/// The lines with a mark, by path, in their order, byte for byte.
pub type Lines = BTreeMap<String, Vec<String>>;

/// The word of a number.
pub fn mark(number: usize) -> String {
    format!("mark_{number}_")
}

/// The marks in a text, in their order.
pub fn words(text: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.split(|c| !is_word(c)).filter(|word| word.starts_with("mark_")).collect()
}

/// The user's lines in a text.
pub fn lines_of(text: &str) -> Vec<String> {
    text.split_inclusive('\n').filter(|line| line.contains("mark_")).map(str::to_owned).collect()
}

/// The user's lines in all files.
pub fn lines(files: &Files) -> Lines {
    let found = files.iter().map(|(path, text)| (path.clone(), lines_of(text)));
    found.filter(|(path, lines)| !lines.is_empty() && path != "volplane.lock").collect()
}

/// The same where methods that are gone are comments: without the comments' signs.
pub fn uncommented(files: &Files) -> Lines {
    let mut found = lines(files);
    for line in found.values_mut().flatten() {
        let blanks = line.len() - line.trim_start().len();
        if line[blanks..].starts_with("// ") {
            line.replace_range(blanks..blanks + 3, "");
        }
    }
    found
}

/// Whether a file that has a grammar follows it.
///
/// # Errors
/// What is wrong.
pub fn parses(path: &str, text: &str) -> Result<(), String> {
    if path.ends_with(".rs") {
        syn::parse_file(text).map(drop).map_err(|error| error.to_string())
    } else if path.ends_with(".toml") {
        text.parse::<toml_edit::DocumentMut>().map(drop).map_err(|error| error.to_string())
    } else {
        Ok(())
    }
}
