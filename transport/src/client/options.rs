//! The options of a client.

use std::time::Duration;

use crate::codec::MAX_MESSAGE_SIZE;

/// Limits and timeouts of a client's connections and calls. Set with
/// [`Channel::with_options`](super::Channel::with_options).
///
/// | option | default | when it is exceeded |
/// |---|---|---|
/// | `connect_timeout` | 5 s | the call fails, never sent |
/// | `io_timeout` | none | the call fails |
/// | `call_timeout` | 30 s | the call fails |
/// | `idle_timeout` | 30 s | the idle connection is closed |
/// | `max_idle` | 1,024 | the connection is closed after its call |
/// | `max_connections` | none | further callers wait |
/// | `wait_timeout` | 5 s | the call fails, never sent |
/// | `max_message_size` | 16 MiB | the call fails |
///
/// A timeout that is set on volo's builder or in a call's `CallOpt` takes precedence.
///
/// ```
/// use std::time::Duration;
/// use volplane_transport::ClientOptions;
///
/// let options = ClientOptions::default().with_connect_timeout(Duration::from_millis(300)).with_max_connections(16);
/// assert_eq!(options.call_timeout(), Some(Duration::from_secs(30)));
/// # drop(options);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientOptions {
    connect_timeout: Duration,
    io_timeout: Option<Duration>,
    call_timeout: Option<Duration>,
    idle_timeout: Duration,
    max_idle: usize,
    max_connections: Option<usize>,
    wait_timeout: Duration,
    max_message_size: usize,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            io_timeout: None,
            call_timeout: Some(Duration::from_secs(30)),
            idle_timeout: Duration::from_secs(30),
            max_idle: 1024,
            max_connections: None,
            wait_timeout: Duration::from_secs(5),
            max_message_size: MAX_MESSAGE_SIZE,
        }
    }
}

impl ClientOptions {
    /// How long making a connection may take, handshakes and retries included. Default: 5 s. The `connect_timeout` of
    /// volo's builder or of a call takes precedence.
    pub fn with_connect_timeout(self, timeout: Duration) -> Self {
        Self { connect_timeout: timeout, ..self }
    }

    /// How long a read may wait for the next byte, and a write for room. Default: `None`, so that only the timeout of
    /// the call applies. The `read_write_timeout` of volo's builder or of a call takes precedence.
    pub fn with_io_timeout(self, timeout: Option<Duration>) -> Self {
        Self { io_timeout: timeout, ..self }
    }

    /// How long a call without an `rpc_timeout` from volo's builder or `CallOpt` may take, from connecting to the
    /// answer. Default: 30 s, so that no call waits forever. `None` disables it.
    pub fn with_call_timeout(self, timeout: Option<Duration>) -> Self {
        Self { call_timeout: timeout, ..self }
    }

    /// How long a connection may be idle before it is closed. Default: 30 s, which is less than the 60 s after which
    /// proxies close idle connections and the 2 min of a Kitex server.
    pub fn with_idle_timeout(self, timeout: Duration) -> Self {
        Self { idle_timeout: timeout, ..self }
    }

    /// How many idle connections are kept for each address. Default: 1,024. Each takes a socket and about 2 KiB.
    pub fn with_max_idle(self, connections: usize) -> Self {
        Self { max_idle: connections, ..self }
    }

    /// How many connections to one address may be open, at least 1. Default: no limit, so there are as many as
    /// concurrent callers. Further callers wait in order, see [`with_wait_timeout`](Self::with_wait_timeout).
    pub fn with_max_connections(self, connections: usize) -> Self {
        Self { max_connections: Some(connections.max(1)), ..self }
    }

    /// How long a caller waits for one of [`max_connections`](Self::with_max_connections). Default: 5 s. After that the
    /// call fails with [`ConnectErrorKind::Limit`](crate::ConnectErrorKind::Limit), never sent.
    pub fn with_wait_timeout(self, timeout: Duration) -> Self {
        Self { wait_timeout: timeout, ..self }
    }

    /// The largest message that is sent or received, in bytes, TTHeader included. Default: 16 MiB. A call with a larger
    /// request or answer fails; no memory is allocated for a larger answer. An answer with more than one element of
    /// lists, sets and maps for every 16 bytes of this size fails, too, as in
    /// [`ServeOptions`](crate::ServeOptions::with_max_message_size).
    pub fn with_max_message_size(self, bytes: usize) -> Self {
        Self { max_message_size: bytes, ..self }
    }

    /// See [`with_connect_timeout`](Self::with_connect_timeout).
    pub fn connect_timeout(&self) -> Duration {
        self.connect_timeout
    }

    /// See [`with_io_timeout`](Self::with_io_timeout).
    pub fn io_timeout(&self) -> Option<Duration> {
        self.io_timeout
    }

    /// See [`with_call_timeout`](Self::with_call_timeout).
    pub fn call_timeout(&self) -> Option<Duration> {
        self.call_timeout
    }

    /// See [`with_idle_timeout`](Self::with_idle_timeout).
    pub fn idle_timeout(&self) -> Duration {
        self.idle_timeout
    }

    /// See [`with_max_idle`](Self::with_max_idle).
    pub fn max_idle(&self) -> usize {
        self.max_idle
    }

    /// See [`with_max_connections`](Self::with_max_connections).
    pub fn max_connections(&self) -> Option<usize> {
        self.max_connections
    }

    /// See [`with_wait_timeout`](Self::with_wait_timeout).
    pub fn wait_timeout(&self) -> Duration {
        self.wait_timeout
    }

    /// See [`with_max_message_size`](Self::with_max_message_size).
    pub fn max_message_size(&self) -> usize {
        self.max_message_size
    }
}
