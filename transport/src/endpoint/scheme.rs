//! The schemes of endpoints.

use std::fmt;

use crate::Protocol;

/// The first part of an [`Endpoint`](super::Endpoint): what kind of connection it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// `tcp://HOST:PORT`: plain TCP.
    Tcp,
    /// `unix://PATH`: a Unix domain socket.
    Unix,
    /// `tls://HOST:PORT`: TLS over TCP.
    Tls,
    /// `ws://HOST[:PORT][/PATH][?QUERY]`: WebSocket. The default port is 80.
    Ws,
    /// `wss://HOST[:PORT][/PATH][?QUERY]`: WebSocket over TLS. The default port is 443.
    Wss,
    /// `http://HOST[:PORT][/PATH][?QUERY]`: HTTP. The default port is 80.
    Http,
    /// `https://HOST[:PORT][/PATH][?QUERY]`: HTTP over TLS. The default port is 443.
    Https,
}

impl Scheme {
    pub(super) const ALL: [Self; 7] = [Self::Tcp, Self::Unix, Self::Tls, Self::Ws, Self::Wss, Self::Http, Self::Https];

    /// Every scheme, as error messages list them.
    pub(super) const EXPECTED: &str =
        "tcp://, unix://, tls://, ws://, wss://, http://, https://, and yamux+ before any of them";

    /// The scheme as it is written before `://`, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Unix => "unix",
            Self::Tls => "tls",
            Self::Ws => "ws",
            Self::Wss => "wss",
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port where none is written ([RFC 6455](https://www.rfc-editor.org/rfc/rfc6455#section-3), [RFC
    /// 9110](https://www.rfc-editor.org/rfc/rfc9110#section-4.2)); `None` where a port is required, or there is none.
    pub const fn default_port(self) -> Option<u16> {
        match self {
            Self::Ws | Self::Http => Some(80),
            Self::Wss | Self::Https => Some(443),
            Self::Tcp | Self::Unix | Self::Tls => None,
        }
    }

    /// Whether such endpoints have a path and a query, as HTTP requests have.
    pub(super) const fn has_path(self) -> bool {
        matches!(self, Self::Ws | Self::Wss | Self::Http | Self::Https)
    }

    /// A protocol by a name that only this scheme has: over HTTP, messages differ in their encoding alone.
    pub(super) fn protocol_named(self, name: &str) -> Option<Protocol> {
        let is_http = matches!(self, Self::Http | Self::Https);
        match () {
            () if is_http && name.eq_ignore_ascii_case("binary") => Some(Protocol::BUFFERED),
            () if is_http && name.eq_ignore_ascii_case("compact") => Some(Protocol::BUFFERED.compact()),
            () => None,
        }
    }

    /// Whether such connections are encrypted.
    pub(crate) const fn is_tls(self) -> bool {
        matches!(self, Self::Tls | Self::Wss | Self::Https)
    }

    /// The scheme of this name, in upper or lower case.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.as_str().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
