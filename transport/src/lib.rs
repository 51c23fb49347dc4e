//! Connections for volo-thrift that volo does not have: standard-library TCP, WebSocket, and yamux with calls in both
//! directions over one connection.
//!
//! Pass a connector to [`ConnectWith::connect_with`] on a client builder that volo generated, and a [`Listener`] and a
//! generated service to [`serve`].
//!
//! | connection | client | server |
//! |---|---|---|
//! | TCP | [`StdNet::to`] | [`StdNet::bind`] |
//! | WebSocket | [`WebSocket::to`] | [`WebSocket::bind`] |
//! | yamux, calls both ways | [`Yamux::connect`] | [`Yamux::listen`], [`serve_sessions`] |
//! | yamux, dialed again when it ends | [`Yamux::reconnecting`] | |
//! | yamux, calls one way | [`Yamux::over`] | [`SessionListener::into_streams`] |
//! | in process | [`Memory::pair`] | [`Memory::pair`] |
//! | from configuration | [`ConnectWith::connect_to`] | [`Endpoint::bind`] |
//! | your own | `motore::UnaryService<Address>` | [`Listener`] |
//!
//! A handshake is a [`Layer`], which can be put on each of them, at both ends: [`WebSocket`] is one.
//!
//! # Options
//!
//! Timeouts and limits have defaults, which are in the table of each type:
//!
//! | options | of | set with |
//! |---|---|---|
//! | [`ClientOptions`] | a client's calls and connections | [`Channel::with_options`] |
//! | [`Protocol`] | the messages of a client | [`Channel::with_protocol`], `?protocol=` |
//! | [`ServeOptions`] | a server | [`Serve::with_options`], [`ServeSessions::with_options`] |
//! | [`HandshakeOptions`] | the handshakes of a layer | [`Layered::with_handshake_options`] |
//! | [`HubOptions`] | the peers of a hub | [`Hub::with_options`] |
//! | [`Keepalive`] | pings | [`WebSocket::with_keepalive`], [`YamuxOptions::with_keepalive`] |
//! | [`Backoff`] | dialing a session again | [`Yamux::reconnecting`] |
//! | [`YamuxOptions`] | a yamux session | [`SessionListener::with_options`], [`YamuxStreams::with_options`], [`Yamux::connect_with_options`] |
//!
//! # Errors
//!
//! [`Delivery::of`] says of a call's `ClientError` whether it is safe to send the call again. [`ConnectError`] says why
//! a connection could not be made, [`BindError`] why a server could not listen.
//!
//! # Cargo features
//!
//! Both are on by default.
//!
//! | feature | adds | dependency |
//! |---|---|---|
//! | `websocket` | [`WebSocket`], `ws://` endpoints | tokio-tungstenite |
//! | `yamux` | [`Yamux`], [`serve_sessions`], `yamux+` endpoints | yamux |

// The tables above link to items of all cargo features.
#![cfg_attr(not(all(feature = "websocket", feature = "yamux")), allow(rustdoc::broken_intra_doc_links))]

mod client;
mod codec;
mod connect;
mod connection;
mod deadline;
mod dynamic;
mod endpoint;
mod hub;
#[cfg(any(feature = "websocket", feature = "yamux"))]
mod keepalive;
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
pub use hub::{Hub, HubError, HubOptions, JoinError, PeerSession, PeerSessionState, Registration};
#[cfg(any(feature = "websocket", feature = "yamux"))]
pub use keepalive::Keepalive;
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
pub use server::{IntoSessionService, ServeSessions, serve_sessions};
pub use stdnet::{BindError, StdNet, StdNetListener};
pub use target::WrongEndpoint;
#[cfg(feature = "websocket")]
pub use websocket::{HandshakeError, WebSocket, WebSocketPeer, WebSocketStream};
#[cfg(feature = "yamux")]
pub use yamux::{
    Backoff, DialedPeer, Incoming, OpenError, Outgoing, ReconnectState, Reconnecting, ReconnectingIncoming,
    ReconnectingOutgoing, Session, SessionError, SessionErrorKind, SessionListener, StreamListener, Yamux,
    YamuxOptions, YamuxStream, YamuxStreams,
};
