//! The options of a hub.

use std::time::Duration;

/// Limits and timeouts of a [`Hub`](crate::Hub).
///
/// | option | default | when it is exceeded |
/// |---|---|---|
/// | `max_peers` | 100,000 | further peers can't join |
/// | `call_timeout` | 10 s | the call fails |
/// | `remember` | 60 min | a peer that left becomes unknown |
/// | `max_remembered` | 10,000 | the peer that left first becomes unknown |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HubOptions {
    max_peers: usize,
    call_timeout: Duration,
    remember: Duration,
    max_remembered: usize,
}

impl Default for HubOptions {
    fn default() -> Self {
        Self {
            max_peers: 100_000,
            call_timeout: Duration::from_secs(10),
            remember: Duration::from_secs(60 * 60),
            max_remembered: 10_000,
        }
    }
}

impl HubOptions {
    /// How many peers may be connected. Default: 100,000. The number of sessions has a limit of its own,
    /// [`ServeOptions::with_max_connections`](crate::ServeOptions::with_max_connections).
    pub fn with_max_peers(self, peers: usize) -> Self {
        Self { max_peers: peers, ..self }
    }

    /// How long a call of the hub may take, from the search for the client to the answer. Default: 10 s.
    pub fn with_call_timeout(self, timeout: Duration) -> Self {
        Self { call_timeout: timeout, ..self }
    }

    /// For how long the id of a peer that left is kept, so that the peer is offline and not unknown. Default: 1 h.
    pub fn with_remember(self, time: Duration) -> Self {
        Self { remember: time, ..self }
    }

    /// How many ids of peers that left are kept. Default: 10,000, which take at most 6 MB.
    pub fn with_max_remembered(self, ids: usize) -> Self {
        Self { max_remembered: ids, ..self }
    }

    /// See [`with_max_peers`](Self::with_max_peers).
    pub fn max_peers(&self) -> usize {
        self.max_peers
    }

    /// See [`with_call_timeout`](Self::with_call_timeout).
    pub fn call_timeout(&self) -> Duration {
        self.call_timeout
    }

    /// See [`with_remember`](Self::with_remember).
    pub fn remember(&self) -> Duration {
        self.remember
    }

    /// See [`with_max_remembered`](Self::with_max_remembered).
    pub fn max_remembered(&self) -> usize {
        self.max_remembered
    }
}
