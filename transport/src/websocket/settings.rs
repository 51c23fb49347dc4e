//! What can be set on a WebSocket layer, and on the connectors and listeners that have it.

use std::fmt;

use super::WebSocket;
use super::frame::MessageType;
use crate::http::{Admission, Origins};
use crate::keepalive::Keepalive;
use crate::layer::Layered;

/// What a server checks and answers.
#[derive(Clone, Debug, Default)]
pub(super) struct ServerSettings {
    pub(super) paths: Paths,
    pub(super) health: Option<String>,
    pub(super) origins: Origins,
    pub(super) admission: Option<Admission>,
}

/// Which paths a server accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Paths {
    /// Its own.
    #[default]
    Own,
    /// Its own, and all under it.
    Subpaths,
    /// Its own with an id after it.
    Ids,
    /// Its own with one of these segments after it, then an id.
    IdsUnder(&'static [&'static str]),
}

/// Settings of a server. They have no effect on a client.
impl WebSocket {
    /// Also accepts every path under its own: `/kitex-ws/a/b` in addition to `/kitex-ws`.
    pub fn with_subpaths(mut self) -> Self {
        self.server.paths = Paths::Subpaths;
        self
    }

    /// Accepts its own path followed by an id, and nothing else: `/kitex-ws/a`, where
    /// [`WebSocketPeer::id`](crate::WebSocketPeer::id) is `a`. An invalid id is answered with 400; see
    /// [`path_id`](crate::path_id) for what is valid. A client chooses its id: verify it in an [`Admission`].
    pub fn with_ids(mut self) -> Self {
        self.server.paths = Paths::Ids;
        self
    }

    /// As [`with_ids`](Self::with_ids), with one of `segments` before the id: `/kitex-ws/s2c/a` and `/kitex-ws/c2s/a` for
    /// `s2c` and `c2s`. The [path](crate::WebSocketPeer::path) tells which one it is.
    pub fn with_ids_under(mut self, segments: &'static [&'static str]) -> Self {
        self.server.paths = Paths::IdsUnder(segments);
        self
    }

    /// Answers plain `GET` and `HEAD` requests of this path, such as `/healthz`, with 200 and `ok`, for load balancers.
    /// HTTP/1.0 is enough, and no [`Admission`] is asked. Default: none.
    pub fn with_health(mut self, path: impl Into<String>) -> Self {
        self.server.health = Some(path.into());
        self
    }

    /// Calls `admission` with each valid handshake; it may refuse, or attach values to the peer. Default: none.
    pub fn with_admission(mut self, admission: Admission) -> Self {
        self.server.admission = Some(admission);
        self
    }

    /// What [`with_admission`](Self::with_admission) has set.
    #[cfg(feature = "yamux")]
    pub(crate) fn admission(&self) -> Option<&Admission> {
        self.server.admission.as_ref()
    }

    /// Also accepts requests from web pages of these origins, such as `https://app.example.com`. Replaces earlier ones.
    ///
    /// By default only pages of the server itself are accepted: host and port of `Origin` have to be those of `Host`. The
    /// scheme does not matter, as a proxy may end TLS. On loopback, an origin with a default port is accepted at any
    /// port, as `http://localhost/` is what programs with Go's x/net send. Requests without `Origin` come from no
    /// browser, and are accepted. `null` never is.
    ///
    /// A page can also be of a name that its owner points at this server's address (DNS rebinding); then `Origin` and
    /// `Host` are equal. To rule that out, check `Host` in an [`Admission`].
    pub fn with_origins(mut self, origins: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.server.origins = Origins::of(origins);
        self
    }

    /// Accepts requests from web pages of any origin. Then every page that a user opens can call the service, also if it
    /// listens on loopback only: use it with an [`Admission`] that checks a token.
    pub fn with_any_origin(mut self) -> Self {
        self.server.origins = Origins::any();
        self
    }
}

