//! The command line as a tree, for completions, man pages and the list of commands.

use clap::CommandFactory;

use super::Cli;

/// The command with its public subcommands, without the hidden ones.
pub(crate) fn shown() -> clap::Command {
    let full = Cli::command();
    let mut shown = clap::Command::new("volplane")
        .version(super::VERSION)
        .propagate_version(true)
        .subcommand_required(true)
        .args(full.get_arguments().cloned())
        .subcommands(full.get_subcommands().filter(|command| !command.is_hide_set()).cloned());
    if let Some(about) = full.get_about() {
        shown = shown.about(about.clone());
    }
    if let Some(after) = full.get_after_long_help() {
        shown = shown.after_long_help(after.clone());
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_valid() {
        Cli::command().debug_assert();
        shown().debug_assert();
    }

    #[test]
    fn docs_commands_lists_every_command() {
        let page = include_str!("../../../docs/commands.md");
        for command in shown().get_subcommands() {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            let line = format!("| `{}` | {about} |", command.get_name());
            assert!(page.lines().any(|found| found == line), "docs/commands.md lacks the line\n{line}");
        }
        let table = page.split("\n## ").next().unwrap_or_default();
        let rows = table.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(rows, shown().get_subcommands().count(), "docs/commands.md lists a command that does not exist");
    }

    #[test]
    fn hidden_subcommands_are_not_shown() {
        assert!(Cli::command().get_subcommands().any(clap::Command::is_hide_set));
        assert!(!shown().get_subcommands().any(clap::Command::is_hide_set));
    }
}
