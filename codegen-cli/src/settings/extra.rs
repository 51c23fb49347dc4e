//! What a project has besides its code.

use clap::ValueEnum;
use serde::Serialize;

/// Files for running the servers elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Extra {
    /// A Dockerfile for a server
    Docker,
    /// A systemd unit for a server
    Systemd,
}

impl Extra {
    /// All of them.
    pub(crate) const ALL: [Self; 2] = [Self::Docker, Self::Systemd];

    /// The name in `volplane.toml`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Systemd => "systemd",
        }
    }
}
