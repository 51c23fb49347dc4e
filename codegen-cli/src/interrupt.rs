//! Ctrl-C and termination signals, as a flag that work looks at between its steps.

use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// From now on a signal sets the flag instead of ending the process.
pub(crate) fn watch() {
    watch_and(|| {});
}

/// The same, and calls `wake` at every signal: for who waits for something else.
pub(crate) fn watch_and(wake: impl Fn() + Send + 'static) {
    // Without a handler a signal ends the process at once, which is all that is lost.
    let _ = ctrlc::set_handler(move || {
        REQUESTED.store(true, Ordering::Relaxed);
        wake();
    });
}

/// Whether the user wants the command to stop.
pub(crate) fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}