/// Settings of a client. They have no effect on a server. Values of headers are not in `Debug` output.
///
/// An invalid one is the error of every connection.
impl WebSocket {
    /// Adds a header to the request. `Origin` replaces the default one, which is the server's.
    pub fn with_header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.headers.add(name.as_ref(), value.as_ref());
        self
    }

    /// Sends `Authorization: Bearer` with this token. Anyone on the network can read it without TLS.
    pub fn with_bearer(mut self, token: impl AsRef<str>) -> Self {
        self.headers.set_bearer(token.as_ref());
        self
    }

    /// Sends `Authorization: Basic` with these credentials. Anyone on the network can read them without TLS.
    pub fn with_basic(mut self, user: impl AsRef<str>, password: impl AsRef<str>) -> Self {
        self.headers.set_basic(user.as_ref(), password.as_ref());
        self
    }
}

/// Settings of both ends.
impl WebSocket {
    /// Adds a subprotocol, such as `thrift`. A client offers it. A server that has some chooses the first offered one
    /// that is among them, and names it in the answer; if there is none, it names none. Whether the two ends agree on one
    /// has no other effect.
    ///
    /// A server without this setting names the first one that is offered: browsers and the npm package `ws` end a
    /// connection if they have offered subprotocols and the server names none of them.
    pub fn with_subprotocol(mut self, name: impl Into<String>) -> Self {
        self.subprotocols.push(name.into());
        self
    }

    /// Sends text messages instead of binary ones. Default: binary. Messages of both types are read in any case.
    ///
    /// It is for a server that takes only text, such as one of coder/websocket whose `NetConn` was made for
    /// `MessageText`: it closes with 1003 on a binary message. A client needs it for such a server, as it sends first.
    /// A server needs it only if it sends before its client does, as with yamux: otherwise its messages have the type
    /// of the client's first message that is not empty, with this setting, too.
    ///
    /// The bytes of calls are not UTF-8, which RFC 6455 requires of text. Go's x/net/websocket and coder/websocket
    /// don't check it. Browsers, Node.js and most other libraries do, and end the connection.
    pub fn with_text_frames(mut self) -> Self {
        self.kind = MessageType::Text;
        self
    }
}

macro_rules! also_on_layered {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*);)*) => {
        /// The settings of [`WebSocket`], on a connector or listener that has this layer.
        impl<B> Layered<B, WebSocket> {
            $(
                $(#[$doc])*
                pub fn $name(self, $($argument: $type),*) -> Self {
                    self.map_layer(|layer| layer.$name($($argument),*))
                }
            )*
        }
    };
}

also_on_layered! {
    /// See [`WebSocket::with_keepalive`].
    with_keepalive(keepalive: Keepalive);
    /// See [`WebSocket::without_keepalive`].
    without_keepalive();
    /// See [`WebSocket::with_subpaths`].
    with_subpaths();
    /// See [`WebSocket::with_ids`].
    with_ids();
    /// See [`WebSocket::with_ids_under`].
    with_ids_under(segments: &'static [&'static str]);
    /// See [`WebSocket::with_health`].
    with_health(path: impl Into<String>);
    /// See [`WebSocket::with_admission`].
    with_admission(admission: Admission);
    /// See [`WebSocket::with_origins`].
    with_origins(origins: impl IntoIterator<Item = impl AsRef<str>>);
    /// See [`WebSocket::with_any_origin`].
    with_any_origin();
    /// See [`WebSocket::with_header`].
    with_header(name: impl AsRef<str>, value: impl AsRef<str>);
    /// See [`WebSocket::with_bearer`].
    with_bearer(token: impl AsRef<str>);
    /// See [`WebSocket::with_basic`].
    with_basic(user: impl AsRef<str>, password: impl AsRef<str>);
    /// See [`WebSocket::with_subprotocol`].
    with_subprotocol(name: impl Into<String>);
    /// See [`WebSocket::with_text_frames`].
    with_text_frames();
}

/// Without the query, which can contain a token.
impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket")
            .field("path", &self.path)
            .field("subprotocols", &self.subprotocols)
            .field("kind", &self.kind)
            .field("server", &self.server)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}
