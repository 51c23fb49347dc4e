//! The parts of `volplane demo`: where its project lives, building it, and running what was built.

pub(crate) mod build;
pub(crate) mod child;
pub(crate) mod demo_cache;
pub(crate) mod programs;

use std::io;
use std::time::Duration;

use thiserror::Error;

use crate::apply::CreateError;
use crate::command_error::{CommandError, Help};
use crate::exit::Exit;

impl CommandError for DemoError {
    fn help(&self) -> Help {
        match self {
            Self::Start { program, .. } if program.contains("cargo") => {
                Some("install Rust's toolchain, with cargo: https://rustup.rs".into())
            }
            _ => None,
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Interrupted | Self::Apply(CreateError::Interrupted) => Exit::Interrupted,
            _ => Exit::Failure,
        }
    }
}

/// The demo did not come to its end. Everything it started is stopped.
#[derive(Debug, Error)]
pub(crate) enum DemoError {
    /// The user wants it to end.
    #[error("interrupted; everything is stopped")]
    Interrupted,
    /// The project's folder.
    #[error(transparent)]
    Apply(#[from] CreateError),
    /// The folder that is kept between runs.
    #[error("cannot use {path}")]
    DemoCache {
        /// Where it is.
        path: String,
        #[source]
        source: io::Error,
    },
    /// A program can't be started.
    #[error("cannot start {program}")]
    Start {
        /// Which.
        program: String,
        #[source]
        source: io::Error,
    },
    /// Cargo says no.
    #[error("cargo could not build the project ({status})")]
    Build {
        /// How it ended.
        status: std::process::ExitStatus,
    },
    /// Cargo built something else.
    #[error("cargo built no program {program}")]
    NoProgram {
        /// Which.
        program: String,
    },
    /// A server doesn't listen.
    #[error("{program} ended before it listened:\n{output}")]
    Server {
        /// Which.
        program: String,
        /// What it said.
        output: String,
    },
    /// A program doesn't get on.
    #[error("timed out after {} s: {program} printed nothing:\n{output}", limit.as_secs())]
    Silent {
        /// Which.
        program: String,
        /// How long it had.
        limit: Duration,
        /// What it said before.
        output: String,
    },
    /// A client fails.
    #[error("{program} failed ({status}):\n{output}")]
    Client {
        /// Which.
        program: String,
        /// How it ended.
        status: std::process::ExitStatus,
        /// What it said.
        output: String,
    },
}
