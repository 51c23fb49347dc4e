//! Edits of a file, as a diff without line numbers.

/// Lines that stand in the file, and what takes their place.
#[derive(Debug, Default)]
pub(crate) struct Hunk {
    old: String,
    new: String,
}

impl Hunk {
    /// Reads hunks with `@@` between them. Their lines begin with `-`, `+` or a blank.
    pub(crate) fn all(text: &str) -> Vec<Self> {
        let mut hunks = vec![Self::default()];
        for line in text.split_inclusive('\n') {
            if line.trim_end() == "@@" {
                hunks.push(Self::default());
            } else if let Some(hunk) = hunks.last_mut() {
                let rest = line.get(1..).unwrap_or_default();
                match line.as_bytes().first() {
                    Some(b'-') => hunk.old.push_str(rest),
                    Some(b'+') => hunk.new.push_str(rest),
                    _ => {
                        let rest = if line == "\n" { line } else { rest };
                        hunk.old.push_str(rest);
                        hunk.new.push_str(rest);
                    }
                }
            }
        }
        hunks
    }

    /// Makes the change; lines that have nothing before them go to the end of the file.
    ///
    /// # Errors
    /// When the old lines don't stand there exactly once.
    pub(crate) fn apply(&self, text: &str) -> Result<String, String> {
        // An editor keeps a file's newlines.
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let [old, new] = [&self.old, &self.new].map(|lines| lines.replace('\n', newline));
        if old.is_empty() {
            return Ok(format!("{text}{new}"));
        }
        match text.matches(&old).count() {
            1 => Ok(text.replacen(&old, &new, 1)),
            count => Err(format!("these lines stand there {count} times:\n{old}in:\n{text}")),
        }
    }
}
