//! `volplane watch`

mod folders;
mod git;
mod inputs;
mod reporter;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use thiserror::Error;
use volplane_build::internal::{self, Checked, Diagnostic, Sources};

use crate::cli::{DiagnosticArgs, Watch};
use crate::command_error::{CommandError, CommandResult, Help};
use crate::config::{self, Project};
use crate::diagnostics::{IdlRejected, deny};
use crate::exit::Exit;
use crate::interrupt;
use crate::printer::Printer;
use crate::update_run::{self, Planned, UpdateError, UpdateRequest};
use folders::Folders;
use git::IndexLock;
use inputs::{RecordingSource, WatchedInputs};
use reporter::Reporter;

/// So long nothing may happen before a save counts as done: editors write in several steps.
const QUIET: Duration = Duration::from_millis(50);

/// So long a file may be missing before that is said: it may be about to be replaced.
const MISSING: Duration = Duration::from_millis(300);

/// So long git may work before that is said: it may have been killed, and its lock left behind.
const GIT_AT_WORK: Duration = Duration::from_secs(2);

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
    /// The project was removed or moved.
    #[error("the directory of the project is gone: {path}")]
    Gone {
        /// The directory.
        path: String,
    },
    /// The project.
    #[error(transparent)]
    Update(#[from] UpdateError),
}

impl CommandError for WatchError {
    fn help(&self) -> Help {
        Some(match self {
            Self::Update(error) => return error.help(),
            Self::Notify { .. } => "the system may watch too many files already; use `volplane update` instead".into(),
            Self::Gone { .. } => "go to where the project is now, and start `volplane watch` again".into(),
        })
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Update(error) => error.exit(),
            Self::Notify { .. } | Self::Gone { .. } => Exit::Failure,
        }
    }
}

/// Updates the project on every save.
///
/// # Errors
/// When there is no project, or its files can't be watched. What is wrong with the project is said, and watching goes on.
pub(crate) fn run(args: &Watch, printer: Printer) -> CommandResult {
    watch(args, printer)?;
    Ok(Exit::Success)
}

fn watch(args: &Watch, printer: Printer) -> Result<(), WatchError> {
    let root = update_run::root()?;
    // One signal waiting says all there is to say: look again.
    let (signal, signals) = sync_channel(1);
    let stop = signal.clone();
    interrupt::watch_and(move || ring(&stop));
    let mut inputs = WatchedInputs::new(&root);
    let mut folders = Folders::new(&inputs, signal)?;
    folders.watch(&inputs)?;
    let git = IndexLock::of(&root);
    let mut reporter = Reporter::new(&args.diagnostic_args, printer);
    while until_git_is_done(&git, &signals, printer) {
        let look = look(&root, &args.diagnostic_args)?;
        if let Some(found) = &look.inputs
            && *found != inputs
        {
            // What was saved before a directory was watched is seen by another look.
            inputs.clone_from(found);
            folders.watch(&inputs)?;
            continue;
        }
        // More is being saved: the files that were read may be incomplete.
        let patience = if reporter.has_said(&look) { Duration::ZERO } else { look.state.patience() };
        let goes_on = if git.held().is_some() || is_signalled_within(patience, &signals) {
            settle(&signals)
        } else {
            let look = look.updated(&args.diagnostic_args, printer);
            // A file that changed during the update is looked at again.
            if matches!(look.state, State::Failed(_)) && is_signalled_within(QUIET, &signals) {
                settle(&signals)
            } else {
                reporter.say(look);
                wait(&signals)
            }
        };
        if !goes_on {
            break;
        }
        folders.watch(&inputs)?;
    }
    printer.note("Stopped", "watching");
    Ok(())
}

/// Wakes the loop.
fn ring(signal: &SyncSender<()>) {
    // A full channel has a signal already; when the loop has ended, signals are not needed.
    let _ = signal.try_send(());
}

/// Waits for a save, and until it is over; `false` when the user wants to stop.
fn wait(signals: &Receiver<()>) -> bool {
    signals.recv().is_ok() && settle(signals)
}

