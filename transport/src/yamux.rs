//! yamux: many streams over one connection, opened by both ends.
//!
//! A [`Session`] is what both ends hold. Its [`Outgoing`] make connections to the other end, its [`Incoming`] accepts
//! those that the other end makes; so each end can be client and server at once, whoever dialed.
//!
//! One task drives each session ([`driver`]). It ends when the connection does, or when all handles are gone.

mod buffers;
mod connector;
mod driver;
mod listener;
mod session;
mod stream;

use std::io;
use std::sync::Arc;
use std::time::Duration;

pub use connector::{Yamux, YamuxStreams};
pub use listener::{SessionListener, StreamListener};
pub use session::{DialedPeer, Incoming, OpenError, Outgoing, Session};
pub use stream::YamuxStream;

/// Bounds of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct YamuxOptions {
    /// How many streams this end may have open. Default: 480. Rust peers break a session off at 512 streams, so one
    /// more than this is refused here, with [`OpenError::TooManyOutgoing`].
    pub max_outbound_streams: usize,
    /// How many streams of the other end are served at once; further ones are reset. Default: 512.
    pub max_inbound_streams: usize,
    /// How long [`Yamux::connect`] waits for the connection below, handshakes included. Default: 5 s. The connections of
    /// [`Yamux::over`] go by the client's own time-out.
    pub connect_timeout: Duration,
    /// How long the connection may refuse bytes that are due before the session counts as dead. Default: 30 s.
    pub write_timeout: Duration,
}

impl Default for YamuxOptions {
    fn default() -> Self {
        Self {
            max_outbound_streams: 480,
            max_inbound_streams: 512,
            connect_timeout: Duration::from_secs(5),
            write_timeout: Duration::from_secs(30),
        }
    }
}

/// The initial window of every stream, by the yamux specification.
const WINDOW: usize = 256 * 1024;

impl YamuxOptions {
    /// The library's own bounds, chosen so that ours are met first.
    fn library(&self) -> yamux::Config {
        // Outgoing that were dropped but not yet reported count in the library, so it gets room to spare.
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

/// Why a session ended, when it was not closed in good order.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The connection below failed.
    #[error("the connection under the yamux session failed")]
    Io(#[source] Arc<io::Error>),
    /// What came is not yamux, or against its rules.
    #[error("yamux protocol error")]
    Protocol(#[source] Arc<yamux::ConnectionError>),
    /// The connection took no byte for [`YamuxOptions::write_timeout`].
    #[error("the connection under the yamux session took no byte for {0:?}")]
    Stalled(Duration),
}
