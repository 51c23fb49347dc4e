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
//! | [`YamuxOptions`] | a yamux session | [`SessionListener::with_options`], [`YamuxStreams::with_options`], [`Yamux::connect_with_options`] |
//!
//! # Errors
//!
//! [`Delivery::of`] says of a call's `ClientError` whether it is safe to send the call again. [`ConnectError`] says why
//! a connection could not be made, [`BindError`] why a server could not listen.
//!
//! # Logs, spans and metrics
//!
//! Logs and spans go through `tracing`. Each call has a span at both ends, `rpc.client` and `rpc.server`, at INFO, with the
//! fields `rpc.system.name`, `rpc.method`, `peer`, `trace_id` and `error.type`. What peers can cause is logged at most 10
//! times in 10 s for each kind of message and address (an IPv6 network of 64 bits), at most 100 times for all addresses, and
//! then counted. Text of a peer has no control characters and at most 1,024 bytes.
//!
//! A call carries a [`TraceContext`] in its TTHeader. Metrics are in the module `metrics`, with the cargo feature.
//!
//! # Cargo features
//!
//! All but `metrics` are on by default.
//!
//! | feature | adds | dependency |
//! |---|---|---|
//! | `metrics` | the module `metrics` | metrics |
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
mod layer;
mod listen;
mod log;
mod memory;
#[cfg(feature = "metrics")]
pub mod metrics;
#[cfg(not(feature = "metrics"))]
#[path = "metrics/off.rs"]
mod metrics;
mod printable;
mod protocol;
mod server;
mod stdnet;
mod target;
mod telemetry;
mod trace_context;
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
pub use trace_context::{TraceContext, TraceContextError};
#[cfg(feature = "websocket")]
pub use websocket::{HandshakeError, WebSocket, WebSocketPeer, WebSocketStream};
#[cfg(feature = "yamux")]
pub use yamux::{
    DialedPeer, Incoming, OpenError, Outgoing, Session, SessionError, SessionListener, StreamListener, Yamux,
    YamuxOptions, YamuxStream, YamuxStreams,
};
