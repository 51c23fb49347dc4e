//! The endpoint of a connector that is made from a text. The text is parsed once; if it is invalid, every connection
//! fails with the error.

use std::fmt;

use crate::connect::{ConnectError, ConnectErrorKind};
use crate::endpoint::{Endpoint, EndpointError, Scheme, shown};

/// Why there is no TLS.
pub(crate) const WITHOUT_TLS: &str = "volplane-transport was built without its cargo feature `tls`";

/// An endpoint of one scheme, or the error in the text.
#[derive(Clone)]
pub(crate) struct Target(Result<Endpoint, ConnectError>);

/// Why a text is not an endpoint of this connector or listener.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WrongEndpoint {
    /// The text cannot be parsed.
    #[error(transparent)]
    Syntax(#[from] EndpointError),
    /// The endpoint has another scheme.
    #[error("expected an endpoint with {expected}://, found {found}")]
    Scheme {
        /// The scheme of this connector or listener.
        expected: Scheme,
        /// The given endpoint.
        found: Endpoint,
    },
    /// The endpoint has the parameter `protocol`, which connectors and listeners don't use.
    #[error("?protocol= is for `connect_to`; here, use `connect_with_protocol`")]
    Protocol,
}

/// Parses `text` as an endpoint of `scheme`. The scheme may be left out.
pub(crate) fn parse(text: &str, scheme: Scheme) -> Result<Endpoint, WrongEndpoint> {
    parse_either(text, scheme, scheme)
}

/// As [`parse`], for an endpoint of `scheme` or of `other`.
fn parse_either(text: &str, scheme: Scheme, other: Scheme) -> Result<Endpoint, WrongEndpoint> {
    let endpoint: Endpoint =
        if text.contains("://") { text.parse()? } else { format!("{}://{text}", scheme.as_str()).parse()? };
    if ![Some(scheme), Some(other)].contains(&endpoint.scheme()) || endpoint.is_yamux() {
        return Err(WrongEndpoint::Scheme { expected: scheme, found: endpoint });
    }
    if endpoint.protocol().is_some() {
        return Err(WrongEndpoint::Protocol);
    }
    Ok(endpoint)
}

impl Target {
    /// Parses `text`, see [`parse`].
    pub(crate) fn new(text: &str, scheme: Scheme) -> Self {
        Self::parsed(text, parse(text, scheme))
    }

    /// Parses `text` as an endpoint of a scheme, or of the same one over TLS: `ws://` or `wss://`. The latter can't be
    /// connected to without the cargo feature `tls`.
    pub(crate) fn maybe_tls(text: &str, plain: Scheme, tls: Scheme) -> Self {
        match Self::parsed(text, parse_either(text, plain, tls)) {
            Self(Ok(endpoint)) if cfg!(not(feature = "tls")) && endpoint.scheme() == Some(tls) => {
                let unsupported = ConnectError::new(ConnectErrorKind::Unsupported).at(endpoint.without_query());
                Self(Err(unsupported.because(WITHOUT_TLS)))
            }
            target => target,
        }
    }

    /// What `text` was parsed into.
    pub(crate) fn parsed(text: &str, result: Result<Endpoint, WrongEndpoint>) -> Self {
        Self(
            result.map_err(|error| ConnectError::new(ConnectErrorKind::InvalidEndpoint).at(shown(text)).because(error)),
        )
    }

    pub(crate) fn endpoint(&self) -> Result<&Endpoint, ConnectError> {
        self.0.as_ref().map_err(Clone::clone)
    }
}

/// Without the query, which can contain a token.
impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Target").field(&self.0.as_ref().map(Endpoint::without_query)).finish()
    }
}

impl From<Endpoint> for Target {
    fn from(endpoint: Endpoint) -> Self {
        Self(Ok(endpoint))
    }
}

impl From<ConnectError> for Target {
    fn from(error: ConnectError) -> Self {
        Self(Err(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_not_shown() {
        for text in ["ws://ann:secret@example.com/", "ws://example.com/a?token=secret", "ann:secret@example.com"] {
            let target = Target::new(text, Scheme::Ws);
            let error = target.endpoint().map_err(|error| error.to_string()).err();
            assert!(!format!("{target:?} {error:?}").contains("secret"), "{target:?} {error:?}");
        }
    }
}
