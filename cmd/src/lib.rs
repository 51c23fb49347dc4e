//! What the programs of this package share: a handler for each service, and their log.

mod echo;
mod hub;

use std::env;
use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

pub use echo::EchoHandler;
pub use hub::{Compat, HubEchoHandler, Peer, PeerEchoHandler};

/// Logs to stderr what `RUST_LOG` selects, such as `debug` or `volplane_transport=trace`; without it, what is at least as
/// important as `default`.
pub fn init_logging(default: &str) {
    let selected = env::var("RUST_LOG").ok().filter(|directives| !directives.is_empty());
    // Directives that cannot be parsed are reported on stderr and ignored.
    let filter = EnvFilter::new(selected.as_deref().unwrap_or(default));
    let colored = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colored).init();
}
