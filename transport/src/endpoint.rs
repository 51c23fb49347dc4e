//! [`Endpoint`]: the address of a server or a listener.

mod error;
mod host;
mod parse;
mod percent;
mod print;
mod scheme;
mod set;
mod socket;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;

pub use error::EndpointError;
pub(crate) use error::shown;
pub(crate) use percent::{decode as percent_decode, encode as percent_encode};
pub use scheme::Scheme;
use socket::Socket;
pub use socket::SocketPath;

use crate::Protocol;

/// The address of a server or a listener, parsed and checked once.
///
/// | shape | port | path and query |
/// |---|---|---|
/// | `tcp://HOST:PORT`, `tls://HOST:PORT` | required | none |
/// | `ws://HOST[:PORT][/PATH][?QUERY]`, `http://…` | default 80 | default `/` |
/// | `wss://HOST[:PORT][/PATH][?QUERY]`, `https://…` | default 443 | default `/` |
/// | `unix:///absolute/path`, `unix://relative/path` | none | the socket's file |
/// | `unix://@name` | none | a name in Linux's abstract namespace |
///
/// `yamux+` before any of them is a yamux session over it, and the parameter `protocol` after any of them is the
/// [`Protocol`] that a client uses: `yamux+ws://127.0.0.1:8891/kitex-ws?protocol=framed`. That parameter is not part
/// of [`query`](Self::query) and is never sent; a parameter of this name can be sent as `%70rotocol`. With `http://` and
/// `https://`, `binary` and `compact` are other names of `buffered` and `buffered-compact`.
///
/// - A host is a name, an IPv4 address, or an IPv6 address in brackets; a link-local address can have the number of
///   its interface, as in `[fe80::1%2]`. Upper and lower case are the same. User names and passwords are refused.
/// - Paths and queries are percent-encoded. What a URI can't contain as it is gets encoded, and what is encoded
///   stays as it is. In a `unix://` path the encoded bytes are decoded: a space is written `%20`, `?` is `%3F`, and
///   an `@` at the beginning of a relative path is `%40`. Bytes that are not UTF-8 are kept.
/// - Spaces, control characters and fragments (`#…`) are refused, and so are texts longer than
///   [`MAX_LEN`](Self::MAX_LEN).
///
/// [`Display`](std::fmt::Display) always prints the port, the path of a scheme that has one, and `protocol` as the
/// first parameter. What it prints can be parsed and gives an equal endpoint; endpoints are equal when they print the
/// same. The exception is [`Endpoint::named`].
///
/// ```
/// use volplane_transport::{Endpoint, Protocol, Scheme};
///
/// let endpoint: Endpoint = "yamux+ws://Example.com/kitex-ws?id=7&protocol=framed".parse()?;
/// assert_eq!((endpoint.scheme(), endpoint.is_yamux()), (Some(Scheme::Ws), true));
/// assert_eq!(endpoint.authority().as_deref(), Some("example.com:80"));
/// assert_eq!((endpoint.path(), endpoint.query()), ("/kitex-ws", Some("id=7")));
/// assert_eq!(endpoint.protocol(), Some(Protocol::FRAMED));
/// assert_eq!(endpoint.to_string(), "yamux+ws://example.com:80/kitex-ws?protocol=framed&id=7");
///
/// let error = "127.0.0.1:8889".parse::<Endpoint>().unwrap_err();
/// assert_eq!(error.to_string(), r#""127.0.0.1:8889" has no scheme; write tcp://127.0.0.1:8889"#);
/// # Ok::<(), volplane_transport::EndpointError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    yamux: bool,
    target: Target,
    protocol: Option<Protocol>,
}

/// What is different from scheme to scheme.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Target {
    Network {
        /// Never `Scheme::Unix`.
        scheme: Scheme,
        /// In lower case; IPv6 without brackets.
        host: String,
        port: u16,
        /// Percent-encoded; empty where the scheme has no path.
        path: String,
        query: Option<String>,
    },
    Socket(Socket),
    Named(String),
}

impl Endpoint {
    /// The length of the longest text that is parsed, 4 KiB. Endpoints print no more than that, whatever is set on
    /// them: host, path and query together have at most 64 bytes less.
    pub const MAX_LEN: usize = 4096;

    /// A Unix domain socket at `path`, absolute or relative.
    ///
    /// ```
    /// use volplane_transport::Endpoint;
    ///
    /// assert_eq!(Endpoint::unix("/run/my app.sock")?.to_string(), "unix:///run/my%20app.sock");
    /// # Ok::<(), volplane_transport::EndpointError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the path is empty, has more than 107 bytes, contains a zero byte, or is not valid UTF-8 on an operating
    /// system other than Unix.
    pub fn unix(path: impl AsRef<Path>) -> Result<Self, EndpointError> {
        let path = path.as_ref();
        Self::socket(path.as_os_str().as_encoded_bytes(), false)
    }

    /// A Unix domain socket in Linux's abstract namespace. `name` does not begin with the `@` or zero byte that is
    /// written before such names.
    ///
    /// # Errors
    ///
    /// When the name is empty or has more than 107 bytes.
    pub fn unix_abstract(name: impl AsRef<[u8]>) -> Result<Self, EndpointError> {
        Self::socket(name.as_ref(), true)
    }

