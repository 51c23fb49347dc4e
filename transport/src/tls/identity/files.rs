//! The files of an identity, and whether they have changed.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use rustls::sign::CertifiedKey;
use tokio::time::Instant;

use super::parse;
use crate::connect::WithCauses;
use crate::tls::TlsConfigError;
use crate::tls::roots::{name_of, read};

/// How often files are looked at, at most. Certificates are replaced days before they expire.
const CHECK_INTERVAL: Duration = Duration::from_secs(5);

pub(super) struct Files {
    certificates: PathBuf,
    key: PathBuf,
    watch: Mutex<Watch>,
}

struct Watch {
    checked: Instant,
    seen: [Option<Stamp>; 2],
}

/// What changes when a file is written or replaced. `None` where there is no file.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// The number of the file, so that another one that was renamed to the same path counts whatever its times are.
    #[cfg(unix)]
    number: u64,
}

impl Files {
    pub(super) fn new(certificates: &Path, key: &Path) -> Self {
        // The stamps are taken before the files are read: what is written meanwhile counts as a change.
        let seen = [Stamp::of(certificates), Stamp::of(key)];
        let watch = Mutex::new(Watch { checked: Instant::now(), seen });
        Self { certificates: certificates.to_owned(), key: key.to_owned(), watch }
    }

    fn watch(&self) -> MutexGuard<'_, Watch> {
        // Each field is valid on its own.
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn load(&self) -> Result<Arc<CertifiedKey>, TlsConfigError> {
        let (certificates, key) = (read(&self.certificates)?, read(&self.key)?);
        parse(&certificates, &name_of(&self.certificates), &key, &name_of(&self.key))
    }

    /// Whether it is time to look at the files. Of several callers, one is told so.
    pub(super) fn is_check_due(&self) -> bool {
        let mut watch = self.watch();
        let due = watch.checked.elapsed() >= CHECK_INTERVAL;
        if due {
            watch.checked = Instant::now();
        }
        due
    }

    /// What is in the files, if they have changed and can be used. Files that can't be used are not read again until
    /// they change.
    pub(super) fn load_if_changed(&self) -> Option<Arc<CertifiedKey>> {
        let now = [Stamp::of(&self.certificates), Stamp::of(&self.key)];
        {
            let mut watch = self.watch();
            if watch.seen == now {
                return None;
            }
            watch.seen = now;
        }
        let certificates = self.certificates.display();
        match self.load() {
            Ok(new) => {
                tracing::info!(%certificates, "reloaded a TLS certificate");
                Some(new)
            }
            Err(error) => {
                let error = WithCauses(&error);
                tracing::warn!(%certificates, %error, "cannot reload a TLS certificate; the old one stays");
                None
            }
        }
    }
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let file = fs::metadata(path).ok()?;
        Some(Self {
            modified: file.modified().ok(),
            length: file.len(),
            #[cfg(unix)]
            number: std::os::unix::fs::MetadataExt::ino(&file),
        })
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Files").field(&self.certificates).field(&self.key).finish()
    }
}
