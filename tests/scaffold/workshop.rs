//! Builds projects in one target folder.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Programs of different projects have the same names: only one project at a time may build and run.
static TURN: Mutex<()> = Mutex::new(());

/// The option of `new` that takes the runtime of this repository: it is compiled once for all projects that have it.
/// A vendored one is compiled for each project, so only tests of vendoring have that.
pub(crate) const RUNTIME_HERE: &str = concat!("--runtime=path=", env!("CARGO_MANIFEST_DIR"), "/..");

/// The target folder, and the turn to use it.
pub(crate) struct Workshop {
    _turn: MutexGuard<'static, ()>,
}

/// What cargo came to.
pub(crate) struct Built {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Workshop {
    /// Waits for the turn.
    pub(crate) fn enter() -> Self {
        // A test that failed leaves nothing behind that could disturb the next.
        Self { _turn: TURN.lock().unwrap_or_else(PoisonError::into_inner) }
    }

    /// Where cargo builds.
    pub(crate) fn target(&self) -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("scaffold")
    }

    /// A program of the project that was built last.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.target().join("debug").join(name)
    }

    /// What a command that starts cargo gets in its environment, beside the target folder: nobody debugs these programs,
    /// and without debug information they take a third of the place.
    pub(crate) fn prepare<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let sizes = [("CARGO_INCREMENTAL", "0"), ("CARGO_PROFILE_DEV_DEBUG", "0")];
        command.envs(sizes).env("CARGO_TARGET_DIR", self.target()).env_remove("RUSTFLAGS")
    }

    /// Runs cargo in a project.
    pub(crate) fn cargo(&self, project: &Path, arguments: &[&str]) -> Result<Built, Box<dyn Error>> {
        let mut cargo = Command::new(env!("CARGO"));
        let output = self.prepare(&mut cargo).args(arguments).current_dir(project).output()?;
        Ok(Built {
            success: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Builds a project and runs its smoke tests. Neither may warn, nor find its Cargo.lock wanting.
    pub(crate) fn build_and_test(&self, project: &Path) -> Result<(), Box<dyn Error>> {
        for arguments in [&["build", "--locked"][..], &["test", "--locked"]] {
            let built = self.cargo(project, arguments)?;
            assert!(built.success, "cargo {arguments:?}:\n{}\n{}", built.stdout, built.stderr);
            assert!(!built.stderr.contains("warning"), "cargo {arguments:?}:\n{}", built.stderr);
        }
        Ok(())
    }

    /// The same for a project that has been edited: imports may be left that a changed signature no longer needs. The user's
    /// `use` lines are theirs to clear up.
    ///
    /// # Errors
    /// What cargo said, if it failed or had other warnings.
    pub(crate) fn build_and_test_but_for_imports(&self, project: &Path) -> Result<(), Box<dyn Error>> {
        for arguments in [&["build", "--locked"][..], &["test", "--locked"]] {
            let built = self.cargo(project, arguments)?;
            let is_summary = |line: &str| line.contains("generated") && line.contains("warning");
            let is_left = |line: &str| line.starts_with("warning: unused import") || is_summary(line);
            let other = built.stderr.lines().find(|line| line.starts_with("warning") && !is_left(line));
            if !built.success || other.is_some() {
                return Err(format!("cargo {arguments:?}:\n{}\n{}", built.stdout, built.stderr).into());
            }
        }
        Ok(())
    }

    /// Asks rustfmt whether it would change a file of the project's own.
    pub(crate) fn assert_formatted(&self, project: &Path) -> Result<(), Box<dyn Error>> {
        let built = self.cargo(project, &["fmt", "--check"])?;
        assert!(built.success, "{}\n{}", built.stdout, built.stderr);
        Ok(())
    }
}
