//! The signals that ask a process to end.

use std::future::Future;
use std::io;
use std::pin::Pin;

/// The output of the future passed to `with_graceful_shutdown`. It says when the server stops waiting for running
/// calls. Implemented for `()`, so that any future without a result can be passed, and for [`CtrlC`].
pub trait SecondSignal: Send + 'static {
    /// Resolves when the server has to end at once.
    fn again(self) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// Never resolves: only the drain timeout ends the wait.
impl SecondSignal for () {
    fn again(self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::pending())
    }
}

/// The output of [`ctrl_c`]. With `with_graceful_shutdown`, a second signal ends the server at once.
#[derive(Debug)]
pub struct CtrlC(());

impl SecondSignal for CtrlC {
    fn again(self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async {
            ctrl_c().await;
        })
    }
}

/// Waits for a request to end the process: Ctrl-C, and on Unix also SIGTERM, which service managers send.
///
/// If the operating system offers no such signals, it logs an error and never resolves.
///
/// # Cancel safety
///
/// Cancel safe, but a signal that arrives while no future of this function exists is lost.
pub async fn ctrl_c() -> CtrlC {
    if let Err(error) = wait_for_signal().await {
        tracing::error!(%error, "cannot listen for Ctrl-C");
        std::future::pending::<()>().await;
    }
    CtrlC(())
}

#[cfg(unix)]
async fn wait_for_signal() -> io::Result<()> {
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
async fn wait_for_signal() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
