//! What other programs say: the tools about their versions, git about a file.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::doctor::{GitState, ProgramVersion};

/// Asks a tool for its version, where the project is: rustup has a toolchain for each folder. An environment variable may
/// name another program, as cargo has it.
pub(super) fn version(root: &Path, variable: &str, program: &str) -> ProgramVersion {
    let program = env::var(variable).ok().filter(|name| !name.is_empty()).unwrap_or_else(|| program.to_owned());
    first_line(root, &program)
}

/// Asks the C compiler for its version, if it is one that is found by its name.
pub(super) fn c_compiler(root: &Path) -> Option<ProgramVersion> {
    let named = env::var("CC").ok().filter(|name| !name.is_empty());
    // Elsewhere it is found in the registry.
    let program = named.or_else(|| cfg!(unix).then(|| "cc".to_owned()))?;
    Some(first_line(root, &program))
}

fn first_line(root: &Path, program: &str) -> ProgramVersion {
    let mut command = Command::new(program);
    // To look is no reason to download a toolchain.
    command.arg("--version").env("RUSTUP_AUTO_INSTALL", "0").current_dir(root).stdin(Stdio::null());
    let output = command.output().map_err(|error| format!("{program}: {error}"))?;
    let first = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().next().unwrap_or_default().trim().to_owned();
    if output.status.success() {
        Ok(first(&output.stdout))
    } else {
        Err(format!("{program}: {}", first(&output.stderr)))
    }
}

/// What git knows of a file.
pub(super) fn git_state(root: &Path, file: &str) -> GitState {
    let succeeds = |args: &[&str]| {
        let mut command = Command::new("git");
        command.args(args).current_dir(root).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    if !succeeds(&["rev-parse", "--git-dir"]) {
        GitState::Unknown
    } else if succeeds(&["ls-files", "--error-unmatch", "--", file]) {
        GitState::Tracked
    } else if succeeds(&["check-ignore", "--quiet", "--", file]) {
        GitState::Ignored
    } else {
        GitState::Untracked
    }
}
