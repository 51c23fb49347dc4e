//! Helpers for cases that contain one error each.

use std::path::PathBuf;
use volplane_build::internal::{Checked, Code, Diagnostic, MemorySource, MessageFormat, Severity, check, render};

/// Appended to each case.
pub const LATER: &str = "\nstruct Later {\n  1: Unknown later\n}\n";

pub fn checked(text: &str) -> Checked {
    let files = MemorySource::new()
        .with("main.thrift", text)
        .with("x.thrift", "struct B {}")
        .with("dir/x.thrift", "struct B {}");
    check(&[PathBuf::from("main.thrift")], &[], &files)
}

pub fn errors(checked: &Checked) -> Vec<&Diagnostic> {
    checked.diagnostics.iter().filter(|diagnostic| diagnostic.severity() == Severity::Error).collect()
}

pub fn shown(checked: &Checked) -> String {
    render(&checked.diagnostics, &checked.sources, MessageFormat::Human, false)
}

/// The text with every fix of a diagnostic made.
pub fn fixed(text: &str, diagnostic: &Diagnostic) -> String {
    let mut fixes: Vec<_> = diagnostic.fixes().iter().collect();
    fixes.sort_by_key(|fix| std::cmp::Reverse((fix.span.start, fix.span.end)));
    let mut text = text.to_owned();
    for fix in fixes {
        text.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.replacement);
    }
    text
}

/// Each case in human form, without the error that all have. A case is one error.
pub fn cases(cases: &[&str]) -> String {
    let mut out = String::new();
    let mut wrong = String::new();
    for case in cases {
        let text = format!("{case}{LATER}");
        let found = checked(&text);
        let all = errors(&found);
        let later = |diagnostic: &Diagnostic| {
            diagnostic.code() == Code::E030 && diagnostic.message == "no type is named `Unknown`"
        };
        let [one, last] = all[..] else {
            wrong.push_str(&format!("{} errors in\n{case}\n{}", all.len(), shown(&found)));
            continue;
        };
        if later(one) || !later(last) {
            wrong.push_str(&shown(&found));
            continue;
        }
        out.push_str(&render(std::slice::from_ref(one), &found.sources, MessageFormat::Human, false));
        if one.fixes().is_empty() {
            continue;
        }
        let text = fixed(&text, one);
        let found = checked(&text);
        let left = errors(&found);
        let lines = one.fixes().iter().map(|fix| format!("{:?}", fix.replacement)).collect::<Vec<_>>().join(" ");
        out.push_str(&format!("   = fix: {lines}\n\n"));
        if left.len() != 1 || !later(left[0]) {
            wrong.push_str(&format!("after the fix of\n{case}\n\n{text}\n{}", shown(&found)));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    out
}
