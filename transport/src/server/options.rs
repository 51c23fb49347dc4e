//! The options of a server.

use std::time::Duration;

use crate::codec::MAX_MESSAGE_SIZE;

/// Limits and timeouts of a server. The same for [`serve`](crate::serve) and [`serve_sessions`](crate::serve_sessions).
///
/// | option | default | when it is exceeded |
/// |---|---|---|
/// | `max_connections` | 10,000 | further connections wait in the listener; the oldest ones without a call are closed |
/// | `first_byte_timeout` | 60 s | the connection is closed |
/// | `idle_timeout` | 10 min | the connection is closed |
/// | `message_timeout` | 2 min | the connection is closed |
/// | `max_message_size` | 16 MiB | the caller gets an exception; after a larger call the connection is closed |
/// | `drain_timeout` | 30 s | running calls are aborted |
///
/// ```
/// use std::time::Duration;
/// use volplane_transport::ServeOptions;
///
/// let options = ServeOptions::default().with_max_connections(100).with_drain_timeout(Duration::from_secs(5));
/// assert_eq!(options.max_connections(), 100);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServeOptions {
    max_connections: usize,
    first_byte_timeout: Duration,
    idle_timeout: Duration,
    message_timeout: Duration,
    max_message_size: usize,
    drain_timeout: Duration,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            first_byte_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(10 * 60),
            message_timeout: Duration::from_secs(2 * 60),
            max_message_size: MAX_MESSAGE_SIZE,
            drain_timeout: Duration::from_secs(30),
        }
    }
}

impl ServeOptions {
    /// How many connections, or sessions, are served at a time, at least 1. Default: 10,000. Further ones wait in the
    /// listener.
    ///
    /// While the limit is reached, the oldest connection is closed that has not sent the first byte of its first call for
    /// 1 s, or not the whole call for 10 s, and then the next one. So peers that connect, or open
    /// streams of yamux sessions, and send nothing do not block other clients. Connections that have made a call stay.
    pub fn with_max_connections(self, connections: usize) -> Self {
        Self { max_connections: connections.max(1), ..self }
    }

    /// How long a new connection may wait before the first byte of its first call. Default: 60 s.
    pub fn with_first_byte_timeout(self, timeout: Duration) -> Self {
        Self { first_byte_timeout: timeout, ..self }
    }

    /// How long a connection may be idle between two calls. It is closed after this time and before twice this time.
    /// Default: 10 min, because clients of other libraries may keep idle connections for minutes.
    pub fn with_idle_timeout(self, timeout: Duration) -> Self {
        Self { idle_timeout: timeout, ..self }
    }

    /// How long a message may take from its first byte to its last, in either direction. Default: 2 min, in which 10
    /// KB/s carry 1 MB.
    pub fn with_message_timeout(self, timeout: Duration) -> Self {
        Self { message_timeout: timeout, ..self }
    }

    /// The largest message that is received or sent, in bytes, TTHeader included. Default: 16 MiB.
    ///
    /// It limits the number of elements in a received message, too, because a small element can take hundreds of bytes
    /// in memory: one for every 16 bytes of this size, and 65,536 in any case. All elements of lists, sets and maps
    /// count, except numbers.
    pub fn with_max_message_size(self, bytes: usize) -> Self {
        Self { max_message_size: bytes, ..self }
    }

    /// How long a stopping server waits for running calls before it aborts them. Default: 30 s, as in Kubernetes.
    pub fn with_drain_timeout(self, timeout: Duration) -> Self {
        Self { drain_timeout: timeout, ..self }
    }

    /// See [`with_max_connections`](Self::with_max_connections).
    pub fn max_connections(&self) -> usize {
        self.max_connections
    }

    /// See [`with_first_byte_timeout`](Self::with_first_byte_timeout).
    pub fn first_byte_timeout(&self) -> Duration {
        self.first_byte_timeout
    }

    /// See [`with_idle_timeout`](Self::with_idle_timeout).
    pub fn idle_timeout(&self) -> Duration {
        self.idle_timeout
    }

    /// See [`with_message_timeout`](Self::with_message_timeout).
    pub fn message_timeout(&self) -> Duration {
        self.message_timeout
    }

    /// See [`with_max_message_size`](Self::with_max_message_size).
    pub fn max_message_size(&self) -> usize {
        self.max_message_size
    }

    /// See [`with_drain_timeout`](Self::with_drain_timeout).
    pub fn drain_timeout(&self) -> Duration {
        self.drain_timeout
    }
}
