//! Merges of Rust files: line by line, then held against the language.

use super::choose::refused;
use super::duplicates::duplicates;
use super::spacing::spaced_like;
use super::{Merged, merge_lines};

/// Merges plain texts. If both sides are valid Rust without duplicate names, the result is, too, or it has conflicts.
pub(super) fn merge(base: &str, yours: &str, ours: &str) -> Merged {
    let merged = merge_lines(base, yours, ours);
    let (Some(your_names), Some(our_names)) = (duplicates(yours), duplicates(ours)) else { return merged };
    let known = |name: &String| your_names.get(name).max(our_names.get(name)).copied().unwrap_or_default();
    let is_fine =
        |text: &str| duplicates(text).is_some_and(|names| names.iter().all(|(name, count)| *count <= known(name)));
    if merged.conflicts.is_empty() && is_fine(&merged.text) {
        return merged;
    }
    if let Some(spaced) = without_spacing(base, yours, ours)
        && (spaced.conflicts.len() < merged.conflicts.len() || merged.conflicts.is_empty())
        && (!spaced.conflicts.is_empty() || is_fine(&spaced.text))
    {
        return spaced;
    }
    if merged.conflicts.is_empty() { refused(yours, &merged.text, is_fine) } else { merged }
}

/// The merge of what the user has changed but for the spacing, with the user's spacing.
fn without_spacing(base: &str, yours: &str, ours: &str) -> Option<Merged> {
    let unspaced = spaced_like(yours, base)?;
    let merged = merge_lines(base, &unspaced, ours);
    if !merged.conflicts.is_empty() {
        return Some(merged);
    }
    Some(Merged { text: spaced_like(&merged.text, yours)?, ..merged })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "use a::{B, c};\n\nfn main() {\n    let x = serve(one, two, three);\n    x.run();\n}\n";

    #[test]
    fn another_spacing_of_a_changed_line_is_no_conflict() {
        let yours = BASE.replace("serve(one, two, three)", "serve(\n        one,\n        two,\n        three,\n    )");
        let ours = BASE.replace("three)", "three, four)").replace("{B, c}", "{B, C}");
        let merged = merge(BASE, &yours, &ours);
        let text = yours.replace("three,\n    )", "three, four)").replace("{B, c}", "{B, C}");
        assert_eq!(merged, Merged { text, conflicts: vec![] });
        // Only the spacing differs: all of volplane's change is in.
        let merged = merge(BASE, &yours, &BASE.replace("x.run()", "x.wait()"));
        assert_eq!(merged.text, yours.replace("x.run()", "x.wait()"));
    }

    #[test]
    fn a_changed_word_is_a_conflict_whatever_the_spacing() {
        let yours = BASE.replace("serve(one, two, three)", "serve(\n        one,\n        2,\n        three,\n    )");
        let merged = merge(BASE, &yours, &BASE.replace("two", "dos"));
        assert_eq!(merged.conflicts.len(), 1, "{}", merged.text);
    }

    #[test]
    fn a_name_that_both_put_at_two_places_is_to_be_chosen() {
        let base = "mod a;\n\nfn f() {}\n\nfn g() {}\n";
        let merged =
            merge(base, &base.replace("mod a;", "mod a;\nmod x;"), &format!("{base}\nmod x;\n\nfn h() {{}}\n"));
        assert_eq!(merged.conflicts, [7], "{}", merged.text);
        let merged = merge(base, &format!("fn h() {{}}\n\n{base}"), &format!("{base}\nfn h() {{}}\n"));
        assert_eq!(merged.conflicts.len(), 1, "{}", merged.text);
        // What stood twice before is the user's own affair.
        let base = "fn f() {}\nfn f() {}\n";
        assert!(merge(base, &format!("// mine\n{base}"), &format!("{base}fn g() {{}}\n")).conflicts.is_empty());
    }

    #[test]
    fn a_module_that_both_added_is_one_also_where_an_import_has_its_name() {
        let base = "use x::a;\n\n";
        let merged = merge(base, "mod a;\nuse x::{c, d};\n\n", "use x::a;\n\nmod a;\n");
        assert!(!merged.conflicts.is_empty(), "{}", merged.text);
    }

    #[test]
    fn what_does_not_parse_any_more_is_to_be_chosen() {
        let base = "fn f() {\n    if a {\n        b();\n    }\n    c();\n}\n";
        let yours = base.replace("    if a {\n        b();\n    }\n", "    b();\n");
        let ours = base.replace("        b();\n    }\n", "        b();\n    } else {\n        d();\n    }\n");
        let merged = merge(base, &yours, &ours);
        assert!(!merged.conflicts.is_empty(), "{}", merged.text);
    }
}
