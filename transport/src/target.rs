//! Where a connector made from a text goes. The text is read once; what is wrong with it is the error of every connect.

use crate::connect::{ConnectError, ConnectErrorKind};
use crate::endpoint::{Endpoint, EndpointError, Scheme};

/// An endpoint of one scheme, or what is wrong with the text.
#[derive(Clone, Debug)]
pub(crate) struct Target(Result<Endpoint, ConnectError>);

/// Why an endpoint does not fit a connector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WrongEndpoint {
    /// The text cannot be parsed.
    #[error(transparent)]
    Syntax(#[from] EndpointError),
    /// It is one for another connection.
    #[error("expected an endpoint with {expected}://, found {found}")]
    Scheme {
        /// The scheme of this connector.
        expected: Scheme,
        /// What was given.
        found: Endpoint,
    },
    /// It names a protocol, which a connector knows nothing of.
    #[error("?protocol= is for `Endpoint::connector` and `connect_to`; here, use `Channel::with_protocol`")]
    Protocol,
}

/// Reads `text` as an endpoint of `scheme`, which may be left out.
pub(crate) fn parse(text: &str, scheme: Scheme) -> Result<Endpoint, WrongEndpoint> {
    let endpoint: Endpoint =
        if text.contains("://") { text.parse()? } else { format!("{}://{text}", scheme.as_str()).parse()? };
    if endpoint.scheme() != Some(scheme) || endpoint.is_yamux() {
        return Err(WrongEndpoint::Scheme { expected: scheme, found: endpoint });
    }
    if endpoint.protocol().is_some() {
        return Err(WrongEndpoint::Protocol);
    }
    Ok(endpoint)
}

impl Target {
    /// Reads `text`, see [`parse`].
    pub(crate) fn new(text: &str, scheme: Scheme) -> Self {
        Self(parse(text, scheme).map_err(|error| {
            ConnectError::new(ConnectErrorKind::InvalidEndpoint).at(text.escape_debug()).because(error)
        }))
    }

    pub(crate) fn endpoint(&self) -> Result<&Endpoint, ConnectError> {
        self.0.as_ref().map_err(Clone::clone)
    }
}

impl From<Endpoint> for Target {
    fn from(endpoint: Endpoint) -> Self {
        Self(Ok(endpoint))
    }
}
