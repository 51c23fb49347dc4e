//! What every error that ends a command says besides its message: what to do about it, and the exit code. `main` prints it.

use std::borrow::Cow;
use std::error::Error;

use crate::exit::Exit;

/// What to do about an error, in one sentence.
pub(crate) type Help = Option<Cow<'static, str>>;

/// How a command ends.
pub(crate) type CommandResult = Result<Exit, Box<dyn CommandError>>;

/// An error that ends a command.
pub(crate) trait CommandError: Error {
    /// What the user can do about it.
    fn help(&self) -> Help {
        None
    }

    /// What the process exits with.
    fn exit(&self) -> Exit;

    /// Whether it has been printed already, as diagnostics of IDL have.
    fn is_reported(&self) -> bool {
        false
    }
}

impl<E: CommandError + 'static> From<E> for Box<dyn CommandError> {
    fn from(error: E) -> Self {
        Box::new(error)
    }
}
