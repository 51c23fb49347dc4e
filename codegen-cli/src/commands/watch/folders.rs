//! Asks the system to report changes in the directories that matter.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};

use notify::{ErrorKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::WatchError;
use super::inputs::WatchedInputs;

/// Watched directories.
pub(super) struct Folders {
    watcher: RecommendedWatcher,
    inputs: Arc<Mutex<WatchedInputs>>,
    watched: BTreeSet<PathBuf>,
}

impl Folders {
    /// Watches nothing yet; `signal` is sent to when one of the inputs changes.
    pub(super) fn new(inputs: &WatchedInputs, signal: SyncSender<()>) -> Result<Self, WatchError> {
        let shared = Arc::new(Mutex::new(inputs.clone()));
        let inputs = Arc::clone(&shared);
        let on_event = move |event: notify::Result<notify::Event>| {
            // An error of the service may hide an event.
            if event.as_ref().map_or(true, |event| matters(event, &inputs)) {
                super::ring(&signal);
            }
        };
        let failed = |source| WatchError::Notify { path: "the project".to_owned(), source };
        let watcher = notify::recommended_watcher(on_event).map_err(failed)?;
        Ok(Self { watcher, inputs: shared, watched: BTreeSet::new() })
    }

    /// Watches these inputs from now on.
    ///
    /// A directory may be another one than last time, under the same name, so all of them are watched anew.
    pub(super) fn watch(&mut self, inputs: &WatchedInputs) -> Result<(), WatchError> {
        *self.inputs.lock().unwrap_or_else(PoisonError::into_inner) = inputs.clone();
        for folder in &self.watched {
            // One that is gone is not watched any more.
            let _ = self.watcher.unwatch(folder);
        }
        self.watched = inputs.folders();
        self.watched.iter().try_for_each(|folder| add(&mut self.watcher, folder))
    }
}

fn add(watcher: &mut RecommendedWatcher, folder: &Path) -> Result<(), WatchError> {
    match watcher.watch(folder, RecursiveMode::NonRecursive) {
        // Removed since it was listed: the directory above reports it when it comes back.
        Err(error) if is_gone(&error) => Ok(()),
        result => result.map_err(|source| WatchError::Notify { path: folder.display().to_string(), source }),
    }
}

fn is_gone(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(error) => error.kind() == io::ErrorKind::NotFound,
        _ => false,
    }
}

/// Whether something was done to an input; reading one is nothing.
fn matters(event: &notify::Event, inputs: &Mutex<WatchedInputs>) -> bool {
    let inputs = inputs.lock().unwrap_or_else(PoisonError::into_inner);
    !event.kind.is_access() && (event.need_rescan() || event.paths.iter().any(|path| inputs.has(path)))
}
