//! The limits of a session.

use std::time::Duration;

use super::{YamuxRole, stream};
use crate::keepalive::Keepalive;

/// Limits and timeouts of a session.
///
/// | option | default | when it is exceeded |
/// |---|---|---|
/// | `max_outbound_streams` | 480 | opening a stream waits |
/// | `max_inbound_streams` | 512 | the stream is refused; far too many end the session |
/// | `open_timeout` | 5 s | the call fails, never sent |
/// | `close_timeout` | 30 s | the stream is reset |
/// | `connect_timeout` | 5 s | `Yamux::connect` fails |
/// | `write_timeout` | 30 s | the session ends |
/// | `keepalive` | 20 s, 10 s | a ping is sent; the session ends |
/// | `role` | by who dialed | which numbers the streams of this end have |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YamuxOptions {
    pub(super) max_outbound_streams: usize,
    pub(super) max_inbound_streams: usize,
    pub(super) open_timeout: Duration,
    pub(super) close_timeout: Duration,
    pub(super) connect_timeout: Duration,
    pub(super) write_timeout: Duration,
    pub(super) keepalive: Option<Keepalive>,
    pub(super) role: Option<YamuxRole>,
}

impl Default for YamuxOptions {
    fn default() -> Self {
        Self {
            max_outbound_streams: 480,
            max_inbound_streams: 512,
            open_timeout: Duration::from_secs(5),
            close_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(5),
            write_timeout: Duration::from_secs(30),
            keepalive: Some(Keepalive::default()),
            role: None,
        }
    }
}

impl YamuxOptions {
    /// How many streams this end may have open. Default: 480, as plain Rust peers end a session at 512 streams. At the limit,
    /// opening a stream waits.
    pub fn with_max_outbound_streams(self, streams: usize) -> Self {
        Self { max_outbound_streams: streams.min(MOST), ..self }
    }

    /// How many streams of the other end are served at once; further ones are refused. Default: 512. A
    /// stream that the other end has reset does not count.
    ///
    /// The session ends if more streams are refused than are served, and by more than twice this number, at least 1,024:
    /// refusing streams costs more than opening them, and a peer could occupy the server with it. With the
    /// default, peers without a limit of their own, such as those in Go, may make 1,536 calls at the same moment.
    pub fn with_max_inbound_streams(self, streams: usize) -> Self {
        Self { max_inbound_streams: streams.min(MOST), ..self }
    }

    /// How long opening a stream waits while the limit is reached. Default: 5 s. Also how long it waits for the other end to
    /// acknowledge earlier streams.
    pub fn with_open_timeout(self, timeout: Duration) -> Self {
        Self { open_timeout: timeout, ..self }
    }

    /// How long a stream that was shut down and dropped waits for its other end to finish, before it is reset. Default:
    /// 30 s.
    pub fn with_close_timeout(self, timeout: Duration) -> Self {
        Self { close_timeout: timeout, ..self }
    }

    /// How long [`Yamux::connect`](super::Yamux::connect) waits for the connection below, handshakes included. Default:
    /// 5 s. For connections of [`Yamux::over`](super::Yamux::over), the client's own timeout applies.
    pub fn with_connect_timeout(self, timeout: Duration) -> Self {
        Self { connect_timeout: timeout, ..self }
    }

    /// How long the connection may accept no bytes while some wait, before the session counts as dead. Default: 30 s.
    pub fn with_write_timeout(self, timeout: Duration) -> Self {
        Self { write_timeout: timeout, ..self }
    }

    /// When a session without inbound bytes is checked with a ping, and when it is dead. Default: a ping after 20 s, the
    /// end 10 s later. The session ends with [`SessionErrorKind::Silent`](super::SessionErrorKind::Silent).
    pub fn with_keepalive(self, keepalive: Keepalive) -> Self {
        Self { keepalive: Some(keepalive), ..self }
    }

    /// Sends a ping only after a call timed out, and not on an idle session: a connection that was lost silently is then
    /// detected only when it accepts no more bytes.
    pub fn without_keepalive(self) -> Self {
        Self { keepalive: None, ..self }
    }

    /// The role of this end. Default: the end that dialed is the client, the other one the server. It does not limit who opens
    /// streams. If both ends have the same role, the session ends with the first stream, and the error names the cause.
    pub fn with_role(self, role: YamuxRole) -> Self {
        Self { role: Some(role), ..self }
    }

    /// How many streams of the other end may have a handle, including those that it has reset.
    pub(super) fn max_served_streams(&self) -> usize {
        self.max_inbound_streams * 2
    }

    /// How many more streams than are served may be refused before the session ends.
    pub(super) fn max_refused_streams(&self) -> usize {
        (self.max_inbound_streams * 2).max(LEAST_REFUSED)
    }

    /// The library's own limits, chosen so that ours are reached first.
    pub(super) fn library(&self) -> yamux::Config {
        // Streams that were dropped, but not yet noticed by the library, count for it: it gets some more.
        let streams = (self.max_outbound_streams + self.max_inbound_streams) * 2 + 64;
        let mut config = yamux::Config::default();
        // Windows grow by tuning. With 768 KiB to grow in, none passes 1 MiB, which is the largest frame that the
        // library reads, and Go fills a window with one frame.
        config.set_split_send_size(stream::COLLECTED);
        config.set_max_connection_receive_window(None);
        config.set_max_num_streams(streams);
        config.set_max_connection_receive_window(Some(streams * WINDOW + 768 * 1024));
        config
    }
}

/// The initial window of every stream, by the yamux specification.
pub(super) const WINDOW: usize = 256 * 1024;

/// As many resets of one connection as Rust's HTTP/2 library `h2` allows, `max_local_error_reset_streams`.
const LEAST_REFUSED: usize = 1024;

/// The largest limit of streams in one direction: the queues of a session have room for as many.
const MOST: usize = 100_000;
