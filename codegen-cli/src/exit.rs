//! What the command's exit codes mean. Scripts rely on them: tests assert each one.

use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything was done.
    Success,
    /// The IDL has mistakes, or a step such as a build failed.
    Failure,
    /// The request can't be carried out as given: nothing has changed. Also what clap exits with.
    Usage,
    /// Stopped by Ctrl-C or a termination signal.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Success => 0,
            Exit::Failure => 1,
            Exit::Usage => 2,
            Exit::Interrupted => 130,
        })
    }
}
