//! The end that accepts.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use tokio::io::AsyncReadExt;
use tokio::sync::OnceCell;
use tokio_rustls::TlsAcceptor;

use super::{TlsDetails, TlsError, TlsIdentity, TlsPeer, TlsRoots, TlsStream, over_tls, provider};
use crate::connection::{Connection, Peer};
use crate::endpoint::Endpoint;
use crate::layer::Layer;

/// The TLS layer of a listener, made by [`Tls::server`](super::Tls::server).
///
/// | option | default | what it is |
/// |---|---|---|
/// | `client_certificates` | not asked for | whether clients need a certificate, and who may sign it |
/// | `alpn` | none | the application protocols that are accepted |
///
/// Its peer is a [`TlsPeer`]. Layers above find what TLS knows of a client with
/// [`peer.get::<TlsDetails>()`](Peer::get).
#[derive(Clone, Debug)]
pub struct TlsServer {
    identity: TlsIdentity,
    client_certificates: Clients,
    alpn: Vec<Vec<u8>>,
    /// Made of the above by the first handshake. Each setter makes a new one.
    config: Arc<OnceCell<Arc<ServerConfig>>>,
}

/// Which clients are asked for a certificate.
#[derive(Clone, Debug)]
enum Clients {
    NotAskedFor,
    Optional(TlsRoots),
    Required(TlsRoots),
}

impl TlsServer {
    pub(super) fn new(identity: TlsIdentity) -> Self {
        Self { identity, client_certificates: Clients::NotAskedFor, alpn: Vec::new(), config: Arc::default() }
    }

    /// Refuses clients without a certificate that one of these authorities has signed (mutual TLS).
    pub fn with_required_client_certificates(self, roots: TlsRoots) -> Self {
        Self { client_certificates: Clients::Required(roots), config: Arc::default(), ..self }
    }

    /// Asks clients for a certificate, and accepts those that have none. One that none of these authorities has signed
    /// is refused.
    pub fn with_optional_client_certificates(self, roots: TlsRoots) -> Self {
        Self { client_certificates: Clients::Optional(roots), config: Arc::default(), ..self }
    }

    /// The application protocols of this server ([ALPN](https://www.rfc-editor.org/rfc/rfc7301)), the preferred one
    /// first. Default: none, so that what clients offer is ignored. A client that offers only others is refused; one
    /// that offers none is accepted.
    pub fn with_alpn<N: AsRef<[u8]>>(self, protocols: impl IntoIterator<Item = N>) -> Self {
        let alpn = protocols.into_iter().map(|name| name.as_ref().to_vec()).collect();
        Self { alpn, config: Arc::default(), ..self }
    }

    async fn config(&self) -> Result<Arc<ServerConfig>, TlsError> {
        self.config.get_or_try_init(|| self.make_config()).await.cloned()
    }

    async fn make_config(&self) -> Result<Arc<ServerConfig>, TlsError> {
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsError::Settings(Box::new(error)))?;
        let verifier = match &self.client_certificates {
            Clients::NotAskedFor => None,
            Clients::Optional(roots) => Some((roots, true)),
            Clients::Required(roots) => Some((roots, false)),
        };
        let config = match verifier {
            None => config.with_no_client_auth(),
            Some((roots, optional)) => {
                let verifier = WebPkiClientVerifier::builder_with_provider(roots.load().await?, provider());
                let verifier = if optional { verifier.allow_unauthenticated() } else { verifier };
                let verifier = verifier.build().map_err(|error| TlsError::Settings(Box::new(error)))?;
                config.with_client_cert_verifier(verifier)
            }
        };
        let mut config = config.with_cert_resolver(self.identity.resolver());
        config.alpn_protocols.clone_from(&self.alpn);
        Ok(Arc::new(config))
    }
}

impl<Io: Connection> Layer<Io> for TlsServer {
    type Io = TlsStream<Io>;
    type Peer<P: Peer> = TlsPeer<P>;
    type Error = TlsError;

    async fn outgoing(&self, _: Io, _: &Endpoint) -> Result<TlsStream<Io>, TlsError> {
        Err(TlsError::WrongEnd)
    }

    async fn incoming<P: Peer>(&self, io: Io, peer: P) -> Result<(TlsStream<Io>, TlsPeer<P>), TlsError> {
        self.identity.refresh().await;
        let acceptor = TlsAcceptor::from(self.config().await?);
        // Boxed because it is large: some 1.5 KiB in each future around it.
        match Box::pin(acceptor.accept(io).into_fallible()).await {
            Ok(stream) => {
                let details = TlsDetails::of_client(stream.get_ref().1);
                Ok((TlsStream::new(stream.into()), TlsPeer::new(peer, details)))
            }
            Err((error, io)) => {
                end_after_alert(io).await;
                Err(TlsError::of(error, "client"))
            }
        }
    }

    fn endpoint(&self, below: Endpoint) -> Endpoint {
        over_tls(below)
    }
}

/// How long a refused client has for reading the alert, and how much it may still send.
const ALERT_GRACE: Duration = Duration::from_millis(250);
const MAX_AFTER_ALERT: u64 = 64 * 1024;

/// Closes the connection of a client that was refused. A connection that is closed with unread bytes is reset, and the
/// client, which may have sent a call already, would lose the alert that says why.
async fn end_after_alert<Io: Connection>(mut io: Io) {
    let end = async {
        poll_fn(|cx| Pin::new(&mut io).poll_shutdown(cx)).await?;
        tokio::io::copy(&mut io.take(MAX_AFTER_ALERT), &mut tokio::io::sink()).await
    };
    let _ended_or_not = tokio::time::timeout(ALERT_GRACE, end).await;
}
