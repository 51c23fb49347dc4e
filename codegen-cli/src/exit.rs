//! The exit codes and their meanings: one table, shown by `volplane help` and docs/commands.md. Scripts rely on it, and
//! tests assert each code.

use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything was done.
    Success,
    /// The IDL has errors, or a step such as a build failed.
    Failure,
    /// Usage or configuration error: nothing was changed. clap exits with the same code.
    Usage,
    /// Everything was done, and something needs a manual fix.
    ActionRequired,
    /// `check` found that an update would change something.
    WouldChange,
    /// Stopped by Ctrl-C or a termination signal.
    Interrupted,
}

impl Exit {
    /// All of them, by number.
    const ALL: [Self; 6] =
        [Self::Success, Self::Failure, Self::Usage, Self::ActionRequired, Self::WouldChange, Self::Interrupted];

    /// The number that the process exits with.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::ActionRequired => 3,
            Self::WouldChange => 4,
            Self::Interrupted => 130,
        }
    }

    /// The meaning of the number.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Success => "everything was done; for check: nothing would change",
            Self::Failure => "the IDL has errors, or a step such as a build failed",
            Self::Usage => "usage or configuration error; nothing was changed",
            Self::ActionRequired => "done, but conflicts or unparsable files need a manual fix",
            Self::WouldChange => "check: an update would change something",
            Self::Interrupted => "stopped by Ctrl-C or a termination signal",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

/// The table as the long help shows it.
pub(crate) fn table() -> String {
    let line = |exit: Exit| format!("\n  {:>3}  {}", exit.code(), exit.meaning());
    format!("Exit codes:{}", Exit::ALL.map(line).concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_exit_codes_are_these() {
        let page = include_str!("../../docs/commands.md");
        let (_, section) = page.split_once("## Exit codes").expect("docs/commands.md has a section `## Exit codes`");
        let documented: Vec<(u8, String)> = section
            .lines()
            .filter_map(|line| {
                let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
                Some((cells.first()?.parse().ok()?, (*cells.get(1)?).to_owned()))
            })
            .collect();
        let ours: Vec<(u8, String)> = Exit::ALL.iter().map(|exit| (exit.code(), exit.meaning().to_owned())).collect();
        assert_eq!(documented, ours);
    }

    #[test]
    fn exit_codes_are_distinct() {
        assert!(Exit::ALL.windows(2).all(|pair| pair[0].code() < pair[1].code()));
    }
}
