//! Endpoints made from others by changing one part.

use super::{Endpoint, EndpointError, Scheme, Target, parse, percent, shown};
use crate::Protocol;

/// Room for what can be set on any endpoint without an error: `yamux+`, the longest scheme, brackets, the port, and the
/// parameter `protocol` are 50 bytes.
const FIXED: usize = 64;

impl Endpoint {
    /// The same endpoint with or without `yamux+`.
    #[must_use]
    pub fn with_yamux(self, yamux: bool) -> Self {
        Self { yamux, ..self }
    }

    /// The same endpoint with this protocol, or with none.
    #[must_use]
    pub fn with_protocol(self, protocol: Option<Protocol>) -> Self {
        Self { protocol, ..self }
    }

    /// The same endpoint with this port. An endpoint that has no port (a Unix domain socket, a name) stays as it is, so
    /// that a listener can put in the port it got, whatever it listens on.
    #[must_use]
    pub fn with_port(mut self, port: u16) -> Self {
        if let Target::Network { port: old, .. } = &mut self.target {
            *old = port;
        }
        self
    }

    /// The same host and port with another scheme. The port stays even where it was the old scheme's default. A path
    /// and a query are dropped where the new scheme has none, and the path is `/` where the old scheme had none.
    ///
    /// ```
    /// use volplane_transport::{Endpoint, Scheme};
    ///
    /// let endpoint: Endpoint = "ws://127.0.0.1:8890/kitex-ws".parse()?;
    /// assert_eq!(endpoint.with_scheme(Scheme::Tcp)?.to_string(), "tcp://127.0.0.1:8890");
    /// # Ok::<(), volplane_transport::EndpointError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When either is `unix://` and the other is not, or the endpoint is only a name.
    pub fn with_scheme(mut self, new: Scheme) -> Result<Self, EndpointError> {
        let only = "an endpoint with a host";
        match &mut self.target {
            Target::Network { scheme, path, query, .. } if new != Scheme::Unix => {
                *scheme = new;
                if !new.has_path() {
                    path.clear();
                    *query = None;
                } else if path.is_empty() {
                    path.push('/');
                }
                Ok(self)
            }
            Target::Socket(_) if new == Scheme::Unix => Ok(self),
            Target::Network { .. } => {
                let (what, only) = ("the scheme unix", "an endpoint made by Endpoint::unix or from unix://PATH");
                Err(EndpointError::NotApplicable { given: shown(&self.to_string()), what, only })
            }
            Target::Socket(_) | Target::Named(_) => {
                let what = "the scheme of a host";
                Err(EndpointError::NotApplicable { given: shown(&self.to_string()), what, only })
            }
        }
    }

    /// The same endpoint with this path. What a path can't contain is percent-encoded, `?` and `#` too; what is
    /// percent-encoded already is kept.
    ///
    /// # Errors
    ///
    /// When the path does not begin with `/`, has a `%` without two hexadecimal digits after it, is too long, or the
    /// scheme has no path.
    pub fn with_path(mut self, path: &str) -> Result<Self, EndpointError> {
        let given = || shown(path);
        if !path.starts_with('/') {
            let problem = "it does not begin with /";
            return Err(EndpointError::Path { given: given(), problem });
        }
        let new = percent::complete(path, percent::in_path).ok_or_else(|| EndpointError::Escape { given: given() })?;
        match &mut self.target {
            Target::Network { scheme, path, .. } if scheme.has_path() => *path = new,
            _ => return Err(self.without("a path")),
        }
        self.checked(given)
    }

    /// The same endpoint with this query, which is written without `?`, or with none. What a query can't contain is
    /// percent-encoded, `#` too; what is percent-encoded already is kept. [`protocol`](Self::protocol) stays.
    ///
    /// # Errors
    ///
    /// When the query has the parameter `protocol` (see [`with_protocol`](Self::with_protocol)), has a `%` without two
    /// hexadecimal digits after it, is too long, or the scheme has no query.
    pub fn with_query(mut self, query: Option<&str>) -> Result<Self, EndpointError> {
        let given = || shown(query.unwrap_or_default());
        if query.is_some_and(|query| query.split('&').any(parse::is_protocol)) {
            return Err(EndpointError::ReservedParameter { given: given() });
        }
        let new = match query {
            Some(query) => {
                let new = percent::complete(query, percent::in_query);
                Some(new.ok_or_else(|| EndpointError::Escape { given: given() })?)
            }
            None => None,
        };
        match &mut self.target {
            Target::Network { scheme, query, .. } if scheme.has_path() => *query = new,
            _ if new.is_none() => {}
            _ => return Err(self.without("a query")),
        }
        self.checked(given)
    }

    fn without(&self, what: &'static str) -> EndpointError {
        let only = "ws://, wss://, http:// and https:// endpoints";
        EndpointError::NotApplicable { given: shown(&self.to_string()), what, only }
    }

    /// The length is checked where a part of any length was set.
    pub(super) fn checked(self, given: impl Fn() -> String) -> Result<Self, EndpointError> {
        let length = match &self.target {
            Target::Network { host, path, query, .. } => {
                host.len() + path.len() + query.as_ref().map_or(0, |query| query.len())
            }
            // Sockets have a limit of their own that is far below, and names are not parsed.
            Target::Socket(_) | Target::Named(_) => 0,
        };
        if length > Self::MAX_LEN - FIXED {
            return Err(EndpointError::TooLong { given: given() });
        }
        Ok(self)
    }
}
