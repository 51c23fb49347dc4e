//! How often a call is attempted if no server has begun it.

use std::time::Duration;

/// The pauses before the second and later attempts. When a server restarts, idle connections may have ended, and a new
/// connection may still reach the stopping server until it has closed its listener. A failure that lasts longer has
/// another reason.
const PAUSES: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(10), Duration::from_millis(40), Duration::from_millis(160)];

/// The attempts of one call. Connecting and sending count together.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    repeated: usize,
}

impl Attempts {
    /// Waits before one more attempt. `false` if there are no more.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe. The attempt counts.
    pub(super) async fn retry(&mut self) -> bool {
        let Some(pause) = PAUSES.get(self.repeated) else { return false };
        self.repeated += 1;
        if !pause.is_zero() {
            tokio::time::sleep(*pause).await;
        }
        true
    }

    /// Whether this is the last attempt. It is made on a new connection.
    pub(super) fn is_last(&self) -> bool {
        self.repeated == PAUSES.len()
    }
}
