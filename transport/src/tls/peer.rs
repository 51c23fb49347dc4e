//! What is known of the other end after a handshake.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;

use rustls::{CommonState, ProtocolVersion, ServerConnection};
use volo::net::Address;

use crate::connection::Peer;

/// A TLS client: the peer of the underlying connection, and the result of the handshake.
#[derive(Clone, Debug)]
pub struct TlsPeer<P> {
    inner: P,
    details: TlsDetails,
}

impl<P> TlsPeer<P> {
    pub(super) fn new(inner: P, details: TlsDetails) -> Self {
        Self { inner, details }
    }

    /// The peer of the underlying connection.
    pub fn inner(&self) -> &P {
        &self.inner
    }

    /// The result of the handshake.
    pub fn details(&self) -> &TlsDetails {
        &self.details
    }
}

/// As the inner peer.
impl<P: fmt::Display> fmt::Display for TlsPeer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<P: Peer> Peer for TlsPeer<P> {
    fn address(&self) -> Option<Address> {
        self.inner.address()
    }

    fn detail(&self, wanted: TypeId) -> Option<&dyn Any> {
        if wanted == TypeId::of::<TlsDetails>() { Some(&self.details) } else { self.inner.detail(wanted) }
    }
}

/// The result of a TLS handshake. A server finds it with [`peer.get::<TlsDetails>()`](Peer::get), whichever
/// layers are above TLS. Clones share it.
#[derive(Clone, PartialEq, Eq)]
pub struct TlsDetails {
    inner: Arc<Inner>,
}

#[derive(Debug, PartialEq, Eq)]
struct Inner {
    server_name: Option<String>,
    version: TlsVersion,
    alpn: Option<Vec<u8>>,
    certificates: Vec<Vec<u8>>,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TlsVersion {
    /// [RFC 5246](https://www.rfc-editor.org/rfc/rfc5246).
    Tls12,
    /// [RFC 8446](https://www.rfc-editor.org/rfc/rfc8446).
    Tls13,
}

impl TlsDetails {
    pub(super) fn of(session: &CommonState, server_name: Option<&str>) -> Self {
        let certificates = session.peer_certificates().unwrap_or_default();
        let version = match session.protocol_version() {
            Some(ProtocolVersion::TLSv1_2) => TlsVersion::Tls12,
            // No other is enabled.
            _ => TlsVersion::Tls13,
        };
        let inner = Inner {
            server_name: server_name.map(str::to_owned),
            version,
            alpn: session.alpn_protocol().map(<[u8]>::to_vec),
            certificates: certificates.iter().map(|certificate| certificate.to_vec()).collect(),
        };
        Self { inner: Arc::new(inner) }
    }

    pub(super) fn of_client(session: &ServerConnection) -> Self {
        Self::of(session, session.server_name())
    }

    /// The DNS name that the client asked for (SNI). `None` if it asked for an IP address, and at the client's end.
    pub fn server_name(&self) -> Option<&str> {
        self.inner.server_name.as_deref()
    }

    /// The TLS version of the connection.
    pub fn version(&self) -> TlsVersion {
        self.inner.version
    }

    /// The application protocol that both ends agreed on (ALPN).
    pub fn alpn(&self) -> Option<&[u8]> {
        self.inner.alpn.as_deref()
    }

    /// The certificate of the other end, in DER. It has been checked. `None` if it sent none.
    pub fn certificate(&self) -> Option<&[u8]> {
        self.certificates().next()
    }

    /// The certificates that the other end sent, in DER: its own first, then those between it and a root.
    pub fn certificates(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.inner.certificates.iter().map(Vec::as_slice)
    }
}

/// The certificates as their number.
impl fmt::Debug for TlsDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsDetails")
            .field("server_name", &self.server_name())
            .field("version", &self.version())
            .field("alpn", &self.alpn().map(String::from_utf8_lossy))
            .field("certificates", &self.certificates().len())
            .finish()
    }
}

impl fmt::Display for TlsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            TlsVersion::Tls12 => "TLS 1.2",
            TlsVersion::Tls13 => "TLS 1.3",
        })
    }
}
