//! What connectors and listeners that are made from an endpoint need besides it.

/// Settings of [`Endpoint::connector_with`](crate::Endpoint::connector_with).
///
/// | option | default |
/// |---|---|
/// | `tls` | the roots of the operating system, no client certificate |
#[derive(Clone, Debug, Default)]
pub struct ConnectorOptions {
    #[cfg(feature = "tls")]
    tls: Option<crate::TlsClient>,
}

/// Settings of [`Endpoint::bind_with`](crate::Endpoint::bind_with).
///
/// | option | default |
/// |---|---|
/// | `tls` | none: endpoints of TLS can't be listened on |
#[derive(Clone, Debug, Default)]
pub struct ListenerOptions {
    #[cfg(feature = "tls")]
    tls: Option<crate::TlsServer>,
}

#[cfg(feature = "tls")]
impl ConnectorOptions {
    /// The settings for endpoints of TLS. Other endpoints don't use them.
    pub fn with_tls(self, tls: crate::TlsClient) -> Self {
        Self { tls: Some(tls) }
    }

    pub(super) fn tls(self) -> crate::TlsClient {
        self.tls.unwrap_or_else(crate::Tls::client)
    }
}

#[cfg(feature = "tls")]
impl ListenerOptions {
    /// The certificate and settings for endpoints of TLS. Other endpoints don't use them.
    pub fn with_tls(self, tls: crate::TlsServer) -> Self {
        Self { tls: Some(tls) }
    }

    pub(super) fn tls(self) -> Option<crate::TlsServer> {
        self.tls
    }
}
