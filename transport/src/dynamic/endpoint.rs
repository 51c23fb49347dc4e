//! Which connector and which listener belongs to an endpoint.

use super::{BoxConnector, BoxListener, ConnectorOptions, ListenerOptions};
use crate::connect::{ConnectError, ConnectErrorKind};
use crate::endpoint::{Endpoint, Scheme};
#[cfg(feature = "tls")]
use crate::listen::ListenerExt;
use crate::stdnet::{BindError, StdNet};
use crate::target::{Target, WITHOUT_TLS};

/// Connections for configuration files and command lines.
impl Endpoint {
    /// A connector to this endpoint; it ignores volo's address. It does not use `?protocol=`, which
    /// [`connect_to`](crate::ConnectWith::connect_to) does. TLS trusts the roots of the operating system; for other
    /// settings use [`connector_with`](Self::connector_with).
    ///
    /// # Errors
    ///
    /// [`ConnectErrorKind::Unsupported`] if there is no connector for the scheme, or if its cargo feature is off.
    /// The message says which.
    pub fn connector(&self) -> Result<BoxConnector, ConnectError> {
        self.connector_with(ConnectorOptions::default())
    }

    /// As [`connector`](Self::connector), with other settings.
    ///
    /// # Errors
    ///
    /// As [`connector`](Self::connector).
    // Every option is one of TLS.
    #[cfg_attr(not(feature = "tls"), allow(unused_variables))]
    pub fn connector_with(&self, options: ConnectorOptions) -> Result<BoxConnector, ConnectError> {
        let unsupported = || {
            ConnectError::new(ConnectErrorKind::Unsupported).at(self.without_query()).because(self.why_unsupported())
        };
        let below = self.clone().with_yamux(false).with_protocol(None);
        let connector = match below.scheme() {
            Some(Scheme::Tcp) => BoxConnector::new(StdNet::at(Target::from(below))),
            #[cfg(unix)]
            Some(Scheme::Unix) => BoxConnector::new(crate::Unix::to(below)),
            #[cfg(feature = "tls")]
            Some(Scheme::Tls) => BoxConnector::new(StdNet::at(Target::from(below)).layer(options.tls())),
            #[cfg(feature = "websocket")]
            Some(Scheme::Ws) => BoxConnector::new(crate::WebSocket::to(below)),
            #[cfg(all(feature = "tls", feature = "websocket"))]
            Some(Scheme::Wss) => BoxConnector::new(crate::WebSocket::to_tls(below, options.tls())),
            Some(Scheme::Http) if !self.is_yamux() => BoxConnector::new(crate::Http::to(below)),
            #[cfg(feature = "tls")]
            Some(Scheme::Https) if !self.is_yamux() => BoxConnector::new(crate::Http::to_tls(below, options.tls())),
            _ => return Err(unsupported()),
        };
        match self.is_yamux() {
            false => Ok(connector),
            #[cfg(feature = "yamux")]
            true => Ok(BoxConnector::new(crate::Yamux::over(connector))),
            #[cfg(not(feature = "yamux"))]
            true => Err(unsupported()),
        }
    }

    /// Listens on this endpoint. A listener on a `yamux+` endpoint accepts the streams of all sessions. `?protocol=` is
    /// not used: servers detect the protocol. Endpoints of TLS need a certificate: use [`bind_with`](Self::bind_with).
    ///
    /// # Errors
    ///
    /// If there is no listener for the scheme, if its cargo feature is off, or if the operating system refuses the
    /// address.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing listens afterwards.
    pub async fn bind(&self) -> Result<BoxListener, BindError> {
        self.bind_with(ListenerOptions::default()).await
    }

    /// As [`bind`](Self::bind), with other settings.
    ///
    /// # Errors
    ///
    /// As [`bind`](Self::bind).
    ///
    /// # Cancel safety
    ///
    /// As [`bind`](Self::bind).
    // Every option is one of TLS.
    #[cfg_attr(not(feature = "tls"), allow(unused_variables))]
    pub async fn bind_with(&self, options: ListenerOptions) -> Result<BoxListener, BindError> {
        let unsupported = |why| BindError::Unsupported { endpoint: self.clone(), why };
        let below = self.clone().with_yamux(false).with_protocol(None);
        #[cfg(feature = "tls")]
        let certificate = || options.tls().ok_or_else(|| unsupported(WITHOUT_CERTIFICATE));
        let listener = match below.scheme() {
            Some(Scheme::Tcp) => BoxListener::new(StdNet::bind_to(&below).await?),
            #[cfg(unix)]
            Some(Scheme::Unix) => BoxListener::new(crate::Unix::bind(below).await?),
            #[cfg(feature = "tls")]
            Some(Scheme::Tls) => {
                let tls = certificate()?;
                BoxListener::new(StdNet::bind_to(&below).await?.layer(tls))
            }
            #[cfg(feature = "websocket")]
            Some(Scheme::Ws) => BoxListener::new(crate::WebSocket::bind(below).await?),
            #[cfg(all(feature = "tls", feature = "websocket"))]
            Some(Scheme::Wss) => BoxListener::new(crate::WebSocket::bind_tls(below, certificate()?).await?),
            Some(Scheme::Http) if !self.is_yamux() => BoxListener::new(crate::Http::bind(below).await?),
            #[cfg(feature = "tls")]
            Some(Scheme::Https) if !self.is_yamux() => {
                BoxListener::new(crate::Http::bind_tls(below, certificate()?).await?)
            }
            _ => return Err(unsupported(self.why_unsupported())),
        };
        match self.is_yamux() {
            false => Ok(listener),
            #[cfg(feature = "yamux")]
            true => Ok(BoxListener::new(crate::Yamux::listen(listener).into_streams())),
            #[cfg(not(feature = "yamux"))]
            true => Err(unsupported(self.why_unsupported())),
        }
    }

    fn why_unsupported(&self) -> &'static str {
        let Some(scheme) = self.scheme() else {
            return "it is only a name; expected one with a scheme, such as tcp://HOST:PORT";
        };
        if self.is_yamux() && matches!(scheme, Scheme::Http | Scheme::Https) {
            "HTTP carries one message in a request and can't carry yamux; use yamux+ws:// or yamux+tcp://"
        } else if cfg!(not(feature = "websocket")) && matches!(scheme, Scheme::Ws | Scheme::Wss) {
            "volplane-transport was built without its cargo feature `websocket`"
        } else if cfg!(not(feature = "yamux")) && self.is_yamux() {
            "volplane-transport was built without its cargo feature `yamux`"
        } else if cfg!(not(feature = "tls")) && scheme.is_tls() {
            WITHOUT_TLS
        } else {
            "this operating system has no such connections"
        }
    }
}

/// Why nothing listens on an endpoint of TLS.
#[cfg(feature = "tls")]
const WITHOUT_CERTIFICATE: &str = "a server needs a certificate for TLS; give it with `Endpoint::bind_with`";
