//! Where groups build their programs, and what they share.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use tokio::sync::OnceCell;

use crate::program::Program;
use crate::tool::Tool;

/// How long our own peer may take to build.
const BUILD_TIMEOUT: Duration = Duration::from_secs(900);

/// The folders of a run, and our own peer.
#[derive(Debug)]
pub struct Work {
    repository: PathBuf,
    target: PathBuf,
    rust_peer: OnceCell<Result<PathBuf, String>>,
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
        let work = Work { repository, target, rust_peer: OnceCell::new() };
        tokio::fs::create_dir_all(work.root().join("logs")).await?;
        Ok(work)
    }

    fn root(&self) -> PathBuf {
        self.target.join("interop")
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

    /// An empty file for the standard error of a program: `target/interop/logs/NAME.log`.
    pub fn log(&self, name: &str) -> PathBuf {
        let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let path = self.root().join("logs").join(name + ".log");
        // An error shows when the program is started.
        std::fs::write(&path, "").ok();
        path
    }

    /// A program that was found or built.
    pub fn program(&self, path: impl AsRef<std::ffi::OsStr>, log: &str) -> Program {
        Program::new(path, self.log(log))
    }

    /// Our own peer (`peers/rust`), built once a run.
    ///
    /// # Errors
    ///
    /// If it does not build.
    pub async fn rust_peer(&self) -> anyhow::Result<&Path> {
        let built = self.rust_peer.get_or_init(|| async { self.build_rust_peer().await.map_err(|e| format!("{e:#}")) });
        built.await.as_deref().map_err(|error| anyhow::anyhow!("building our own peer: {error}"))
    }

    async fn build_rust_peer(&self) -> anyhow::Result<PathBuf> {
        let build = self.peers().join("rust/build");
        let tool = Tool::find("sh").map_err(anyhow::Error::msg)?;
        let dir = self.dir("rust")?;
        let built = self.program(tool.path(), "rust build").args([build.as_path(), dir.as_path()]);
        built.env("CARGO_TARGET_DIR", &self.target).check(BUILD_TIMEOUT).await?;
        Ok(self.binaries().join("rust-peer"))
    }
}
