//! Certificates made on the spot.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use volplane_transport::{ConnectorOptions, ListenerOptions, Tls, TlsClient, TlsIdentity, TlsRoots, TlsServer};

/// Who signs certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, in PEM.
pub struct Pem {
    pub certificate: String,
    pub key: String,
}

impl Authority {
    pub fn new() -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        Self::named(&format!("authority {}", MADE.fetch_add(1, Ordering::Relaxed)))
    }

    pub fn named(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    pub fn roots(&self) -> TlsRoots {
        TlsRoots::from_pem(self.0.pem()).unwrap()
    }

    /// A certificate for these names and addresses.
    pub fn issue(&self, names: &[&str]) -> Pem {
        self.issue_with(names, |_| {})
    }

    pub fn issue_with(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Pem {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Pem { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    pub fn identity(&self, names: &[&str]) -> TlsIdentity {
        self.issue(names).identity()
    }

    /// A client that trusts this authority.
    pub fn client(&self) -> TlsClient {
        Tls::client().with_roots(self.roots())
    }
}

impl Pem {
    pub fn identity(&self) -> TlsIdentity {
        TlsIdentity::from_pem(&self.certificate, &self.key).unwrap()
    }
}

/// The authority of the servers of `every_transport!`.
pub static AUTHORITY: LazyLock<Authority> = LazyLock::new(Authority::new);

/// For servers at `localhost` and at the loopback addresses.
pub fn server() -> TlsServer {
    Tls::server(AUTHORITY.identity(&["localhost", "127.0.0.1", "::1"]))
}

pub fn connecting() -> ConnectorOptions {
    ConnectorOptions::default().with_tls(AUTHORITY.client())
}

pub fn listening() -> ListenerOptions {
    ListenerOptions::default().with_tls(server())
}
