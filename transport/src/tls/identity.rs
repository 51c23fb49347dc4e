//! A certificate with its key, which can be replaced while connections are open.

mod files;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock, TryLockError};

use rustls::InconsistentKeys;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use files::Files;

use super::roots::{GIVEN, pem_certificates};
use super::{TlsConfigError, provider};

/// A certificate, those between it and a root, and its private key: what an end shows to the other one.
///
/// Clones are the same identity. [`reload`](Self::reload) and [`replace`](Self::replace) change it in all layers that
/// have it: new handshakes use the new certificate, and open connections go on.
///
/// One that was loaded from files is also reloaded when the files have changed. That is checked at handshakes, every
/// 5 s at most, by the time of modification, the length and the file itself. If the new files can't be used, a warning
/// is logged and the old certificate stays.
///
/// ```no_run
/// use volplane_transport::TlsIdentity;
///
/// let identity = TlsIdentity::from_pem_files("server.pem", "server.key")?;
/// // As a handler of SIGHUP does it:
/// identity.reload()?;
/// # Ok::<(), volplane_transport::TlsConfigError>(())
/// ```
#[derive(Clone)]
pub struct TlsIdentity {
    shared: Arc<IdentityShared>,
}

pub(super) struct IdentityShared {
    current: RwLock<Arc<CertifiedKey>>,
    files: Option<Files>,
    /// Held while files are read and until what was in them is set, so that no older contents replace newer ones.
    loading: Mutex<()>,
}

impl TlsIdentity {
    /// The certificates in one PEM file, that of this end first, and the private key in another or the same. Reads the
    /// files at once, and blocks meanwhile.
    ///
    /// # Errors
    ///
    /// If a file can't be read, has no certificate or key, or they don't belong together.
    pub fn from_pem_files(certificates: impl AsRef<Path>, key: impl AsRef<Path>) -> Result<Self, TlsConfigError> {
        let files = Files::new(certificates.as_ref(), key.as_ref());
        let current = files.load()?;
        Ok(Self::new(current, Some(files)))
    }

    /// The certificates in a PEM text, that of this end first, and the private key in another or the same.
    ///
    /// # Errors
    ///
    /// If there is no certificate or key, or they don't belong together.
    pub fn from_pem(certificates: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Result<Self, TlsConfigError> {
        Ok(Self::new(parse(certificates.as_ref(), GIVEN, key.as_ref(), GIVEN)?, None))
    }

    /// Certificates in DER, that of this end first, and the private key in DER: PKCS #8, PKCS #1 or SEC1.
    ///
    /// # Errors
    ///
    /// If there is no certificate, the key can't be used, or they don't belong together.
    pub fn from_der<C: AsRef<[u8]>>(
        certificates: impl IntoIterator<Item = C>,
        key: impl AsRef<[u8]>,
    ) -> Result<Self, TlsConfigError> {
        let certificates: Vec<_> =
            certificates.into_iter().map(|der| CertificateDer::from(der.as_ref().to_vec())).collect();
        let key = PrivateKeyDer::try_from(key.as_ref().to_vec())
            .map_err(|error| TlsConfigError::Key { origin: GIVEN.to_owned(), source: error.into() })?;
        Ok(Self::new(certified(certificates, GIVEN, key, GIVEN)?, None))
    }

    /// Reads the files again. Blocks meanwhile.
    ///
    /// # Errors
    ///
    /// As [`from_pem_files`](Self::from_pem_files), and [`TlsConfigError::NotFromFiles`]. The old certificate stays.
    pub fn reload(&self) -> Result<(), TlsConfigError> {
        let files = self.shared.files.as_ref().ok_or(TlsConfigError::NotFromFiles)?;
        let _loading = self.shared.loading.lock().unwrap_or_else(PoisonError::into_inner);
        self.shared.set(files.load()?);
        Ok(())
    }

    /// Takes the certificate and key of another identity. If this one has files, it takes theirs when they change.
    pub fn replace(&self, new: &TlsIdentity) {
        self.shared.set(new.shared.current());
    }

    fn new(current: Arc<CertifiedKey>, files: Option<Files>) -> Self {
        Self { shared: Arc::new(IdentityShared { current: RwLock::new(current), files, loading: Mutex::new(()) }) }
    }

    /// What rustls asks for the current certificate.
    pub(super) fn resolver(&self) -> Arc<IdentityShared> {
        Arc::clone(&self.shared)
    }

    /// Called at each handshake: reloads files that have changed, if it is time to look at them.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: the files are read to the end.
    pub(super) async fn refresh(&self) {
        if self.shared.files.as_ref().is_some_and(Files::is_check_due) {
            let shared = Arc::clone(&self.shared);
            // Reads two small files and ends; the certificate is set also if this future is dropped.
            let _finished = tokio::task::spawn_blocking(move || shared.reload_if_changed()).await;
        }
    }
}

impl IdentityShared {
    fn current(&self) -> Arc<CertifiedKey> {
        // Only a pointer is replaced, which can't be left half done.
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, new: Arc<CertifiedKey>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
    }

    fn reload_if_changed(&self) {
        let _loading = match self.loading.try_lock() {
            Ok(loading) => loading,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // A file system that does not answer holds one thread, not one more at each check.
            Err(TryLockError::WouldBlock) => return,
        };
        if let Some(new) = self.files.as_ref().and_then(Files::load_if_changed) {
            self.set(new);
        }
    }
}

impl ResolvesServerCert for IdentityShared {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}

impl ResolvesClientCert for IdentityShared {
    fn resolve(&self, _: &[&[u8]], _: &[rustls::SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// Without the key.
impl fmt::Debug for IdentityShared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsIdentity")
            .field("certificates", &self.current().cert.len())
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.fmt(f)
    }
}

/// Checks that there are certificates, and that the key is that of the first one.
fn parse(
    certificates: &[u8],
    certificates_in: &str,
    key: &[u8],
    key_in: &str,
) -> Result<Arc<CertifiedKey>, TlsConfigError> {
    let certificates = pem_certificates(certificates, certificates_in)?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| match error {
        PemError::NoItemsFound => TlsConfigError::NoKey { origin: key_in.to_owned() },
        error => TlsConfigError::Pem { origin: key_in.to_owned(), source: Box::new(error) },
    })?;
    certified(certificates, certificates_in, key, key_in)
}

fn certified(
    certificates: Vec<CertificateDer<'static>>,
    certificates_in: &str,
    key: PrivateKeyDer<'static>,
    key_in: &str,
) -> Result<Arc<CertifiedKey>, TlsConfigError> {
    if certificates.is_empty() {
        return Err(TlsConfigError::NoCertificate { origin: certificates_in.to_owned() });
    }
    let key = provider()
        .key_provider
        .load_private_key(key)
        .map_err(|error| TlsConfigError::Key { origin: key_in.to_owned(), source: Box::new(error) })?;
    let certified = CertifiedKey::new(certificates, key);
    match certified.keys_match() {
        // Unknown: the key can't say what its public key is.
        Ok(()) | Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(Arc::new(certified)),
        Err(rustls::Error::InconsistentKeys(_)) => {
            Err(TlsConfigError::Mismatch { certificates: certificates_in.to_owned(), key: key_in.to_owned() })
        }
        Err(error) => {
            Err(TlsConfigError::Certificate { number: 1, origin: certificates_in.to_owned(), source: Box::new(error) })
        }
    }
}