    fn socket(name: &[u8], is_abstract: bool) -> Result<Self, EndpointError> {
        match Socket::new(name.to_vec(), is_abstract) {
            Ok(socket) => Ok(Target::Socket(socket).into()),
            Err(problem) => Err(EndpointError::Path { given: shown(&String::from_utf8_lossy(name)), problem }),
        }
    }

    /// An endpoint that has only a name, such as `in memory`, and no address. It is for display: it has no scheme, and its
    /// text cannot be parsed.
    pub fn named(name: impl Into<String>) -> Self {
        Target::Named(name.into()).into()
    }

    /// The scheme, without `yamux+`. `None` for an endpoint that only has a name.
    pub fn scheme(&self) -> Option<Scheme> {
        match &self.target {
            Target::Network { scheme, .. } => Some(*scheme),
            Target::Socket(_) => Some(Scheme::Unix),
            Target::Named(_) => None,
        }
    }

    /// Whether connections to it are encrypted: `tls://`, `wss://` and `https://`.
    pub(crate) fn is_tls(&self) -> bool {
        self.scheme().is_some_and(Scheme::is_tls)
    }

    /// Whether it is a yamux session over this address, and not a plain connection.
    pub fn is_yamux(&self) -> bool {
        self.yamux
    }

    /// The host: a name in lower case, or an IP address. IPv6 has no brackets here, as TLS and `IpAddr` expect it; use
    /// [`authority`](Self::authority) to connect. `None` for Unix domain sockets and names.
    pub fn host(&self) -> Option<&str> {
        match &self.target {
            Target::Network { host, .. } => Some(host),
            Target::Socket(_) | Target::Named(_) => None,
        }
    }

    /// The port, also where it is the scheme's default. `None` for Unix domain sockets and names.
    pub fn port(&self) -> Option<u16> {
        match &self.target {
            Target::Network { port, .. } => Some(*port),
            Target::Socket(_) | Target::Named(_) => None,
        }
    }

    /// `HOST:PORT`, with IPv6 in brackets, as tokio's `connect` and `bind` take it. `None` for Unix domain sockets and
    /// names.
    pub fn authority(&self) -> Option<String> {
        match &self.target {
            Target::Network { host, port, .. } => Some(print::DisplayAuthority(host, *port).to_string()),
            Target::Socket(_) | Target::Named(_) => None,
        }
    }

    /// Where the Unix domain socket is. `None` for the other schemes.
    pub fn socket_path(&self) -> Option<SocketPath<'_>> {
        match &self.target {
            Target::Socket(socket) => Some(socket.path()),
            Target::Network { .. } | Target::Named(_) => None,
        }
    }

    /// The path of a WebSocket or HTTP endpoint, percent-encoded; it begins with `/`. Empty for the others: the path
    /// of a Unix domain socket is [`socket_path`](Self::socket_path).
    pub fn path(&self) -> &str {
        match &self.target {
            Target::Network { path, .. } => path,
            Target::Socket(_) | Target::Named(_) => "",
        }
    }

    /// The query of a WebSocket or HTTP endpoint as the peer gets it: percent-encoded, without `?`, and without the
    /// parameter `protocol`.
    pub fn query(&self) -> Option<&str> {
        match &self.target {
            Target::Network { query, .. } => query.as_deref(),
            Target::Socket(_) | Target::Named(_) => None,
        }
    }

    /// For errors and logs: a query can contain a token.
    pub(crate) fn without_query(&self) -> Self {
        let mut endpoint = self.clone();
        if let Target::Network { query, .. } = &mut endpoint.target {
            *query = None;
        }
        endpoint
    }

    /// `/PATH` or `/PATH?QUERY`, as it is written in an HTTP request line. `None` for endpoints without a path.
    pub fn path_and_query(&self) -> Option<String> {
        match (self.path(), self.query()) {
            ("", _) => None,
            (path, None) => Some(path.to_owned()),
            (path, Some(query)) => Some(format!("{path}?{query}")),
        }
    }

    /// The protocol that a client uses here, from the parameter `protocol`. `None` if the endpoint does not have it: the
    /// client's own setting is used.
    pub fn protocol(&self) -> Option<Protocol> {
        self.protocol
    }
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    /// Parses one of the shapes in the [table](Endpoint).
    ///
    /// # Errors
    ///
    /// When the text has none of these shapes. The message says which part is wrong, what is allowed, and, where it
    /// is known, what was probably meant.
    fn from_str(text: &str) -> Result<Self, EndpointError> {
        parse::endpoint(text)
    }
}

/// `tcp://IP:PORT`. The flow label of an IPv6 address is dropped; its scope is kept.
impl From<SocketAddr> for Endpoint {
    fn from(address: SocketAddr) -> Self {
        let host = match address {
            SocketAddr::V6(address) if address.scope_id() != 0 => format!("{}%{}", address.ip(), address.scope_id()),
            address => address.ip().to_string(),
        };
        let (scheme, port, path) = (Scheme::Tcp, address.port(), String::new());
        Target::Network { scheme, host, port, path, query: None }.into()
    }
}

impl From<Target> for Endpoint {
    fn from(target: Target) -> Self {
        Self { yamux: false, target, protocol: None }
    }
}
