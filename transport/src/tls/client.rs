//! The end that dials.

use std::net::IpAddr;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;

use super::{TlsError, TlsIdentity, TlsPeer, TlsRoots, TlsStream, over_tls, provider};
use crate::connection::{Connection, Peer};
use crate::endpoint::Endpoint;
use crate::layer::Layer;

/// The TLS layer of a connector, made by [`Tls::client`](super::Tls::client).
///
/// | option | default | what it is |
/// |---|---|---|
/// | `roots` | those of the operating system | who may sign the server's certificate |
/// | `server_name` | the host of the endpoint | what that certificate has to be for |
/// | `identity` | none | the client's own certificate |
/// | `alpn` | none | the application protocols that are offered |
///
/// Clones share the sessions of TLS, so that a further connection to a server needs a shorter handshake.
#[derive(Clone, Debug)]
pub struct TlsClient {
    roots: TlsRoots,
    server_name: Option<String>,
    identity: Option<TlsIdentity>,
    alpn: Vec<Vec<u8>>,
    /// Made of the above by the first handshake; it holds the sessions. Each setter makes a new one.
    config: Arc<OnceCell<Arc<ClientConfig>>>,
}

impl TlsClient {
    pub(super) fn new() -> Self {
        Self { roots: TlsRoots::system(), server_name: None, identity: None, alpn: Vec::new(), config: Arc::default() }
    }

    /// Trusts these roots instead of those of the operating system. To trust both:
    /// `TlsRoots::system().and(own)`.
    pub fn with_roots(self, roots: TlsRoots) -> Self {
        Self { roots, config: Arc::default(), ..self }
    }

    /// The name that the server's certificate has to be for, and that is sent to the server (SNI): a DNS name, or an IP
    /// address, which is not sent. Default: the host of the endpoint. If the name is neither, every handshake fails
    /// with [`TlsError::ServerName`].
    pub fn with_server_name(self, name: impl Into<String>) -> Self {
        Self { server_name: Some(name.into()), ..self }
    }

    /// Shows this certificate to servers that ask for one (mutual TLS). Default: none.
    pub fn with_identity(self, identity: TlsIdentity) -> Self {
        Self { identity: Some(identity), config: Arc::default(), ..self }
    }

    /// The application protocols to offer ([ALPN](https://www.rfc-editor.org/rfc/rfc7301)), the preferred one first.
    /// Default: none. A server that knows none of them refuses the handshake, unless it ignores ALPN.
    pub fn with_alpn<N: AsRef<[u8]>>(self, protocols: impl IntoIterator<Item = N>) -> Self {
        let alpn = protocols.into_iter().map(|name| name.as_ref().to_vec()).collect();
        Self { alpn, config: Arc::default(), ..self }
    }

    async fn config(&self) -> Result<Arc<ClientConfig>, TlsError> {
        self.config.get_or_try_init(|| self.make_config()).await.cloned()
    }

    async fn make_config(&self) -> Result<Arc<ClientConfig>, TlsError> {
        let roots = self.roots.load().await?;
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsError::Settings(Box::new(error)))?
            .with_root_certificates(roots);
        let mut config = match &self.identity {
            Some(identity) => config.with_client_cert_resolver(identity.resolver()),
            None => config.with_no_client_auth(),
        };
        config.alpn_protocols.clone_from(&self.alpn);
        Ok(Arc::new(config))
    }

    fn name_for(&self, to: &Endpoint) -> Result<ServerName<'static>, TlsError> {
        let name = self.server_name.as_deref().or(to.host()).ok_or(TlsError::NoServerName)?;
        // No certificate has the interface of a link-local address, `fe80::1%2`.
        let address = name.split('%').next().unwrap_or(name);
        match address.parse::<IpAddr>() {
            Ok(address) => Ok(ServerName::from(address)),
            Err(_) => ServerName::try_from(name.to_owned()).map_err(|_| TlsError::ServerName { name: name.to_owned() }),
        }
    }
}

impl<Io: Connection> Layer<Io> for TlsClient {
    type Io = TlsStream<Io>;
    type Peer<P: Peer> = TlsPeer<P>;
    type Error = TlsError;

    async fn outgoing(&self, io: Io, to: &Endpoint) -> Result<TlsStream<Io>, TlsError> {
        let name = self.name_for(to)?;
        if let Some(identity) = &self.identity {
            identity.refresh().await;
        }
        let connector = TlsConnector::from(self.config().await?);
        // Boxed because it is large: some 1.5 KiB in each future around it.
        let stream = Box::pin(connector.connect(name, io)).await.map_err(|error| TlsError::of(error, "server"))?;
        Ok(TlsStream::new(stream.into()))
    }

    async fn incoming<P: Peer>(&self, _: Io, _: P) -> Result<(TlsStream<Io>, TlsPeer<P>), TlsError> {
        Err(TlsError::WrongEnd)
    }

    fn endpoint(&self, below: Endpoint) -> Endpoint {
        over_tls(below)
    }
}
