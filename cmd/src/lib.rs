//! Shared by the programs of this package: services, clients, logging and errors.

mod clients;
mod echo;
mod hub;
mod peer;
mod services;

use std::io::{self, IsTerminal};
use std::{env, fmt};

use tracing_subscriber::EnvFilter;

pub use clients::Clients;
pub use echo::EchoHandler;
pub use hub::{Compat, HubService};
pub use peer::PeerService;
pub use services::{ServiceArgs, Services};

/// Logs to stderr. `RUST_LOG` sets the filter, such as `debug` or `volplane_transport=trace`; `default` is the level
/// without it.
pub fn init_logging(default: &str) {
    let selected = env::var("RUST_LOG").ok().filter(|directives| !directives.is_empty());
    // Directives that cannot be parsed are reported on stderr and ignored.
    let filter = EnvFilter::new(selected.as_deref().unwrap_or(default));
    let colored = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colored).init();
}

/// The error that `main` returns. It is printed on one line with each cause once, because volo's errors repeat their
/// causes.
pub struct Failure(anyhow::Error);

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure(error.into())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut message = self.0.to_string();
        for cause in self.0.chain().skip(1).map(ToString::to_string) {
            if !message.contains(&cause) {
                message = format!("{message}: {cause}");
            }
        }
        f.write_str(&message)
    }
}
