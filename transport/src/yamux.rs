//! yamux: many streams over one connection, opened by both ends.
//!
//! Both ends hold a [`Session`]. Its [`Outgoing`] makes connections to the other end, its [`Incoming`] accepts those that
//! the other end makes. So each end can be both client and server, whichever end dialed.
//!
//! One task drives each session ([`driver`]). It ends with the connection, or when all handles are dropped.

mod backoff;
mod buffers;
mod connector;
mod driver;
mod engine;
mod error;
mod frame;
mod gate;
mod lingering;
mod listener;
mod options;
mod pace;
mod pair;
#[cfg(feature = "websocket")]
mod pairs;
mod reconnect;
mod role;
mod session;
mod sessions;
mod status;
mod stream;
mod wire;

pub use backoff::Backoff;
pub use connector::{Yamux, YamuxStreams};
pub use error::{OpenError, SessionError, SessionErrorKind};
pub use listener::{SessionListener, StreamListener};
pub use options::YamuxOptions;
pub use reconnect::{ReconnectState, Reconnecting, ReconnectingIncoming, ReconnectingOutgoing};
pub use role::YamuxRole;
pub use session::{DialedPeer, Incoming, Outgoing, Session};
pub use stream::YamuxStream;
