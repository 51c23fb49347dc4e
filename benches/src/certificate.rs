//! The certificate of the servers with TLS. Server and client are processes of their own, and each makes it of the same
//! key: what a client trusts of it are its name and its public key.

use anyhow::Context;
use rcgen::{CertificateParams, KeyPair};
use volplane_transport::{Tls, TlsClient, TlsIdentity, TlsRoots, TlsServer};

/// An Ed25519 key in PKCS #8 ([RFC 8410](https://www.rfc-editor.org/rfc/rfc8410#section-7)) before its 32 bytes. It is no
/// secret, and protects nothing.
const PREFIX: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

fn make() -> anyhow::Result<(String, String)> {
    let key = [&PREFIX[..], &[42; 32]].concat();
    let key = KeyPair::try_from(key).context("the benchmark's key")?;
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()])?.self_signed(&key)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

pub(crate) fn server() -> anyhow::Result<TlsServer> {
    let (certificate, key) = make()?;
    Ok(Tls::server(TlsIdentity::from_pem(certificate, key)?))
}

pub(crate) fn client() -> anyhow::Result<TlsClient> {
    Ok(Tls::client().with_roots(TlsRoots::from_pem(make()?.0)?))
}
