//! What the testsuite reports of its cases.

use std::path::Path;

use anyhow::Context;
use serde_json::Value;

use crate::row::Verdict;

/// The folder of the report.
pub const DIR: &str = "report";

/// How many cases the sections have. Fewer in a report would be an echo that was not tested.
const CASES: usize = 102;

/// What a row says of a report.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Passed if no case failed.
    pub verdict: Verdict,
    /// Which cases passed, but not without reserve.
    pub note: String,
}

/// Reads the report in `dir`.
///
/// # Errors
///
/// If it is not there, or is something else.
pub fn read(dir: &Path, agent: &str) -> anyhow::Result<Outcome> {
    let path = dir.join(DIR).join("index.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let report: Value = serde_json::from_str(&text).with_context(|| format!("reading {}", path.display()))?;
    Ok(judge(&report[agent]))
}

/// Judges the cases: `{"1.1.1": {"behavior": "OK", "behaviorClose": "OK", ..}, ..}`.
fn judge(cases: &Value) -> Outcome {
    let cases = cases.as_object().into_iter().flatten();
    let cases: Vec<_> = cases.map(|(case, result)| (case, [&result["behavior"], &result["behaviorClose"]])).collect();
    let of = |accepted: fn(&[&Value; 2]) -> bool| {
        let found = cases.iter().filter(|(_, behavior)| accepted(behavior));
        found
            .map(|(case, [of_case, of_close])| format!("{case} ({}, {})", text(of_case), text(of_close)))
            .collect::<Vec<_>>()
    };
    let failed = of(|behavior| !behavior.iter().all(|behavior| passes(behavior)));
    let verdict = match (&failed[..], cases.len()) {
        ([], CASES) => Verdict::Passed { cases: CASES },
        ([], count) => Verdict::Failed(format!("expected {CASES} cases, found {count}")),
        _ => Verdict::Failed(failed.join(", ")),
    };
    let not_strict = of(|behavior| behavior.iter().any(|behavior| *behavior == "NON-STRICT"));
    let note = if not_strict.is_empty() { String::new() } else { format!("not strict: {}", not_strict.join(", ")) };
    Outcome { verdict, note }
}

fn passes(behavior: &Value) -> bool {
    ["OK", "NON-STRICT", "INFORMATIONAL"].iter().any(|passing| behavior == passing)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("nothing")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report(of: impl Fn(usize) -> (&'static str, &'static str), cases: usize) -> Outcome {
        let cases = (0..cases).map(|case| {
            let (behavior, close) = of(case);
            (case.to_string(), json!({ "behavior": behavior, "behaviorClose": close }))
        });
        judge(&Value::Object(cases.collect()))
    }

    #[test]
    fn every_case_has_to_pass() {
        let passed = Outcome { verdict: Verdict::Passed { cases: CASES }, note: String::new() };
        assert_eq!(report(|_| ("OK", "INFORMATIONAL"), CASES), passed);
        let lenient = report(|case| if case == 7 { ("NON-STRICT", "OK") } else { ("OK", "OK") }, CASES);
        assert_eq!(lenient, Outcome { note: "not strict: 7 (NON-STRICT, OK)".into(), ..passed });
        for (behavior, close) in [("FAILED", "OK"), ("OK", "FAILED"), ("OK", "UNCLEAN"), ("UNIMPLEMENTED", "OK")] {
            let outcome = report(|case| if case == 7 { (behavior, close) } else { ("OK", "OK") }, CASES);
            assert_eq!(outcome.verdict, Verdict::Failed(format!("7 ({behavior}, {close})")));
        }
    }

    #[test]
    fn no_case_may_be_missing() {
        let few = report(|_| ("OK", "OK"), 3).verdict;
        assert_eq!(few, Verdict::Failed(format!("expected {CASES} cases, found 3")));
        assert_eq!(judge(&Value::Null).verdict, Verdict::Failed(format!("expected {CASES} cases, found 0")));
        let silent = judge(&json!({ "1.1.1": {} })).verdict;
        assert_eq!(silent, Verdict::Failed("1.1.1 (nothing, nothing)".into()));
    }
}
