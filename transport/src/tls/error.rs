//! Why certificates can't be used, and why a handshake fails.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use rustls::{AlertDescription as Alert, CertificateError, Error as Rustls};

type Source = Box<dyn Error + Send + Sync>;

/// Why certificates or a private key can't be used. The message names the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsConfigError {
    /// The file can't be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        source: io::Error,
    },
    /// The text has a PEM section that can't be decoded.
    #[error("{origin} is not valid PEM")]
    Pem {
        /// The file, or `the given text`.
        origin: String,
        /// Which part is wrong.
        #[source]
        source: Source,
    },
    /// There is no certificate.
    #[error("{origin} contains no certificate; expected PEM with -----BEGIN CERTIFICATE-----")]
    NoCertificate {
        /// The file, or `the given text`.
        origin: String,
    },
    /// There is no private key.
    #[error("{origin} contains no private key; expected PEM with -----BEGIN PRIVATE KEY-----, without a password")]
    NoKey {
        /// The file, or `the given text`.
        origin: String,
    },
    /// A certificate can't be decoded.
    #[error("certificate {number} in {origin} is not valid")]
    Certificate {
        /// Which one, counted from 1.
        number: usize,
        /// The file, or `the given text`.
        origin: String,
        /// What is wrong with it.
        #[source]
        source: Source,
    },
    /// The key is of a kind that is not supported.
    #[error("the private key in {origin} can't be used; expected RSA, ECDSA with P-256 or P-384, or Ed25519")]
    Key {
        /// The file, or `the given text`.
        origin: String,
        /// What is wrong with it.
        #[source]
        source: Source,
    },
    /// The certificate is for another key.
    #[error("the private key in {key} does not belong to the first certificate in {certificates}")]
    Mismatch {
        /// The file of the certificates, or `the given text`.
        certificates: String,
        /// The file of the key, or `the given text`.
        key: String,
    },
    /// There is nothing to reload.
    #[error("this certificate was not loaded from files; use `TlsIdentity::replace`")]
    NotFromFiles,
}

