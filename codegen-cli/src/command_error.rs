//! What every error that ends a command says besides its message: what to do about it, and the exit code. `main` prints it.

use std::borrow::Cow;
use std::error::Error;

use crate::exit::Exit;

/// What to do about an error, in one sentence.
pub(crate) type Help = Option<Cow<'static, str>>;

/// How a command ends.
pub(crate) type CommandResult = Result<Exit, Box<dyn CommandError>>;

/// The causes of an error, from the nearest to the first.
pub(crate) fn causes(error: &dyn Error) -> impl Iterator<Item = &dyn Error> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}

/// An error with its causes, in one line.
pub(crate) fn in_one_line(error: &dyn Error) -> String {
    causes(error).fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}

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
