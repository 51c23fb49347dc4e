//! What the groups in Python, Node.js and the browser share: generated code and installed libraries, made once a run.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use tokio::sync::OnceCell;

use crate::install::{is_installed, set_installed};
use crate::pairing;
use crate::program::Program;
use crate::row::{Row, Verdict};
use crate::tool::Tool;
use crate::work::Work;

/// How long a package manager may take.
const INSTALL_TIMEOUT: Duration = Duration::from_secs(300);

const GENERATE_TIMEOUT: Duration = Duration::from_secs(60);

/// The versions of Python's libraries; those of Node.js are in `peers/node/package-lock.json`.
pub const APACHE_PYTHON: &str = "0.25.0";
/// That of thriftpy2.
pub const THRIFTPY2: &str = "0.7.1";
/// That of npm's thrift, as in `peers/node/package.json`.
pub const NPM_THRIFT: &str = "0.24.0";

/// A row that has still to be run.
#[derive(Debug)]
pub struct Pairing {
    pub row: Row,
    pub server: Program,
    pub client: Program,
}

/// Runs pairings, and returns their rows in the same order.
pub async fn run_all(pairings: Vec<Pairing>) -> Vec<Row> {
    pairing::all(pairings.into_iter().map(|Pairing { row, server, client }| pairing::run(row, server, client))).await
}

/// Python with both libraries.
#[derive(Clone, Debug)]
pub struct Python {
    interpreter: PathBuf,
    generated: PathBuf,
    peers: PathBuf,
}

impl Python {
    /// Makes a virtual environment and generates code, unless that has been done.
    pub async fn prepare(work: &Work) -> Result<Python, Verdict> {
        let python = Tool::find("python3").map_err(Verdict::Skipped)?;
        let thrift = Tool::find("thrift").map_err(Verdict::Skipped)?;
        let dir = work.dir("python")?;
        let interpreter = dir.join("venv/bin/python");
        let wanted = format!("thrift=={APACHE_PYTHON} thriftpy2=={THRIFTPY2}");
        if !is_installed(&dir, &wanted) {
            let venv =
                work.program(python.path(), "python venv").args(["-m", "venv", "--clear"]).args([dir.join("venv")]);
            venv.check(INSTALL_TIMEOUT).await.context("making a virtual environment (Debian: python3-venv)")?;
            let pip = work.program(&interpreter, "python pip").args(["-m", "pip", "install", "--quiet"]);
            let pip = pip.args(wanted.split(' ')).env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
            pip.check(INSTALL_TIMEOUT).await.context("installing the libraries for Python")?;
            set_installed(&dir, &wanted)?;
        }
        let generated = generate(work, &thrift, "py", &dir).await?;
        Ok(Python { interpreter, generated, peers: work.peers() })
    }

    /// One of the peers, such as `apache.py`.
    pub fn peer(&self, work: &Work, name: &str) -> Program {
        let program = work.program(&self.interpreter, name).args([self.peers.join("python").join(name)]);
        let program = program.env("PYTHONPATH", &self.generated).env("PYTHONDONTWRITEBYTECODE", "1");
        program.env("EVERYTHING_THRIFT", self.peers.join("everything.thrift"))
    }
}

/// Node.js with npm's thrift.
#[derive(Clone, Debug)]
pub struct Node {
    interpreter: PathBuf,
    modules: OsString,
    peers: PathBuf,
}

impl Node {
    /// Installs the packages and generates code, once a run: the groups of Node.js and of the browser share them.
    pub async fn prepare(work: &Work) -> Result<Node, Verdict> {
        static PREPARED: OnceCell<Result<Node, Verdict>> = OnceCell::const_new();
        PREPARED.get_or_init(|| Node::make(work)).await.clone()
    }

    async fn make(work: &Work) -> Result<Node, Verdict> {
        let node = Tool::find("node").map_err(Verdict::Skipped)?;
        let npm = Tool::find("npm").map_err(Verdict::Skipped)?;
        let thrift = Tool::find("thrift").map_err(Verdict::Skipped)?;
        let (dir, from) = (work.dir("node")?, work.peers().join("node"));
        let lock = std::fs::read_to_string(from.join("package-lock.json")).context("reading package-lock.json")?;
        if !is_installed(&dir, &lock) {
            for name in ["package.json", "package-lock.json"] {
                std::fs::copy(from.join(name), dir.join(name)).with_context(|| format!("copying {name}"))?;
            }
            let npm = work.program(npm.path(), "npm").args(["ci", "--silent", "--no-fund", "--no-audit"]).dir(&dir);
            npm.check(INSTALL_TIMEOUT).await.context("installing the packages for Node.js")?;
            set_installed(&dir, &lock)?;
        }
        let generated = generate(work, &thrift, "js:node,es6", &dir).await?;
        let modules = std::env::join_paths([dir.join("node_modules"), generated]).context("joining NODE_PATH")?;
        Ok(Node { interpreter: node.path().to_owned(), modules, peers: work.peers() })
    }

    /// One of the peers, such as `node/peer.js`.
    pub fn peer(&self, work: &Work, name: &str) -> Program {
        // The library still uses `new Buffer`.
        let program = work.program(&self.interpreter, name).args(["--no-deprecation"]).args([self.peers.join(name)]);
        program.env("NODE_PATH", &self.modules)
    }
}

/// Generates code from everything.thrift into `DIR/generated`.
async fn generate(work: &Work, thrift: &Tool, language: &str, dir: &Path) -> anyhow::Result<PathBuf> {
    let generated = dir.join("generated");
    std::fs::create_dir_all(&generated).context("making a folder for generated code")?;
    let compiler = work.program(thrift.path(), &format!("thrift {language}"));
    let compiler = compiler.args(["-nowarn", "--gen", language, "-out"]).args([&generated]);
    compiler.args([work.peers().join("everything.thrift")]).check(GENERATE_TIMEOUT).await?;
    Ok(generated)
}
