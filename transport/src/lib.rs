//! Connections for volo-thrift that volo does not have: standard-library TCP, WebSocket, and yamux with calls in both
//! directions over one connection.
//!
//! On the calling side [`ConnectWith::connect_with`] plugs a connection into the client builder that volo generated;
//! on the serving side [`serve`] runs a generated service on any [`Listener`]:
//!
//! | connection | client | server |
//! |---|---|---|
//! | TCP | [`StdNet::to`] | [`StdNet::bind`] |
//! | WebSocket | [`WebSocket::to`] | [`WebSocket::bind`] |
//! | yamux, calls both ways | [`Yamux::connect`] | [`Yamux::listen`], [`serve_sessions`] |
//! | yamux, calls one way | [`Yamux::over`] | [`SessionListener::into_streams`] |
//! | in process | [`Memory::pair`] | [`Memory::pair`] |
//! | your own | `motore::UnaryService<Address>` | [`Listener`] |

mod client;
mod connection;
mod deadline;
mod error;
mod hub;
mod listener;
mod memory;
mod server;
mod split;
mod stdnet;
mod websocket;
mod yamux;

pub use client::{ClientConfig, ConnectWith, Connector, ConnectorCodec, PoolStats, TimedIo, TtHeaderFramed};
pub use connection::{Connection, Peer};
pub use error::{Chain, ConnectError, Report};
pub use hub::{Hub, Registration};
pub use listener::{HandshakeLimits, Handshakes, Listener, accept_persistently};
pub use memory::{Memory, MemoryListener, MemoryPeer};
pub use server::{
    CalledWith, Serve, ServeSessions, Served, ServerHandle, ThriftService, ctrl_c, serve, serve_sessions, serve_with,
};
pub use split::{ReadHalf, WriteHalf};
pub use stdnet::{BindError, StdNet, StdNetListener};
pub use websocket::{
    FrameError, HandshakeError, UrlError, WebSocket, WebSocketListener, WebSocketPeer, WebSocketStream, WebSocketUrl,
};
pub use yamux::{
    DialedPeer, Incoming, OpenError, Session, SessionError, SessionListener, StreamListener, Streams, Yamux,
    YamuxConfig, YamuxStream, YamuxStreams,
};
