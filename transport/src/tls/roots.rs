//! Whose certificates are trusted.

use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::sync::OnceCell;

use super::{TlsConfigError, TlsError};
use crate::connect::WithCauses;

/// The authorities (root certificates) whose certificates are trusted. Clones share them.
///
/// A self-signed certificate can be a root, too: then only this certificate is trusted.
#[derive(Clone)]
pub struct TlsRoots {
    given: Arc<RootCertStore>,
    system: bool,
}

impl TlsRoots {
    /// The roots of the operating system. They are loaded once in a process, by the first handshake; the environment
    /// variables `SSL_CERT_FILE` and `SSL_CERT_DIR` replace them, as with OpenSSL.
    pub fn system() -> Self {
        Self { given: Arc::new(RootCertStore::empty()), system: true }
    }

    /// The certificates in a PEM file. Reads the file at once, and blocks meanwhile.
    ///
    /// # Errors
    ///
    /// If the file can't be read, contains no certificate, or one that is not valid.
    pub fn from_pem_file(path: impl AsRef<Path>) -> Result<Self, TlsConfigError> {
        let path = path.as_ref();
        Self::new(pem_certificates(&read(path)?, &name_of(path))?, &name_of(path))
    }

    /// The certificates in a PEM text.
    ///
    /// # Errors
    ///
    /// If it contains no certificate, or one that is not valid.
    pub fn from_pem(text: impl AsRef<[u8]>) -> Result<Self, TlsConfigError> {
        Self::new(pem_certificates(text.as_ref(), GIVEN)?, GIVEN)
    }

    /// Certificates in DER.
    ///
    /// # Errors
    ///
    /// If there is none, or one is not valid.
    pub fn from_der<C: AsRef<[u8]>>(certificates: impl IntoIterator<Item = C>) -> Result<Self, TlsConfigError> {
        let certificates = certificates.into_iter().map(|der| CertificateDer::from(der.as_ref().to_vec()));
        Self::new(certificates.collect(), GIVEN)
    }

    /// These roots and `others`: `TlsRoots::system().and(own)`. If the operating system has none, the others are trusted
    /// alone, and a warning is logged.
    #[must_use]
    pub fn and(self, others: TlsRoots) -> Self {
        let mut given = Arc::unwrap_or_clone(self.given);
        given.roots.extend_from_slice(&others.given.roots);
        Self { given: Arc::new(given), system: self.system || others.system }
    }

    fn new(certificates: Vec<CertificateDer<'static>>, origin: &str) -> Result<Self, TlsConfigError> {
        let mut given = RootCertStore::empty();
        for (index, certificate) in certificates.into_iter().enumerate() {
            given.add(certificate).map_err(|error| TlsConfigError::Certificate {
                number: index + 1,
                origin: origin.to_owned(),
                source: Box::new(error),
            })?;
        }
        if given.is_empty() {
            return Err(TlsConfigError::NoCertificate { origin: origin.to_owned() });
        }
        Ok(Self { given: Arc::new(given), system: false })
    }

    /// All of them. Loads those of the operating system if they belong to it.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub(super) async fn load(&self) -> Result<Arc<RootCertStore>, TlsError> {
        if !self.system {
            return Ok(Arc::clone(&self.given));
        }
        let system = match SYSTEM.get_or_try_init(load_system).await {
            Ok(system) => system,
            Err(error) if self.given.is_empty() => return Err(error),
            // A small container has none.
            Err(error) => {
                tracing::warn!(error = %WithCauses(&error), "only the given roots are trusted");
                return Ok(Arc::clone(&self.given));
            }
        };
        if self.given.is_empty() {
            return Ok(Arc::clone(system));
        }
        let mut all = (**system).clone();
        all.roots.extend_from_slice(&self.given.roots);
        Ok(Arc::new(all))
    }
}

impl fmt::Debug for TlsRoots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsRoots").field("system", &self.system).field("given", &self.given.len()).finish()
    }
}

/// The roots of the operating system. A failure is not kept: the next handshake tries again.
static SYSTEM: OnceCell<Arc<RootCertStore>> = OnceCell::const_new();

async fn load_system() -> Result<Arc<RootCertStore>, TlsError> {
    // Some 150 files on some systems. The task ends after reading them, also if this future is dropped.
    let loaded = tokio::task::spawn_blocking(rustls_native_certs::load_native_certs).await;
    let loaded = loaded.map_err(|error| TlsError::SystemRoots(Box::new(error)))?;
    let mut roots = RootCertStore::empty();
    // Systems have old roots that rustls can't use, beside those that it can.
    let (usable, unusable) = roots.add_parsable_certificates(loaded.certs);
    for error in &loaded.errors {
        tracing::debug!(%error, "a root of the operating system was not loaded");
    }
    tracing::debug!(usable, unusable, "loaded the roots of the operating system");
    if roots.is_empty() {
        let error = loaded.errors.into_iter().next().map(|error| Box::new(error) as _);
        return Err(TlsError::SystemRoots(error.unwrap_or_else(|| "it has none".into())));
    }
    Ok(Arc::new(roots))
}

/// How errors name what was not read from a file.
pub(super) const GIVEN: &str = "the given text";

pub(super) fn name_of(path: &Path) -> String {
    path.display().to_string()
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>, TlsConfigError> {
    fs::read(path).map_err(|source| TlsConfigError::Read { path: path.to_owned(), source })
}

/// The certificates of a PEM text, in its order. Other sections are skipped.
pub(super) fn pem_certificates(text: &[u8], origin: &str) -> Result<Vec<CertificateDer<'static>>, TlsConfigError> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(text)
        .collect::<Result<_, _>>()
        .map_err(|error| TlsConfigError::Pem { origin: origin.to_owned(), source: Box::new(error) })?;
    if certificates.is_empty() {
        return Err(TlsConfigError::NoCertificate { origin: origin.to_owned() });
    }
    Ok(certificates)
}
