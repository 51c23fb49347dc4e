//! `volplane watch`

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use thiserror::Error;

use crate::cli::{DiagnosticArgs, Watch};
use crate::config::{self, Project};
use crate::exit::Exit;
use crate::interrupt;
use crate::printer::Printer;
use crate::update::{Event, EventLevel};
use crate::update_run::{self, UpdateError, UpdateRequest};

/// So long nothing may happen before a save counts as done: editors write in several steps.
const QUIET: Duration = Duration::from_millis(50);

/// The files can't be watched.
#[derive(Debug, Error)]
enum WatchError {
    /// The system's service.
    #[error("cannot watch {path}")]
    Notify {
        /// What was to be watched.
        path: String,
        #[source]
        source: notify::Error,
    },
    /// The project.
    #[error(transparent)]
    Upkeep(#[from] UpdateError),
}

/// Updates the project on every save.
pub(crate) fn run(args: &Watch, printer: Printer) -> Exit {
    match watch(args, printer) {
        Ok(()) => Exit::Success,
        Err(WatchError::Upkeep(error)) => error.report(printer),
        Err(error) => {
            printer.error(&error, Some("the system may watch too many files already; `volplane update` works without"));
            Exit::Failure
        }
    }
}

fn watch(args: &Watch, printer: Printer) -> Result<(), WatchError> {
    update_run::enter()?;
    // One signal waiting says all there is to say: look again.
    let (signal, signals) = sync_channel(1);
    let stop = signal.clone();
    interrupt::watch_and(move || ring(&stop));
    let mut watched = Watched::new(signal)?;
    watched.add(Path::new("."))?;
    // What was said last: a state that lasts is not said again.
    let mut said = None;
    loop {
        let (folders, state) = round(&args.telling, printer)?;
        if let State::Fine(summary) = &state
            && said.as_ref().is_none_or(|said| *said == State::Broken)
        {
            printer.note("Watching", summary);
        }
        said = Some(state);
        let mut more = false;
        for folder in folders {
            more |= watched.add(&folder)?;
        }
        // What was saved before a folder was watched is seen now.
        if !more && !wait(&signals) {
            printer.note("Stopped", "watching");
            return Ok(());
        }
    }
}

/// How the project is after a round.
#[derive(PartialEq, Eq)]
enum State {
    /// Up to date, with this in it.
    Fine(String),
    /// Something is wrong, which was told.
    Broken,
}

/// Wakes the loop.
fn ring(signal: &SyncSender<()>) {
    // A full channel is a bell that rings already; nobody listens any more when the loop has ended.
    let _ = signal.try_send(());
}

/// Waits for a save, and until it is over; `false` when the user wants to stop.
fn wait(signals: &Receiver<()>) -> bool {
    if signals.recv().is_err() || interrupt::requested() {
        return false;
    }
    loop {
        match signals.recv_timeout(QUIET) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => return !interrupt::requested(),
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// The folders in which files that matter lie.
struct Watched {
    watcher: RecommendedWatcher,
    folders: BTreeSet<PathBuf>,
}

impl Watched {
    fn new(signal: SyncSender<()>) -> Result<Self, WatchError> {
        let on_event = move |event: notify::Result<notify::Event>| {
            // An error of the service may hide an event.
            if event.as_ref().map_or(true, matters) {
                ring(&signal);
            }
        };
        let failed = |source| WatchError::Notify { path: "the project".to_owned(), source };
        let watcher = notify::recommended_watcher(on_event).map_err(failed)?;
        Ok(Self { watcher, folders: BTreeSet::new() })
    }

    /// Watches a folder, not what is below it; `true` if that is new.
    fn add(&mut self, folder: &Path) -> Result<bool, WatchError> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        if self.folders.contains(folder) || !folder.is_dir() {
            return Ok(false);
        }
        let failed = |source| WatchError::Notify { path: folder.display().to_string(), source };
        self.watcher.watch(folder, RecursiveMode::NonRecursive).map_err(failed)?;
        self.folders.insert(folder.to_owned());
        Ok(true)
    }
}

/// Whether something was done to an IDL or to volplane.toml; reading one is nothing.
fn matters(event: &notify::Event) -> bool {
    let is_input = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "thrift")
            || path.file_name().is_some_and(|name| name == config::FILE)
    };
    !event.kind.is_access() && (event.need_rescan() || event.paths.iter().any(is_input))
}

/// One update; says what has changed in one line, or what is wrong. The folders of the files that it was made from.
fn round(telling: &DiagnosticArgs, printer: Printer) -> Result<(BTreeSet<PathBuf>, State), UpdateError> {
    let guard = update_run::guard("watch", printer)?;
    let broken = |error: &dyn std::error::Error| {
        printer.error(error, None);
        State::Broken
    };
    let project = match Project::find(Path::new(".")) {
        Ok(project) => project,
        Err(error) => return Ok((BTreeSet::new(), broken(&error))),
    };
    let folder = |path: &str| Path::new(path).parent().unwrap_or(Path::new("")).to_owned();
    let mut folders: BTreeSet<PathBuf> = project.settings.idls.iter().map(|idl| folder(&idl.path)).collect();
    let wish = UpdateRequest { project: &project, brings: &BTreeMap::new(), prune: false, renames: &[], telling };
    let state = match update_run::plan(&wish, printer) {
        Ok(Ok(planned)) => {
            folders.extend(planned.sources().map(folder));
            match planned.apply(&guard) {
                Ok(()) => {
                    say(&planned.events, planned.files(), printer);
                    State::Fine(planned.summary)
                }
                Err(error) => broken(&error),
            }
        }
        // Its mistakes have been told; the next save may be better.
        Ok(Err(_)) => State::Broken,
        Err(error) => broken(&error),
    };
    Ok((folders, state))
}

/// One line: the first things that matter most, and how many there are besides.
fn say(events: &[Event], files: usize, printer: Printer) {
    let mut events: Vec<&Event> = events.iter().filter(|event| event.level() != EventLevel::Note).collect();
    events.sort_by_key(|event| (std::cmp::Reverse(event.level()), !matches!(event, Event::Handler { .. })));
    let Some(first) = events.first() else { return };
    let shown: Vec<String> =
        events.iter().take(2).map(|event| format!("{} {}", event.verb().to_lowercase(), event.text())).collect();
    let more = if events.len() > 2 { format!(", and {} more", events.len() - 2) } else { String::new() };
    let line = format!("{}{more} ({})", shown.join("; "), crate::summary::count(files, "file"));
    if first.level() == EventLevel::ActionRequired {
        printer.hand("Updated", line)
    } else {
        printer.status("Updated", line)
    }
}
