//! yamux: many streams over one connection, opened by both ends.
//!
//! A [`Session`] is what both ends hold. Its [`Outgoing`] makes connections to the other end, its [`Incoming`] accepts
//! those that the other end makes; so each end can be client and server at once, whoever dialed.
//!
//! One task drives each session ([`driver`]). It ends when the connection does, or when all handles are gone.

mod buffers;
mod connector;
mod driver;
mod engine;
mod frame;
mod gate;
mod leftovers;
mod listener;
mod options;
mod session;
mod sessions;
mod status;
mod stream;
mod wire;

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

pub use connector::{Yamux, YamuxStreams};
pub use listener::{SessionListener, StreamListener};
pub use options::YamuxOptions;
pub use session::{DialedPeer, Incoming, OpenError, Outgoing, Session};
pub use stream::YamuxStream;

/// Why a session ended, when it was not closed in good order.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{what}")]
pub struct SessionError {
    what: &'static str,
    #[source]
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl SessionError {
    /// The connection below failed.
    fn io(error: io::Error) -> Self {
        Self { what: "the connection under the yamux session failed", source: Some(Arc::new(error)) }
    }

    /// What came is not yamux, or against its rules.
    fn protocol(error: yamux::ConnectionError) -> Self {
        use yamux::{ConnectionError, FrameDecodeError};
        let error = match error {
            ConnectionError::Io(error) | ConnectionError::Decode(FrameDecodeError::Io(error)) => {
                return Self::io(error);
            }
            other => other,
        };
        Self { what: "yamux protocol error", source: Some(Arc::new(error)) }
    }

    /// The connection took no byte for [`YamuxOptions::with_write_timeout`].
    fn stalled(after: Duration) -> Self {
        let error = io::Error::new(io::ErrorKind::TimedOut, format!("it took no byte for {after:?}"));
        Self { what: "the connection under the yamux session is stalled", source: Some(Arc::new(error)) }
    }

    /// The other end has ended the session with an error code.
    fn told(code: u32) -> Self {
        let what = match code {
            1 => "the other end of the yamux session reports a protocol error",
            2 => "the other end of the yamux session reports an internal error",
            _ => "the other end of the yamux session reports an error",
        };
        Self { what, source: None }
    }
}
