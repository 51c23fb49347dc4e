//! Connections for volo-thrift that volo does not have: standard-library TCP, WebSocket, and yamux with calls in both
//! directions over one connection.
//!
//! Pass a connector to [`ConnectWith::connect_with`] on a client builder that volo generated, and a [`Listener`] and a
//! generated service to [`serve`].
//!
//! | connection | client | server |
//! |---|---|---|
//! | TCP | [`StdNet::to`] | [`StdNet::bind`] |
//! | Unix domain socket | [`Unix::to`] | [`Unix::bind`] |
//! | WebSocket | [`WebSocket::to`] | [`WebSocket::bind`] |
//! | HTTP POST, as Apache's `THttpClient` | [`Http::to`] | [`Http::bind`] |
//! | TLS, and WebSocket over it | [`Tls::client`], [`WebSocket::to_tls`] | [`Tls::server`], [`WebSocket::bind_tls`] |
//! | yamux, calls in both directions | [`Yamux::connect`] | [`Yamux::listen`], [`serve_sessions`] |
//! | yamux, a WebSocket for each direction | [`Yamux::connect_pair`] | [`Yamux::listen_pairs`] |
//! | yamux, reconnecting | [`Yamux::reconnecting`] | |
//! | yamux, calls in one direction | [`Yamux::over`] | [`SessionListener::into_streams`] |
//! | in process | [`Memory::pair`] | [`Memory::pair`] |
//! | in one line | `EchoClient::connect` | `EchoServer::listen` |
//! | from configuration | [`ConnectWith::connect_to`] | [`Endpoint::bind`] |
//! | a connection of your own | `motore::UnaryService<Address>` | [`Listener`] |
//!
//! A handshake is a [`Layer`], such as [`WebSocket`] and [`Tls`]: every connection and listener can have one. A client
//! reaches a server behind an HTTP proxy with [`StdNet::through`]; a server behind haproxy or nginx learns the addresses
//! of its clients with [`ProxyProtocol`].
//!
//! # Options
//!
//! Timeouts and limits have defaults, which are in the table of each type:
//!
//! | options | of | set with |
//! |---|---|---|
//! | [`ClientOptions`] | a client's calls and connections | [`Channel::with_options`] |
//! | [`Protocol`] | the messages of a client | [`ConnectWith::connect_with_protocol`], `?protocol=` |
//! | [`ServeOptions`] | a server | [`Serve::with_options`], [`ServeSessions::with_options`] |
//! | [`TlsClient`], [`TlsServer`] | TLS | [`Tls`] |
//! | [`HandshakeOptions`] | the handshakes of a layer | [`Layered::with_handshake_options`] |
//! | [`TcpOptions`] | TCP connections and listeners | [`StdNet::with_tcp_options`], [`StdNet::bind_with`] |
//! | [`UnixOptions`] | a Unix domain socket | [`Unix::bind_with`] |
//! | [`Keepalive`] | pings | [`WebSocket::with_keepalive`], [`YamuxOptions::with_keepalive`] |
//! | [`HubOptions`] | the peers of a hub | [`Hub::with_options`] |
//! | [`Backoff`] | reconnecting a session | [`Yamux::reconnecting`] |
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
//! A call carries a [`TraceContext`] in its TTHeader, or in the headers of its HTTP request. Metrics are in the module
//! `metrics`, with the cargo feature.
//!
//! # Cargo features
//!
//! All but `metrics` are on by default.
//!
//! | feature | adds | dependency |
//! |---|---|---|
//! | `metrics` | the module `metrics` | metrics |
//! | `endpoints` | [`Endpoint::connector`], [`Endpoint::bind`], and `connect` and `listen` of generated clients and servers | |
//! | `tls` | [`Tls`], `tls://`, `wss://` and `https://` endpoints | rustls with ring |
//! | `websocket` | [`WebSocket`], `ws://` endpoints | tokio-tungstenite |
//! | `yamux` | [`Yamux`], [`serve_sessions`], `yamux+` endpoints | yamux |

// The tables above link to items of all cargo features.
#![cfg_attr(
    not(all(feature = "endpoints", feature = "tls", feature = "websocket", feature = "yamux")),
    allow(rustdoc::broken_intra_doc_links)
)]
// cargo-fuzz sets `cfg(fuzzing)`, which cargo does not know.
#![allow(unexpected_cfgs)]

