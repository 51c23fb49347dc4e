//! This process: its runtime, its CPU time, its word to the parent.

use std::future::Future;
use std::io::{self, Write};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use tokio::runtime::{Builder, Runtime};

/// Which of tokio's schedulers a process runs on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Scheduler {
    /// What `#[tokio::main]` gives: a worker thread for each core.
    #[default]
    Multi,
    /// One thread.
    Current,
}

impl Scheduler {
    /// As the command line names it.
    pub fn name(self) -> &'static str {
        match self {
            Scheduler::Multi => "multi",
            Scheduler::Current => "current",
        }
    }

    /// Runs `future` as `main` would, and leaves without waiting for what it has spawned.
    ///
    /// # Errors
    ///
    /// When there is no runtime to be had, or `future` fails.
    pub fn run<T, E: From<io::Error>>(self, future: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let runtime = self.runtime()?;
        let outcome = runtime.block_on(future);
        runtime.shutdown_background();
        outcome
    }

    fn runtime(self) -> io::Result<Runtime> {
        match self {
            Scheduler::Multi => Builder::new_multi_thread(),
            Scheduler::Current => Builder::new_current_thread(),
        }
        .enable_all()
        .build()
    }
}

/// CPU time that all threads of this process have used, in microseconds.
#[cfg(unix)]
pub fn cpu_us() -> Option<f64> {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Some(used.tv_sec as f64 * 1e6 + used.tv_nsec as f64 / 1e3)
}

/// Not known here.
#[cfg(not(unix))]
pub fn cpu_us() -> Option<f64> {
    None
}

/// Says `message` to whoever started this process.
///
/// # Errors
///
/// When nobody reads it.
pub fn say(message: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    let mut out = io::stdout().lock();
    out.write_all(&line)?;
    out.flush()
}
