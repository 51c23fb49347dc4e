//! What each subcommand does.

pub(crate) mod add;
pub(crate) mod check_idl;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod dump;
pub(crate) mod explain;
pub(crate) mod man;
pub(crate) mod migrate;
pub(crate) mod new;
pub(crate) mod shorthand;
pub(crate) mod templates;
pub(crate) mod update;
pub(crate) mod upgrade;
pub(crate) mod watch;
