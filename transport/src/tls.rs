//! TLS, by rustls with ring.

mod client;
mod error;
mod identity;
mod peer;
mod roots;
mod server;
mod stream;

use std::sync::Arc;

pub use client::TlsClient;
pub use error::{TlsConfigError, TlsError};
pub use identity::TlsIdentity;
pub use peer::{TlsDetails, TlsPeer, TlsVersion};
pub use roots::TlsRoots;
pub use server::TlsServer;
pub use stream::TlsStream;

use rustls::crypto::CryptoProvider;

use crate::endpoint::{Endpoint, Scheme};

/// The TLS layer: [`Tls::client`] for connectors, [`Tls::server`] for listeners.
///
/// Supports TLS 1.2 and 1.3. A connection is reused for further calls, as a connection without TLS is.
///
/// ```no_run
/// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
/// use volplane_transport::{ListenerExt, StdNet, Tls, TlsIdentity, TlsRoots};
///
/// let identity = TlsIdentity::from_pem_files("server.pem", "server.key")?;
/// let listener = StdNet::bind("0.0.0.0:8443").await?.layer(Tls::server(identity));
///
/// let roots = TlsRoots::from_pem_file("ca.pem")?;
/// let connector = StdNet::to("example.com:8443").layer(Tls::client().with_roots(roots));
/// # drop((listener, connector));
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Tls;

impl Tls {
    /// The end that dials. By default it trusts the roots of the operating system, checks that the certificate is for
    /// the host of the endpoint, and sends no certificate.
    pub fn client() -> TlsClient {
        TlsClient::new()
    }

    /// The end that accepts, with its certificate and key. By default it asks for no client certificate.
    pub fn server(identity: TlsIdentity) -> TlsServer {
        TlsServer::new(identity)
    }
}

/// ring, whatever the process's default provider is: another library of the program may set the default.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// The endpoint above a TLS layer.
fn over_tls(below: Endpoint) -> Endpoint {
    match below.scheme() {
        Some(Scheme::Tcp) => below.clone().with_scheme(Scheme::Tls).unwrap_or(below),
        _ => below,
    }
}
