//! Unified diffs, for people and for `patch`.

use diffy::{DiffOptions, PatchFormatter};

/// The changes of a file as a unified diff with colour; `None` stands for a file that is not there.
///
/// Whoever shows it where colour is not wanted takes the escape sequences out.
pub fn unified(path: &str, before: Option<&str>, after: Option<&str>) -> String {
    let name = |side: &str, text: Option<&str>| match text {
        Some(_) => format!("{side}/{path}"),
        None => "/dev/null".to_owned(),
    };
    let mut options = DiffOptions::new();
    options.set_original_filename(name("a", before)).set_modified_filename(name("b", after));
    let patch = options.create_patch(before.unwrap_or_default(), after.unwrap_or_default());
    PatchFormatter::new().with_color().suppress_blank_empty(false).fmt_patch(&patch).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_a_new_file_and_a_removed_one() {
        insta::assert_snapshot!(
            unified("x", Some("a\nb\n"), Some("a\nc\n")).escape_debug().to_string().replace("\\n", "\n")
        );
        assert!(unified("x", None, Some("a\n")).contains("/dev/null"));
        assert!(unified("x", Some("a\n"), None).contains("+++ /dev/null"));
    }
}
