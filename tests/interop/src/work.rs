//! Where groups build their programs, and what they share.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::program::Program;
use anyhow::Context;

/// The folders of a run.
#[derive(Debug)]
pub struct Work {
    repository: PathBuf,
    target: PathBuf,
    logs: AtomicUsize,
}

impl Work {
    /// Makes the folder `target/interop`.
    ///
    /// # Errors
    ///
    /// If it can't be made.
    pub async fn new() -> anyhow::Result<Work> {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository.join("target"), PathBuf::from);
        let work = Work { repository, target, logs: AtomicUsize::new(0) };
        tokio::fs::create_dir_all(work.logs()).await?;
        Ok(work)
    }

    fn root(&self) -> PathBuf {
        self.target.join("interop")
    }

    /// The folder of logs: `target/interop/logs`.
    pub fn logs(&self) -> PathBuf {
        self.root().join("logs")
    }

    /// The repository's root.
    pub fn repository(&self) -> &Path {
        &self.repository
    }

    /// The folder of peers' sources: `tests/interop/peers`.
    pub fn peers(&self) -> PathBuf {
        self.repository.join("tests/interop/peers")
    }

    /// The folder of the binaries of this workspace: `target/debug`.
    pub fn binaries(&self) -> PathBuf {
        self.target.join("debug")
    }

    /// A folder of a group's own, which is kept between runs: `target/interop/NAME`.
    ///
    /// # Errors
    ///
    /// If it can't be made.
    pub fn dir(&self, name: &str) -> anyhow::Result<PathBuf> {
        let dir = self.root().join(name);
        std::fs::create_dir_all(&dir).with_context(|| format!("making {}", dir.display()))?;
        Ok(dir)
    }

    /// An empty file for the standard error of a program: `target/interop/logs/NUMBER-NAME.log`.
    pub fn log(&self, name: &str) -> PathBuf {
        let number = self.logs.fetch_add(1, Ordering::Relaxed);
        let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let path = self.logs().join(format!("{number:03}-{name}.log"));
        // An error shows when the program is started.
        std::fs::write(&path, "").ok();
        path
    }

    /// A program that was found or built.
    pub fn program(&self, path: impl AsRef<std::ffi::OsStr>, log: &str) -> Program {
        Program::new(path, self.log(log))
    }

    /// Our own peer (`peers/rust`) in a role and with a protocol: `server tcp buffered`. The script `run` has built it.
    pub fn rust_peer(&self, role: &str, transport: &str, protocol: &str) -> Program {
        let log = format!("rust {role} {transport} {protocol}");
        self.program(self.binaries().join("rust-peer"), &log).args([role, transport, protocol])
    }
}
