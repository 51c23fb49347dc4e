//! The folder in which the demo's project and what cargo builds of it are kept, so that the second run is quick.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::DemoError;
use crate::interrupt;
use crate::printer::Printer;

/// The folder, held by one demo at a time.
#[derive(Debug)]
pub(crate) struct DemoCache {
    root: PathBuf,
    /// Held as long as it is open.
    _lock: File,
}

impl DemoCache {
    /// Takes the folder; waits while another demo has it.
    ///
    /// # Errors
    /// When it can't be made or locked, or the user does not want to wait.
    pub(crate) fn enter(printer: Printer) -> Result<Self, DemoError> {
        let cache = dirs::cache_dir().unwrap_or_else(std::env::temp_dir);
        let root = cache.join("volplane").join("demo");
        let failed = |source| DemoError::DemoCache { path: root.display().to_string(), source };
        fs::create_dir_all(&root).map_err(failed)?;
        let lock = File::create(root.join("lock")).map_err(failed)?;
        let mut said = false;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Self { root, _lock: lock }),
                Err(TryLockError::Error(source)) => return Err(failed(source)),
                Err(TryLockError::WouldBlock) if interrupt::requested() => return Err(DemoError::Interrupted),
                Err(TryLockError::WouldBlock) => {
                    if !said {
                        printer.note("Waiting", format_args!("for another demo that works in {}", root.display()));
                        said = true;
                    }
                    thread::sleep(Duration::from_millis(50));
                }
            }
        }
    }

    /// Where the project goes.
    pub(crate) fn project(&self) -> PathBuf {
        self.root.join("echo")
    }

    /// Where cargo's work goes.
    pub(crate) fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    /// The folder itself.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }
}
