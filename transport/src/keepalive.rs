//! Detects dead connections: the options, and when to send a ping.
//!
//! [`Pulse`] decides, without socket or clock. A connection tells it what it reads and writes, and sends the pings in the
//! form of its protocol.

mod pulse;
mod timer;

use std::time::Duration;

use crate::deadline::LONGEST;
pub(crate) use pulse::{Pulse, PulseStep};
pub(crate) use timer::Timer;

/// When a connection without inbound bytes is checked with a ping, and when it is dead. For
/// [`WebSocket::with_keepalive`](crate::WebSocket::with_keepalive) and
/// [`YamuxOptions::with_keepalive`](crate::YamuxOptions::with_keepalive).
///
/// Any inbound byte counts as life, not only the answer to a ping. A slow connection is not dead: the time of `timeout`
/// begins when a link that carries 8 KB/s would have delivered the ping, behind everything that was written before it
/// and not confirmed yet.
///
/// | option | default | when it is exceeded |
/// |---|---|---|
/// | `interval` | 20 s | a ping is sent |
/// | `timeout` | 10 s | the connection is dead |
///
/// The default interval is a third of the 60 s after which nginx and haproxy close a connection without traffic.
///
/// ```
/// use std::time::Duration;
/// use volplane_transport::Keepalive;
///
/// let keepalive = Keepalive::default().with_interval(Duration::from_secs(5));
/// assert_eq!(keepalive.timeout(), Duration::from_secs(10));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keepalive {
    interval: Duration,
    timeout: Duration,
}

impl Default for Keepalive {
    fn default() -> Self {
        Self { interval: Duration::from_secs(20), timeout: Duration::from_secs(10) }
    }
}

impl Keepalive {
    /// How long no byte may arrive before a ping is sent, from 1 ms to 365 days. Default: 20 s.
    pub fn with_interval(self, interval: Duration) -> Self {
        Self { interval: interval.clamp(Duration::from_millis(1), LONGEST), ..self }
    }

    /// How long no byte may arrive after the ping before the connection is dead, at most 365 days. Default: 10 s.
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout: timeout.min(LONGEST), ..self }
    }

    /// See [`with_interval`](Self::with_interval).
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// See [`with_timeout`](Self::with_timeout).
    pub fn timeout(&self) -> Duration {
        self.timeout
    }
}
