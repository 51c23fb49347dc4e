//! The table, for the terminal and as Markdown.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::Duration;

use crate::groups::Group;
use crate::row::{Row, Verdict};

/// What a group has yielded.
#[derive(Debug)]
pub struct Finished {
    /// The group.
    pub group: Group,
    /// Its rows.
    pub rows: Vec<Row>,
    /// How long it took.
    pub took: Duration,
}

impl Finished {
    /// Its rows as lines of text, in columns.
    pub fn text(&self) -> String {
        let cells: Vec<[String; 4]> = self.rows.iter().map(first_cells).collect();
        let widths = [0, 1, 2, 3].map(|i| cells.iter().map(|row| row[i].chars().count()).max().unwrap_or(0));
        let mut text = format!("{} ({:.0} s)\n", self.group.title(), self.took.as_secs_f64());
        for (row, cells) in self.rows.iter().zip(&cells) {
            text.push_str("  ");
            for (cell, width) in cells.iter().zip(widths) {
                push_padded(&mut text, cell, width);
            }
            text.push_str(&row.verdict.to_string());
            if !row.note.is_empty() {
                text.push_str("; ");
                text.push_str(&row.note);
            }
            text.push('\n');
        }
        text
    }
}

fn first_cells(row: &Row) -> [String; 4] {
    [format!("{} {}", row.peer, row.version), row.direction.clone(), row.transport.clone(), row.protocol.clone()]
}

fn push_padded(text: &mut String, cell: &str, width: usize) {
    // Writing to a string can't fail.
    let _written = write!(text, "{cell:width$}  ");
}

/// All groups that have finished.
#[derive(Debug, Default)]
pub struct Report {
    groups: Vec<Finished>,
}

impl Report {
    /// Adds a group.
    pub fn add(&mut self, finished: Finished) {
        self.groups.push(finished);
        self.groups.sort_by_key(|finished| finished.group);
    }

    /// How many rows have failed.
    pub fn failed(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Failed(_)))
    }

    /// How many rows were skipped for lack of something that a package or the machine should have. Debian has no
    /// Python 2.7 any more.
    pub fn skipped_without_need(&self) -> usize {
        self.count(|verdict| verdict.why_skipped().is_some_and(|why| why != "needs python2.7"))
    }

    /// How many rows were skipped.
    pub fn skipped(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Skipped(_)))
    }

    fn count(&self, of: impl Fn(&Verdict) -> bool) -> usize {
        self.rows().filter(|row| of(&row.verdict)).count()
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.groups.iter().flat_map(|finished| &finished.rows)
    }

    /// One line: how many rows passed, failed and were skipped, and what the skipped ones need.
    pub fn summary(&self) -> String {
        let passed = self.count(|verdict| matches!(verdict, Verdict::Passed { .. }));
        let needs: BTreeSet<&str> = self.rows().filter_map(|row| row.verdict.why_skipped()).collect();
        let needs = if needs.is_empty() { String::new() } else { format!(": {}", Vec::from_iter(needs).join(", ")) };
        format!("{passed} passed, {} failed, {} skipped{needs}", self.failed(), self.skipped())
    }

    /// The page docs/interop.md.
    pub fn markdown(&self) -> String {
        let mut page = include_str!("report/head.md").to_owned();
        page.push_str("\n| programs | rows | ok | failed | skipped |\n|---|--:|--:|--:|--:|\n");
        for Finished { group, rows, .. } in &self.groups {
            let count = |of: fn(&Verdict) -> bool| rows.iter().filter(|row| of(&row.verdict)).count();
            page.push_str(&format!(
                "| [{title}](#{}) | {} | {} | {} | {} |\n",
                anchor(group.title()),
                rows.len(),
                count(|verdict| matches!(verdict, Verdict::Passed { .. })),
                count(|verdict| matches!(verdict, Verdict::Failed(_))),
                count(|verdict| matches!(verdict, Verdict::Skipped(_))),
                title = cell(group.title()),
            ));
        }
        for Finished { group, rows, .. } in &self.groups {
            page.push_str(&format!("\n## {}\n\n{}\n", group.title(), group.notes().trim_end()));
            page.push_str(
                "\n| peer | version | direction | transport | protocol | result | note |\n|---|---|---|---|---|---|---|\n",
            );
            for row in rows {
                let cells = [&row.peer, &row.version, &row.direction, &row.transport, &row.protocol];
                let verdict = row.verdict.to_string();
                let cells = cells.into_iter().chain([&verdict, &row.note]).map(|text| cell(text));
                page.push_str(&format!("| {} |\n", cells.collect::<Vec<_>>().join(" | ")));
            }
        }
        page
    }
}

/// A text in a table of Markdown.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// What a link to a heading has behind `#`: its letters, digits and hyphens, in lower case, and a hyphen for each space.
fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let row = |verdict| Row::new("Kitex", "0.16.3", "Go -> Rust", "tcp", "buffered").with_verdict(verdict);
        let rows = vec![
            row(Verdict::Passed { cases: 11 }),
            row(Verdict::Failed("panic: a | b".into())),
            row(Verdict::Skipped("needs go".into())).with_note("n"),
        ];
        let mut report = Report::default();
        report.add(Finished { group: Group::Kitex, rows, took: Duration::from_secs(3) });
        report
    }

    #[test]
    fn only_python_2_may_be_missing_where_everything_is_installed() {
        let skipped = |why: &str| {
            let row = Row::new("a", "1", "b", "c", "d").with_verdict(Verdict::Skipped(why.into()));
            let mut report = Report::default();
            report.add(Finished { group: Group::Autobahn, rows: vec![row], took: Duration::ZERO });
            report.skipped_without_need()
        };
        assert_eq!((skipped("needs python2.7"), skipped("needs go")), (0, 1));
    }

    #[test]
    fn rows_are_counted_by_verdict() {
        assert_eq!(report().summary(), "1 passed, 1 failed, 1 skipped: needs go");
        assert_eq!(Report::default().summary(), "0 passed, 0 failed, 0 skipped");
    }

    #[test]
    fn the_table_has_a_line_for_each_row() {
        let report = report();
        let text = report.groups[0].text();
        assert!(text.contains("Kitex 0.16.3  Go -> Rust  tcp  buffered  ok, 11 cases\n"), "{text}");
        assert!(text.contains("skipped: needs go; n"), "{text}");
        let page = report.markdown();
        assert!(page.contains("| [Kitex](#kitex) | 3 | 1 | 1 | 1 |\n"), "{page}");
        assert!(
            page.contains("| Kitex | 0.16.3 | Go -> Rust | tcp | buffered | FAILED: panic: a \\| b |  |\n"),
            "{page}"
        );
    }
    #[test]
    fn headings_are_linked() {
        assert_eq!(anchor("The article's programs"), "the-articles-programs");
        assert_eq!(anchor("Autobahn|Testsuite"), "autobahntestsuite");
        assert_eq!(cell("Autobahn|Testsuite"), "Autobahn\\|Testsuite");
    }
}
