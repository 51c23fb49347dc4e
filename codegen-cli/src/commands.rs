//! What each subcommand does.

pub(crate) mod demo;
pub(crate) mod new;
