//! The page of results that is checked in: a section for each program, the machine and the date.

use std::io;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

const PAGE: &str = "benchmarks.md";

const HEAD: &str = "# Benchmarks, as measured\n\nWritten by the programs of [benches](../benches/README.md), which says what the \
                    columns mean and how to run them.\n";

/// Writes the section `name` of `docs/benchmarks.md`, and leaves the other sections as they are.
///
/// # Errors
///
/// When the page can't be read or written.
pub fn write_section(docs: &Path, name: &str, title: &str, body: &str) -> io::Result<()> {
    let path = docs.join(PAGE);
    let page = match std::fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => HEAD.to_owned(),
        page => page?,
    };
    let section = format!("## {title}\n\n{}\n\n{}\n", machine(), body.trim_end());
    std::fs::create_dir_all(docs)?;
    std::fs::write(path, replace(&page, name, &section))
}

/// Writes a page of one program: a title, the machine and the day, and what was measured.
///
/// # Errors
///
/// When the page can't be written.
pub fn write_page(docs: &Path, file: &str, title: &str, body: &str) -> io::Result<()> {
    std::fs::create_dir_all(docs)?;
    std::fs::write(docs.join(file), format!("# {title}\n\n{}\n\n{}\n", machine(), body.trim_end()))
}

/// The page with the section in place of the one with the same name, or after all others.
fn replace(page: &str, name: &str, section: &str) -> String {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let section = format!("{begin}{section}{end}");
    let old = page.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    match old {
        Some((before, after)) => format!("{before}{section}{after}"),
        None => format!("{}\n\n{section}", page.trim_end()),
    }
}

/// The machine and the day.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let model = first_value("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let kernel = format!("{} {}", std::env::consts::OS, kernel.trim());
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    format!("{}, {cores} cores of {model}, {}.", date(seconds / 86_400), kernel.trim())
}

fn first_value(file: &str, key: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The day of the Gregorian calendar, of days since 1970-01-01 (Howard Hinnant, `civil_from_days`).
fn date(days: u64) -> String {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{}-{month:02}-{day:02}", era * 400 + year_of_era + next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates() {
        let dates = [0, 59, 60, 11_016, 19_782, 20_783].map(date);
        assert_eq!(dates, ["1970-01-01", "1970-03-01", "1970-03-02", "2000-02-29", "2024-02-29", "2026-11-26"]);
    }

    #[test]
    fn a_section_replaces_its_older_one_only() {
        let page = replace("# Page\n", "a", "first\n");
        let page = replace(&page, "b", "second\n");
        let page = replace(&page, "a", "newer\n");
        let expected = "# Page\n\n<!-- a -->\nnewer\n<!-- end of a -->\n\n<!-- b -->\nsecond\n<!-- end of b -->\n";
        assert_eq!(page, expected);
    }
}
