//! Connections through an HTTP proxy.

mod error;
mod layer;
mod response;
mod url;

use std::fmt;

pub use error::ProxyError;

use crate::endpoint::Endpoint;
use crate::target::Target;

/// An HTTP proxy that a client goes through, with the method `CONNECT`
/// ([RFC 9110, section 9.3.6](https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6)). Used with
/// [`StdNet::through`](crate::StdNet::through).
///
/// The proxy resolves the name of the target. Many proxies allow `CONNECT` only to port 443; Squid does so by default.
///
/// It is a [`Layer`](crate::Layer) of the end that dials. To reach the proxy itself over another connection, use
/// [`Layered::to`](crate::Layered::to) with a connector to the proxy, this layer, and the target.
///
/// ```
/// use volplane_transport::{HttpProxy, StdNet};
///
/// let proxy = HttpProxy::at("http://user:password@proxy.example:3128");
/// let connector = StdNet::to("echo.example:443").through(proxy);
/// # drop(connector);
/// ```
#[derive(Clone)]
pub struct HttpProxy {
    target: Target,
    /// The value of `Proxy-Authorization`.
    authorization: Option<String>,
}

impl HttpProxy {
    /// The proxy at `url`, `http://[USER[:PASSWORD]@]HOST[:PORT]`. The default port is 80. User name and password are
    /// percent-encoded, and sent with the scheme `Basic`. Credentials are never part of an error or a log.
    ///
    /// If `url` is invalid, every connection fails with
    /// [`ConnectErrorKind::InvalidEndpoint`](crate::ConnectErrorKind::InvalidEndpoint).
    pub fn at(url: impl ToString) -> Self {
        let (target, credentials) = url::parse(&url.to_string());
        let proxy = Self { target, authorization: None };
        match credentials {
            Some((user, password)) => proxy.with_credentials(user, password),
            None => proxy,
        }
    }

    /// Sends a user name and a password with the scheme `Basic`
    /// ([RFC 7617](https://www.rfc-editor.org/rfc/rfc7617)). A proxy takes everything after the first colon of the
    /// user name for the password.
    pub fn with_credentials(self, user: impl AsRef<[u8]>, password: impl AsRef<[u8]>) -> Self {
        let pair = [user.as_ref(), b":", password.as_ref()].concat();
        let authorization = format!("Basic {}", data_encoding::BASE64.encode(&pair));
        Self { authorization: Some(authorization), ..self }
    }

    /// Where the proxy is, as `tcp://`.
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// Where the proxy is, for errors.
    fn endpoint(&self) -> Endpoint {
        self.target.endpoint().map_or_else(|_| Endpoint::named("an HTTP proxy"), Endpoint::clone)
    }
}

impl fmt::Debug for HttpProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let credentials = self.authorization.as_ref().map(|_| "***");
        f.debug_struct("HttpProxy").field("endpoint", &self.endpoint()).field("credentials", &credentials).finish()
    }
}
