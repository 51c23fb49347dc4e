//! How often a call is tried that no server has begun.

use std::time::Duration;

/// The pauses before the attempts behind the first. The pool may hold connections that a restart of the server has
/// ended, and a new connection may still reach the server that is about to stop: it needs a moment to close its
/// listener. What fails for longer is wrong for another reason.
const PAUSES: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(10), Duration::from_millis(40), Duration::from_millis(160)];

/// The attempts of one call, at connecting and at sending together.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    repeated: usize,
}

impl Attempts {
    /// Waits before one more attempt. `false` when there have been enough.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe; an attempt that was waited for counts.
    pub(super) async fn again(&mut self) -> bool {
        let Some(pause) = PAUSES.get(self.repeated) else { return false };
        self.repeated += 1;
        if !pause.is_zero() {
            tokio::time::sleep(*pause).await;
        }
        true
    }

    /// Whether there is no further attempt behind this one. It is made on a new connection.
    pub(super) fn is_last(&self) -> bool {
        self.repeated == PAUSES.len()
    }
}
