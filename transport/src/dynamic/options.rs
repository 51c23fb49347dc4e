//! What connectors and listeners that are made from an endpoint need besides it.

/// Settings of [`Endpoint::connector_with`](crate::Endpoint::connector_with).
///
/// | option | default | what it is |
/// |---|---|---|
/// | `tls` | [`Tls::client`](crate::Tls::client) | the settings for `tls://` and `wss://` |
#[derive(Clone, Debug, Default)]
pub struct ConnectorOptions {
    #[cfg(feature = "tls")]
    tls: Option<crate::TlsClient>,
}

/// Settings of [`Endpoint::bind_with`](crate::Endpoint::bind_with).
///
/// | option | default | what it is |
/// |---|---|---|
/// | `tls` | none | the certificate and settings for `tls://` and `wss://`, which need them |
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
