//! Runs programs of other languages and libraries against this project's, and prints a table of what was seen.
//!
//! Each group of peers yields [`Row`](row::Row)s: it builds its programs below `target/interop`, starts one as server and
//! one as client, and reads which cases the client says it has passed.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a program that prints a table

mod cases;
mod groups;
mod install;
mod pairing;
mod program;
mod report;
mod row;
mod tool;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use clap::Parser;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::Semaphore;

use groups::Group;
use report::{Finished, Report};
use work::Work;

/// How many groups run at once: one builds while another waits for its peers.
const GROUPS_AT_ONCE: usize = 2;

/// The exit code after Ctrl-C, as shells have it: 128 and the number of the signal.
const INTERRUPTED: u8 = 130;

#[derive(Parser)]
struct Args {
    /// The groups to run; all if none is named.
    #[arg(value_enum)]
    groups: Vec<Group>,
    /// Install the Debian packages that the groups need, and fail if a row is skipped all the same. Go, Node.js and Python
    /// are not installed. Python 2.7, which Debian has no longer, may be missing.
    #[arg(long)]
    install: bool,
    /// Write the page docs/interop.md, or another file, too. It has only the groups that were run.
    #[arg(long)]
    docs: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    let groups = if args.groups.is_empty() { Group::ALL.to_vec() } else { args.groups };
    if args.install {
        install::packages(&groups).await.context("installing the packages that the groups need")?;
    }
    let work = Work::new().await?;
    // Dropping what runs ends the programs: they have process groups of their own, which Ctrl-C does not reach.
    let report = tokio::select! {
        report = run(&work, &groups) => report,
        () = interrupted() => {
            eprintln!("interrupted: the programs were ended");
            return Ok(ExitCode::from(INTERRUPTED));
        }
    };
    println!("{}", report.summary());
    if report.failed() > 0 {
        println!("what the programs printed is in {}", work.logs().display());
    }
    let unexpected = if args.install { report.skipped_without_need() } else { 0 };
    if unexpected > 0 {
        println!("with --install, a skipped row is a failure");
    }
    if let Some(path) = args.docs {
        std::fs::write(&path, report.markdown()).with_context(|| format!("writing {}", path.display()))?;
    }
    let ok = report.failed() == 0 && unexpected == 0;
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Waits for Ctrl-C or SIGTERM.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminated.recv() => return,
                Ok(()) = tokio::signal::ctrl_c() => return,
            }
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

/// Runs the groups, and prints the rows of each when it has finished.
async fn run(work: &Work, groups: &[Group]) -> Report {
    let permits = &Semaphore::new(GROUPS_AT_ONCE);
    let mut running: FuturesUnordered<_> = groups
        .iter()
        .map(|&group| async move {
            // A group that mostly waits runs beside the others. The semaphore is never closed.
            let _permit = if group.mostly_waits() { None } else { permits.acquire().await.ok() };
            let started = Instant::now();
            eprintln!("started: {}", group.title());
            Finished { group, rows: group.run(work).await, took: started.elapsed() }
        })
        .collect();
    let mut report = Report::default();
    while let Some(finished) = running.next().await {
        println!("{}", finished.text());
        report.add(finished);
    }
    report
}
