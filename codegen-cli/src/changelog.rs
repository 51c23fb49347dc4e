//! What has changed from version to version: CHANGELOG.md, which the command carries.

use crate::version::Version;

/// The file's path in volplane's repository.
pub(crate) const FILE: &str = "CHANGELOG.md";

/// A version, and what is new in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Release<'a> {
    /// The version.
    pub(crate) version: Version,
    /// The text below its heading.
    pub(crate) text: &'a str,
}

/// The sections that are newer than a version, as the file has them: the newest first.
pub(crate) fn newer_than<'a>(changelog: &'a str, since: &Version) -> Vec<Release<'a>> {
    releases(changelog).into_iter().filter(|release| since.is_older_than(&release.version)).collect()
}

/// All sections. A heading is `## 1.2.3`, with or without more behind it.
fn releases(changelog: &str) -> Vec<Release<'_>> {
    let mut sections = changelog.split("\n## ");
    // What stands above the first heading.
    sections.next();
    let release = |section| -> Option<Release<'_>> {
        let (heading, text) = str::split_once(section, '\n')?;
        Some(Release { version: heading.split_whitespace().next()?.parse().ok()?, text: text.trim() })
    };
    sections.filter_map(release).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded;

    const TEXT: &str =
        "# Changes\n\nWords.\n\n## 0.10.0 (2027-01-01)\n\n- ten\n\n## 0.9.0\n\n- nine\n- more\n\n## 0.1.0\n\n- one\n";

    #[test]
    fn only_newer_sections_are_told() {
        let texts = |since: &str| -> Vec<&str> {
            newer_than(TEXT, &Version::new(since)).into_iter().map(|release| release.text).collect()
        };
        assert_eq!(texts("0.9.0"), ["- ten"]);
        assert_eq!(texts("0.1.5"), ["- ten", "- nine\n- more"]);
        assert_eq!(texts("0.0.0").len(), 3);
        assert!(texts("0.10.0").is_empty());
    }

    #[test]
    fn the_changelog_begins_with_this_version_and_every_heading_is_one() -> Result<(), embedded::Missing> {
        let text = embedded::file(FILE)?;
        let releases = releases(text);
        assert_eq!(releases.first().map(|release| &release.version), Some(&Version::own()));
        assert_eq!(releases.len(), text.matches("\n## ").count());
        assert!(releases.is_sorted_by(|a, b| b.version.is_older_than(&a.version)));
        Ok(())
    }
}