mod box_peer;
mod client;
mod codec;
mod connect;
mod connection;
mod deadline;
#[cfg(feature = "endpoints")]
mod dynamic;
mod endpoint;
#[cfg(fuzzing)]
pub mod fuzzing;
#[cfg(all(test, not(fuzzing)))]
mod fuzzing;
mod http;
mod http_proxy;
mod hub;
#[cfg(any(feature = "websocket", feature = "yamux"))]
mod keepalive;
mod layer;
mod listen;
mod log;
mod maybe_tls;
mod memory;
#[cfg(feature = "metrics")]
pub mod metrics;
#[cfg(not(feature = "metrics"))]
mod metrics_off;
mod post;
mod printable;
mod protocol;
mod proxy_protocol;
mod server;
mod stdnet;
mod target;
mod telemetry;
#[cfg(feature = "tls")]
mod tls;
mod trace_context;
#[cfg(unix)]
mod unix;
#[cfg(feature = "websocket")]
mod websocket;
mod wire;
#[cfg(feature = "yamux")]
mod yamux;

pub use box_peer::BoxPeer;
pub use client::{Calls, Channel, ClientOptions, ConnectWith, Delivery, LocalErrors, PoolStats, WithLocalErrors};
pub use connect::{ConnectError, ConnectErrorKind};
pub use connection::{Connection, NotDelivered, Peer};
/// What [`connections!`] uses.
#[cfg(feature = "endpoints")]
#[doc(hidden)]
pub mod __connections {
    pub use crate::dynamic::{channel_to, listening_on};
}
#[cfg(feature = "endpoints")]
pub use dynamic::{BoxConnection, BoxConnector, BoxListener, ConnectOptions, ConnectorOptions, ListenerOptions};
pub use endpoint::{Endpoint, EndpointError, Scheme, SocketPath};
#[cfg(fuzzing)]
pub use http::fuzzing as fuzzing_http;
pub use http::{
    Admission, Admitted, HttpRequest, InvalidHeader, PathIdError, Refusal, RequestHead, encode_path_id, path_id,
};
pub use http_proxy::{HttpProxy, ProxyError};
pub use hub::{Hub, HubError, HubOptions, JoinError, PeerSession, PeerSessionState, Registration};
#[cfg(any(feature = "websocket", feature = "yamux"))]
pub use keepalive::Keepalive;
pub use layer::{ConnectExt, HandshakeOptions, Layer, Layered};
#[cfg(unix)]
pub use listen::UnixPeer;
pub use listen::{Limit, Limited, Listener, ListenerExt, Tap, accept_with_retry};
pub use maybe_tls::{MaybeTls, MaybeTlsStream};
pub use memory::{Memory, MemoryListener, MemoryPeer};
#[cfg(not(feature = "metrics"))]
use metrics_off as metrics;
pub use post::{BodyError, Http, HttpError, HttpPeer, HttpStream};
pub use protocol::{Encoding, Framing, Protocol, ProtocolError};
pub use proxy_protocol::{Network, NetworkError, ProxiedPeer, ProxyHeader, ProxyProtocol, ProxyProtocolError};
pub use server::{
    CtrlC, GeneratedService, SecondSignal, Serve, ServeOptions, Served, ServerHandle, ThriftService, ctrl_c, peer_of,
    serve, serve_with,
};
#[cfg(feature = "yamux")]
pub use server::{IntoSessionService, ServeSessions, serve_sessions};
pub use stdnet::{BindError, StdNet, StdNetListener, TcpOptions};
pub use target::WrongEndpoint;
#[cfg(feature = "tls")]
pub use tls::{
    Tls, TlsClient, TlsConfigError, TlsDetails, TlsError, TlsIdentity, TlsPeer, TlsRoots, TlsServer, TlsStream,
    TlsVersion,
};
pub use trace_context::{TraceContext, TraceContextError};
#[cfg(unix)]
pub use unix::{Unix, UnixOptions, UnixSocketListener};
#[cfg(all(fuzzing, feature = "websocket"))]
pub use websocket::fuzzing as fuzzing_websocket;
#[cfg(feature = "unstable-messages")]
#[doc(hidden)]
pub use websocket::messages as websocket_messages;
#[cfg(feature = "websocket")]
pub use websocket::{HandshakeError, WebSocket, WebSocketClosed, WebSocketPeer, WebSocketStream};
#[cfg(feature = "yamux")]
pub use yamux::{
    Backoff, DialedPeer, Incoming, OpenError, Outgoing, ReconnectState, Reconnecting, ReconnectingIncoming,
    ReconnectingOutgoing, Session, SessionError, SessionErrorKind, SessionListener, StreamListener, Yamux,
    YamuxOptions, YamuxRole, YamuxStream, YamuxStreams,
};

/// Without the cargo feature `endpoints`, generated clients and servers have no functions that connect and listen in one
/// line.
#[cfg(not(feature = "endpoints"))]
#[macro_export]
macro_rules! connections {
    ($($declaration:tt)*) => {};
}