/// Waits until a save is over; `false` when the user wants to stop.
fn settle(signals: &Receiver<()>) -> bool {
    while !interrupt::requested() {
        match signals.recv_timeout(QUIET) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => return !interrupt::requested(),
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
    false
}

fn is_signalled_within(time: Duration, signals: &Receiver<()>) -> bool {
    signals.recv_timeout(time).is_ok()
}

/// Waits until git changes no files any more; `false` when the user wants to stop.
fn until_git_is_done(git: &IndexLock, signals: &Receiver<()>, printer: Printer) -> bool {
    let start = Instant::now();
    let mut is_said = false;
    while let Some(lock) = git.held() {
        if interrupt::requested() {
            return false;
        }
        if !is_said && start.elapsed() > GIT_AT_WORK {
            let lock = lock.display();
            printer.note("Waiting", format_args!("for git; if no git is running, remove {lock}"));
            is_said = true;
        }
        // Signals are saves, which the round behind sees, or Ctrl-C.
        let _ = signals.recv_timeout(QUIET);
    }
    !interrupt::requested()
}

/// One look at the project.
struct Look {
    /// What was read, unless volplane.toml can't be.
    inputs: Option<WatchedInputs>,
    /// Another number if the inputs were others.
    digest: u64,
    /// What is wrong or odd in the IDL.
    diagnostics: Vec<Diagnostic>,
    sources: Sources,
    state: State,
}

/// How the project is.
enum State {
    /// Nothing is wrong with what it is made from.
    Ready(Box<Project>),
    /// It was updated.
    Updated(Box<Planned>),
    /// Files that it is made from are not there.
    Missing(Vec<String>),
    /// Something is wrong.
    Failed(UpdateError),
}

impl State {
    /// So long another save may take it back before it is said.
    fn patience(&self) -> Duration {
        match self {
            Self::Ready(_) | Self::Updated(_) => Duration::ZERO,
            Self::Missing(_) => MISSING,
            Self::Failed(_) => QUIET,
        }
    }
}

impl Look {
    fn without_inputs(state: State) -> Self {
        Self { inputs: None, digest: 0, diagnostics: Vec::new(), sources: Sources::default(), state }
    }

    /// Updates the project if it can be.
    fn updated(self, diagnostic_args: &DiagnosticArgs, printer: Printer) -> Self {
        let state = match &self.state {
            State::Ready(project) => update(project, diagnostic_args, printer).unwrap_or_else(State::Failed),
            _ => return self,
        };
        Self { state, ..self }
    }
}

/// Reads what the project is made from.
fn look(root: &Path, diagnostic_args: &DiagnosticArgs) -> Result<Look, WatchError> {
    if !root.is_dir() {
        return Err(WatchError::Gone { path: root.display().to_string() });
    }
    // A project above this one is another one.
    if !root.join(config::FILE).is_file() {
        return Ok(Look::without_inputs(State::Missing(vec![config::FILE.to_owned()])));
    }
    let project = match Project::read(root) {
        Ok(project) => project,
        Err(error) => return Ok(Look::without_inputs(State::Failed(error.into()))),
    };
    let settings = &project.settings;
    let source = RecordingSource::new(root);
    source.note(Path::new(config::FILE), project.text.as_bytes());
    if let Some(dir) = &settings.templates {
        source.note_tree(Path::new(dir));
    }
    let paths: Vec<PathBuf> = settings.idls.iter().map(|idl| PathBuf::from(&idl.path)).collect();
    let include: Vec<PathBuf> = settings.include_dirs().into_iter().map(PathBuf::from).collect();
    let Checked { sources, diagnostics, model } = internal::check(&paths, &include, &source);
    let missing: Vec<String> =
        settings.idls.iter().map(|idl| idl.path.clone()).filter(|path| !root.join(path).is_file()).collect();
    let state = if !missing.is_empty() {
        State::Missing(missing)
    } else if model.is_none() {
        State::Failed(IdlRejected::Invalid.into())
    } else {
        match deny(&diagnostics, diagnostic_args) {
            Ok(()) => State::Ready(Box::new(project)),
            Err(error) => State::Failed(error.into()),
        }
    };
    let (inputs, digest) = source.finish();
    Ok(Look { inputs: Some(inputs), digest, diagnostics, sources, state })
}

/// Updates the project, whose IDL has been checked.
fn update(project: &Project, diagnostic_args: &DiagnosticArgs, printer: Printer) -> Result<State, UpdateError> {
    let guard = update_run::guard(&project.root, "watch", printer)?;
    // Warnings are reported once, not at each save.
    let diagnostic_args = DiagnosticArgs { deny_warnings: false, ..diagnostic_args.clone() };
    let planned = update_run::plan(&UpdateRequest::new(project, &diagnostic_args), printer.of_errors())?;
    planned.apply(&guard)?;
    Ok(State::Updated(Box::new(planned)))
}
