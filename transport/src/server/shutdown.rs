//! The signals by which a process is asked to end.

use std::future::Future;
use std::io;
use std::pin::Pin;

/// What the signal given to `with_graceful_shutdown` resolves to: it says when the server is to stop waiting for
/// running calls.
pub trait SecondSignal: Send + 'static {
    /// Resolves when the server is to end at once.
    fn again(self) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// Never: the drain time alone ends the wait.
impl SecondSignal for () {
    fn again(self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::pending())
    }
}

/// The process was asked to end. Given to `with_graceful_shutdown`, a second signal ends the server at once.
#[derive(Debug)]
pub struct CtrlC(());

impl SecondSignal for CtrlC {
    fn again(self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async {
            ctrl_c().await;
        })
    }
}

/// Resolves when the process is asked to end: Ctrl-C, and on Unix also SIGTERM, which service managers send.
///
/// Where no signal can be listened for it never resolves, and says so in the log.
///
/// # Cancel safety
///
/// A signal that arrives while nobody waits is not kept.
pub async fn ctrl_c() -> CtrlC {
    if let Err(error) = asked_to_end().await {
        tracing::error!(%error, "cannot listen for Ctrl-C");
        std::future::pending::<()>().await;
    }
    CtrlC(())
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
