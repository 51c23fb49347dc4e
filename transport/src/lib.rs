//! Connections for volo-thrift that volo does not have: standard-library TCP, WebSocket, and yamux with calls in both
//! directions over one connection.
//!
//! The entry points are [`ConnectWith::connect_with`], which plugs a connection into a client builder that volo
//! generated, and [`serve`], which runs a generated service on any [`Listener`].
//!
//! | connection | client | server |
//! |---|---|---|
//! | TCP | [`StdNet::to`] | [`StdNet::bind`] |
//! | WebSocket | [`WebSocket::to`] | [`WebSocket::bind`] |
//! | yamux, calls both ways | [`Yamux::connect`] | [`Yamux::listen`], [`serve_sessions`] |
//! | yamux, calls one way | [`Yamux::over`] | [`SessionListener::into_streams`] |
//! | in process | [`Memory::pair`] | [`Memory::pair`] |
//! | by the text of an [`Endpoint`] | [`Endpoint::connector`], [`ConnectWith::connect_to`] | [`Endpoint::bind`] |
//! | your own | `motore::UnaryService<Address>` | [`Listener`] |
//!
//! A handshake is a [`Layer`], which is put on any of them, at both ends: [`WebSocket`] is one.
//!
//! Cargo features, both on by default: `websocket`, `yamux`.

mod client;
mod codec;
mod connect;
mod connection;
mod deadline;
mod dynamic;
mod endpoint;
mod hub;
mod layer;
mod listen;
mod memory;
mod protocol;
mod server;
mod stdnet;
mod target;
#[cfg(feature = "websocket")]
mod websocket;
mod wire;
#[cfg(feature = "yamux")]
mod yamux;

pub use client::{Calls, Channel, ClientOptions, ConnectWith, Delivery, PoolStats};
pub use connect::{ConnectError, ConnectErrorKind};
pub use connection::{Connection, NotDelivered, Peer};
pub use dynamic::{BoxConnection, BoxConnector, BoxListener, BoxPeer};
pub use endpoint::{Endpoint, EndpointError, Scheme, SocketPath};
pub use hub::{Hub, Registration};
pub use layer::{ConnectExt, HandshakeOptions, Layer, Layered};
#[cfg(unix)]
pub use listen::UnixPeer;
pub use listen::{Limit, Limited, Listener, ListenerExt, Tap, accept_with_retry};
pub use memory::{Memory, MemoryListener, MemoryPeer};
pub use protocol::{Encoding, Framing, Protocol, ProtocolError};
pub use server::{
    CtrlC, GeneratedService, SecondSignal, Serve, ServeOptions, Served, ServerHandle, ThriftService, ctrl_c, peer_of,
    serve, serve_with,
};
#[cfg(feature = "yamux")]
pub use server::{ServeSessions, serve_sessions};
pub use stdnet::{BindError, StdNet, StdNetListener};
pub use target::WrongEndpoint;
#[cfg(feature = "websocket")]
pub use websocket::{HandshakeError, WebSocket, WebSocketPeer, WebSocketStream};
#[cfg(feature = "yamux")]
pub use yamux::{
    DialedPeer, Incoming, OpenError, Outgoing, Session, SessionError, SessionListener, StreamListener, Yamux,
    YamuxOptions, YamuxStream, YamuxStreams,
};
