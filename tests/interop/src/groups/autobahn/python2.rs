//! Python 2.7, which the testsuite needs, and an environment with the testsuite in it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use tokio::process::Command;

use crate::install::{is_installed, set_installed};
use crate::program::Program;
use crate::tool::Tool;
use crate::work::Work;

/// How long each step of the installation may take.
const INSTALL_TIMEOUT: Duration = Duration::from_secs(300);

/// The last one that makes environments for Python 2.7.
const VIRTUALENV: &str = "virtualenv==20.21.1";

/// Finds a Python 2.7 that runs: in `PATH`, or one of pyenv's, whose commands in `PATH` run only the chosen version.
///
/// # Errors
///
/// If there is none: the text of a skipped row.
pub async fn find() -> Result<PathBuf, String> {
    let in_path = Tool::find("python2.7");
    let in_path = in_path.iter().map(|tool| tool.path().to_owned());
    for python in in_path.chain(of_pyenv()) {
        let runs = Command::new(&python).args(["-c", "pass"]).kill_on_drop(true).output().await;
        if runs.is_ok_and(|output| output.status.success()) {
            return Ok(python);
        }
    }
    Err("needs python2.7".to_owned())
}

fn of_pyenv() -> Vec<PathBuf> {
    let root = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let root = root.or_else(|| std::env::home_dir().map(|home| home.join(".pyenv")));
    let versions = root.and_then(|root| std::fs::read_dir(root.join("versions")).ok());
    let versions = versions.into_iter().flatten().flatten();
    let old = versions.filter(|version| version.file_name().to_string_lossy().starts_with("2.7"));
    old.map(|version| version.path().join("bin/python2.7")).collect()
}

/// Installs the testsuite, unless an earlier run has installed the same versions. Returns its command.
///
/// # Errors
///
/// If a step fails.
pub async fn install(work: &Work, python3: &Tool, python2: &Path) -> anyhow::Result<PathBuf> {
    let dir = work.dir("autobahn")?;
    let (maker, environment) = (dir.join("virtualenv"), dir.join("python2"));
    let wstest = environment.join("bin/wstest");
    let requirements = work.peers().join("autobahn/requirements.txt");
    let wanted =
        std::fs::read_to_string(&requirements).with_context(|| format!("reading {}", requirements.display()))?;
    if is_installed(&environment, &wanted) {
        return Ok(wstest);
    }
    let step = |program: &Path| work.program(program, "autobahn install");
    check(step(python3.path()).args(["-m", "venv", "--clear"]).args([&maker])).await?;
    check(step(&maker.join("bin/pip")).args(["install", "--quiet", VIRTUALENV])).await?;
    let make = step(&maker.join("bin/virtualenv")).args(["--quiet", "--clear", "--python"]);
    check(make.args([python2, &environment])).await?;
    let install = step(&environment.join("bin/pip")).args(["install", "--quiet", "--requirement"]);
    check(install.args([&requirements])).await?;
    set_installed(&environment, &wanted)?;
    Ok(wstest)
}

async fn check(step: Program) -> anyhow::Result<()> {
    step.check(INSTALL_TIMEOUT).await.map(drop).context("installing Autobahn|Testsuite")
}
