//! Stopping a server: by a handle, by a signal.

use std::io;

use tokio_util::sync::CancellationToken;

/// Stops a server from anywhere. Clones stop the same one; dropping a handle stops nothing.
#[derive(Clone, Debug)]
pub struct ServerHandle {
    stopping: CancellationToken,
}

impl ServerHandle {
    pub(super) fn new(stopping: CancellationToken) -> Self {
        Self { stopping }
    }

    /// Accepts no more connections, ends the idle ones, and lets running calls end. Returns at once; the server's
    /// future resolves when it is done.
    pub fn stop(&self) {
        self.stopping.cancel();
    }

    /// Whether the server was told to stop.
    pub fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }
}

/// Resolves when the process is asked to end: Ctrl-C, and on Unix also SIGTERM, which service managers send.
///
/// Where no signal can be listened for it never resolves, and says so in the log.
///
/// # Cancel safety
///
/// A signal that arrives while nobody waits is not kept.
pub async fn ctrl_c() {
    if let Err(error) = asked_to_end().await {
        tracing::error!(%error, "cannot listen for Ctrl-C");
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn asked_to_end() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn asked_to_end() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
