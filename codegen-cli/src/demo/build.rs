//! Builds the demo's project with cargo, and shows how it gets on.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;

use super::DemoError;
use super::child::{ChildEvent, OutputLine, Running};
use crate::printer::Printer;

/// How often a build without a progress bar reports progress.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);

/// The programs that were built, by name.
pub(crate) type Programs = BTreeMap<String, PathBuf>;

/// What cargo says of a thing that it built.
#[derive(Deserialize)]
struct CargoMessage {
    target: Option<CargoTarget>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct CargoTarget {
    name: String,
}

/// Builds every program of the project.
///
/// # Errors
/// When cargo is not there or can't build it; what it said is printed.
pub(crate) fn build(project: &Path, target: Option<&Path>, printer: Printer) -> Result<Programs, DemoError> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(&cargo);
    command.args(["build", "--bins", "--message-format", "json-render-diagnostics"]).current_dir(project);
    if let Some(target) = target {
        command.arg("--target-dir").arg(target);
    }
    let failed = |source| DemoError::Start { program: cargo.to_string_lossy().into_owned(), source };
    let mut running = Running::start(&mut command).map_err(failed)?;

    let mut progress = Progress::new(printer);
    let mut programs = Programs::new();
    let mut said = String::new();
    loop {
        match running.next(Some(progress.next_sign())) {
            ChildEvent::OutputLine(OutputLine::Out(text)) => {
                if let Ok(CargoMessage { target: Some(target), executable: Some(path) }) = serde_json::from_str(&text) {
                    programs.insert(target.name, path);
                }
            }
            ChildEvent::OutputLine(OutputLine::Err(text)) => {
                progress.cargo_said(&text);
                said.push_str(&text);
                said.push('\n');
            }
            ChildEvent::Late => progress.sign_of_life(),
            ChildEvent::Interrupted => return Err(DemoError::Interrupted),
            ChildEvent::End => break,
        }
    }
    progress.clear();
    let status = running.wait().map_err(failed)?;
    if !status.success() {
        if !printer.verbose() {
            printer.raw(&said);
        }
        return Err(DemoError::Build { status });
    }
    Ok(programs)
}

/// A line that moves, on a terminal; now and then a plain one elsewhere.
struct Progress {
    printer: Printer,
    bar: Option<ProgressBar>,
    crates: usize,
    next_sign: Instant,
}

impl Progress {
    fn new(printer: Printer) -> Self {
        let bar = printer.animated().then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner:.cyan} {elapsed:>9} {msg}") {
                bar.set_style(style);
            }
            bar.set_message("cargo starts");
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self { printer, bar, crates: 0, next_sign: Instant::now() + SIGN_OF_LIFE }
    }

    fn cargo_said(&mut self, text: &str) {
        if self.printer.verbose() {
            self.printer.raw(text);
        }
        let text = text.trim();
        if text.starts_with("Compiling ") {
            self.crates += 1;
        }
        if let Some(bar) = &self.bar {
            bar.set_message(match self.crates {
                0 => text.to_owned(),
                crates => format!("{text} (crate {crates})"),
            });
        }
    }

    fn next_sign(&self) -> Instant {
        self.next_sign
    }

    fn sign_of_life(&mut self) {
        self.next_sign = Instant::now() + SIGN_OF_LIFE;
        if self.bar.is_none() && !self.printer.verbose() {
            self.printer.status("Building", format_args!("{} crates so far", self.crates));
        }
    }

    fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
