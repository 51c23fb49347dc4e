//! The address of a WebSocket, parsed.

use std::fmt;
use std::str::FromStr;

use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::tungstenite::http::uri::InvalidUri;

/// A `ws://host[:port][/path][?query]` address. The port is 80 where none is written.
///
/// ```
/// use volplane_transport::WebSocketUrl;
///
/// let url: WebSocketUrl = "ws://127.0.0.1:8890/kitex-ws".parse()?;
/// assert_eq!((url.authority().as_str(), url.path()), ("127.0.0.1:8890", "/kitex-ws"));
/// assert!("http://127.0.0.1/".parse::<WebSocketUrl>().is_err());
/// # Ok::<(), volplane_transport::UrlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebSocketUrl {
    host: String,
    port: u16,
    path: String,
    query: Option<String>,
}

/// Why a text is no WebSocket address.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// It is no URL at all.
    #[error("{text:?} is no address; expected ws://HOST:PORT/PATH")]
    Syntax {
        /// What was given.
        text: String,
        /// What the parser said.
        #[source]
        source: InvalidUri,
    },
    /// The port is no number from 0 to 65535, or there is a user before the host, which a WebSocket has no use for.
    #[error("{text:?} has no valid HOST:PORT; the port is a number up to 65535, and no user stands before the host")]
    Authority {
        /// What was given.
        text: String,
    },
    /// It is one for something else.
    #[error("{text:?} is no WebSocket address; expected ws://HOST:PORT/PATH")]
    Scheme {
        /// What was given.
        text: String,
    },
}

impl WebSocketUrl {
    /// `host:port`, as connecting and binding want it.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The path, `/` where none is written.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The same with another port.
    pub fn with_port(self, port: u16) -> Self {
        Self { port, ..self }
    }

    /// What an HTTP client that opened this from a page of the same host would send as `Origin`.
    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.authority())
    }
}

impl FromStr for WebSocketUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let uri: Uri = text.parse().map_err(|source| UrlError::Syntax { text: text.to_owned(), source })?;
        let authority = match (uri.scheme_str(), uri.authority()) {
            (Some(scheme), Some(authority)) if scheme.eq_ignore_ascii_case("ws") => authority,
            _ => return Err(UrlError::Scheme { text: text.to_owned() }),
        };
        // The parser takes any digits for a port and then gives none.
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") => Some(80),
            Some(_) => authority.port_u16(),
            None => None,
        };
        let port = port.ok_or_else(|| UrlError::Authority { text: text.to_owned() })?;
        Ok(Self {
            host: authority.host().to_owned(),
            port,
            path: uri.path().to_owned(),
            query: uri.query().map(str::to_owned),
        })
    }
}

impl fmt::Display for WebSocketUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ws://{}:{}{}", self.host, self.port, self.path)?;
        self.query.iter().try_for_each(|query| write!(f, "?{query}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses_and_refuses_what_it_would_have_to_guess() {
        for (text, authority, path) in [
            ("ws://h", "h:80", "/"),
            ("ws://h:0/a?b", "h:0", "/a"),
            ("ws://[::1]:8890/kitex-ws", "[::1]:8890", "/kitex-ws"),
            ("WS://h:65535", "h:65535", "/"),
        ] {
            let url: WebSocketUrl = text.parse().unwrap();
            assert_eq!((url.authority().as_str(), url.path()), (authority, path), "{text}");
        }
        for text in ["", "h:1", "http://h/", "wss://h/", "ws://", "ws://h:88900/", "ws://h:/", "ws://a:b@h/", "ws:// /"]
        {
            assert!(text.parse::<WebSocketUrl>().is_err(), "{text}");
        }
    }
}