/// Why a TLS handshake failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The endpoint has no host, and no server name is set.
    #[error("the endpoint has no host; set the server's name with `TlsClient::with_server_name`")]
    NoServerName,
    /// The server name is neither a DNS name nor an IP address.
    #[error("{name:?} is not a valid server name; expected a DNS name or an IP address")]
    ServerName {
        /// The name.
        name: String,
    },
    /// The operating system has no roots that can be used.
    #[error("cannot load the trusted roots of the operating system; give your own with `TlsClient::with_roots`")]
    SystemRoots(#[source] Source),
    /// The settings contradict each other.
    #[error("these TLS settings can't be used")]
    Settings(#[source] Source),
    /// `Tls::client` on a listener, or `Tls::server` on a connector.
    #[error("this TLS layer is for the other end: connectors take `Tls::client`, listeners take `Tls::server`")]
    WrongEnd,
    /// The certificate of the peer is not signed by a trusted authority.
    #[error("the {peer}'s certificate is signed by an unknown authority, which is not among the trusted roots")]
    UnknownAuthority {
        /// `server` or `client`.
        peer: &'static str,
        /// The error of the check.
        #[source]
        source: Source,
    },
    /// The certificate of the server is for other names.
    #[error("the server's certificate is not for {expected}, but for {presented}")]
    WrongName {
        /// The name that was asked for.
        expected: String,
        /// The names in the certificate.
        presented: String,
    },
    /// The certificate of the peer has expired.
    #[error("the {peer}'s certificate has expired")]
    Expired {
        /// `server` or `client`.
        peer: &'static str,
        /// The error of the check.
        #[source]
        source: Source,
    },
    /// The certificate of the peer is not valid yet.
    #[error("the {peer}'s certificate is not valid yet; check the clocks of both machines")]
    NotYetValid {
        /// `server` or `client`.
        peer: &'static str,
        /// The error of the check.
        #[source]
        source: Source,
    },
    /// The certificate of the peer is refused for another reason.
    #[error("the {peer}'s certificate is not acceptable")]
    Certificate {
        /// `server` or `client`.
        peer: &'static str,
        /// The error of the check.
        #[source]
        source: Source,
    },
    /// The client sent no certificate, and the server requires one.
    #[error("the client sent no certificate, which this server requires")]
    NoClientCertificate,
    /// The ends have no application protocol (ALPN) in common.
    #[error("no application protocol (ALPN) in common with the {peer}")]
    NoCommonProtocol {
        /// `server` or `client`.
        peer: &'static str,
    },
    /// The peer refused the handshake with an alert.
    #[error("the {peer} refused the TLS handshake: {reason}")]
    Refused {
        /// `server` or `client`.
        peer: &'static str,
        /// What the alert means.
        reason: &'static str,
        /// The alert.
        #[source]
        source: Source,
    },
    /// What the peer sent is not TLS.
    #[error("the {peer} does not use TLS here: it did not send a TLS message")]
    NotTls {
        /// `server` or `client`.
        peer: &'static str,
        /// What is wrong with its first message.
        #[source]
        source: Source,
    },
    /// The connection ended during the handshake.
    #[error("the {peer} closed the connection during the TLS handshake; it may not use TLS here")]
    Ended {
        /// `server` or `client`.
        peer: &'static str,
        /// The error of the connection.
        #[source]
        source: io::Error,
    },
    /// Another error of the connection.
    #[error("the connection failed during the TLS handshake")]
    Io(#[source] io::Error),
    /// The peers can't agree, or the peer violates the protocol.
    #[error("the TLS handshake with the {peer} failed")]
    Protocol {
        /// `server` or `client`.
        peer: &'static str,
        /// The reason.
        #[source]
        source: Source,
    },
}

impl TlsError {
    /// What a handshake failed with, in plain words. `peer` is the other end.
    ///
    /// No `From`, which would be public: the library's types are not.
    pub(super) fn of(error: io::Error, peer: &'static str) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Rustls>()) {
            Some(reason) => Self::of_rustls(reason.clone(), peer),
            None if error.kind() == io::ErrorKind::UnexpectedEof => TlsError::Ended { peer, source: error },
            None => TlsError::Io(error),
        }
    }

    fn of_rustls(error: Rustls, peer: &'static str) -> Self {
        use CertificateError as Wrong;
        match error {
            Rustls::InvalidCertificate(Wrong::NotValidForNameContext { expected, presented }) => {
                TlsError::WrongName { expected: expected.to_str().into_owned(), presented: listed(&presented) }
            }
            Rustls::NoCertificatesPresented => TlsError::NoClientCertificate,
            Rustls::NoApplicationProtocol => TlsError::NoCommonProtocol { peer },
            Rustls::AlertReceived(Alert::NoApplicationProtocol) => TlsError::NoCommonProtocol { peer },
            error => {
                let source = Box::new(error.clone());
                match error {
                    // An authority that was made anew has its old name and another key.
                    Rustls::InvalidCertificate(Wrong::UnknownIssuer | Wrong::BadSignature) => {
                        TlsError::UnknownAuthority { peer, source }
                    }
                    Rustls::InvalidCertificate(Wrong::Expired | Wrong::ExpiredContext { .. }) => {
                        TlsError::Expired { peer, source }
                    }
                    Rustls::InvalidCertificate(Wrong::NotValidYet | Wrong::NotValidYetContext { .. }) => {
                        TlsError::NotYetValid { peer, source }
                    }
                    Rustls::InvalidCertificate(_) => TlsError::Certificate { peer, source },
                    Rustls::AlertReceived(alert) => TlsError::Refused { peer, reason: meaning(alert), source },
                    Rustls::InvalidMessage(_) => TlsError::NotTls { peer, source },
                    _ => TlsError::Protocol { peer, source },
                }
            }
        }
    }
}

/// The names in a certificate, as rustls writes them: `DnsName("localhost")`.
fn listed(presented: &[String]) -> String {
    if presented.is_empty() {
        return "no name".to_owned();
    }
    let plain = |name: &String| match name.split_once('(') {
        Some((_, rest)) => rest.trim_end_matches(')').trim_matches('"').to_owned(),
        None => name.clone(),
    };
    presented.iter().map(plain).collect::<Vec<_>>().join(", ")
}

/// What an alert means ([RFC 8446, 6.2](https://www.rfc-editor.org/rfc/rfc8446#section-6.2)).
fn meaning(alert: Alert) -> &'static str {
    match alert {
        Alert::CertificateRequired | Alert::NoCertificate => "it requires a certificate of this end",
        // The latter is sent if the authority has the same name and another key.
        Alert::UnknownCA | Alert::DecryptError => "it does not trust the authority that signed this end's certificate",
        Alert::CertificateExpired => "this end's certificate has expired",
        Alert::CertificateRevoked => "this end's certificate is revoked",
        Alert::BadCertificate | Alert::UnsupportedCertificate | Alert::CertificateUnknown => {
            "it does not accept this end's certificate"
        }
        Alert::AccessDenied => "this end's certificate gives no access",
        Alert::UnrecognisedName => "it does not serve this server name",
        Alert::ProtocolVersion => "the two ends support no common TLS version",
        Alert::HandshakeFailure | Alert::InsufficientSecurity => "the ends have no algorithms in common",
        Alert::InternalError => "it has an internal error",
        _ => "it sent an alert",
    }
}

/// Whether an error of a connection is an alert with which a server refuses the handshake.
///
/// With TLS 1.3 a client has finished its handshake, and may have sent a call, before the server has checked the
/// client's certificate. The alert is the first thing that such a client reads.
pub(super) fn refusal(error: &io::Error) -> Option<TlsError> {
    let reason = error.get_ref()?.downcast_ref::<Rustls>()?;
    match reason {
        Rustls::AlertReceived(
            Alert::CertificateRequired
            | Alert::UnknownCA
            | Alert::CertificateExpired
            | Alert::CertificateRevoked
            | Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateUnknown
            | Alert::AccessDenied
            | Alert::DecryptError,
        ) => Some(TlsError::of_rustls(reason.clone(), "server")),
        _ => None,
    }
}
