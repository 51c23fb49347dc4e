//! This process: its runtime, its CPU time, its word to the parent.

use std::future::Future;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};

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

/// Memory that this process holds (its resident set), in bytes. `None` where there is no `/proc`.
pub fn rss_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// Lets this process have so many descriptors, or as many as the system allows.
///
/// # Errors
///
/// When the system refuses.
#[cfg(unix)]
pub fn limit_descriptors(wanted: Option<u64>) -> io::Result<()> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = wanted.or(limit.maximum);
    Ok(setrlimit(Resource::Nofile, limit)?)
}

/// There is no such limit here.
///
/// # Errors
///
/// Never.
#[cfg(not(unix))]
pub fn limit_descriptors(_: Option<u64>) -> io::Result<()> {
    Ok(())
}

static PANICS: AtomicU64 = AtomicU64::new(0);

/// Counts panics from now on, and reports them as before.
pub fn count_panics() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        report(panic);
    }));
}

/// How many panics there were since [`count_panics`].
pub fn panics() -> u64 {
    PANICS.load(Ordering::Relaxed)
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
