//! Installs the Debian packages that groups need, and notes what they have installed themselves.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, bail};
use tokio::process::Command;

use crate::groups::Group;
use crate::tool::Tool;

/// Installs with `apt-get` the packages of `groups` whose program is missing.
///
/// # Errors
///
/// If `apt-get` fails.
pub async fn packages(groups: &[Group]) -> anyhow::Result<()> {
    let needed = groups.iter().flat_map(|group| group.packages());
    let missing: BTreeSet<_> =
        needed.filter(|(tool, _)| Tool::find(tool).is_err()).map(|(_, package)| package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    apt(&["update"]).await?;
    let install = ["install", "-y", "--no-install-recommends"].into_iter().chain(missing.into_iter().copied());
    apt(&install.collect::<Vec<_>>()).await
}

async fn apt(args: &[&str]) -> anyhow::Result<()> {
    // Only root has no `sudo` on many machines.
    let is_root = Tool::find("sudo").is_err();
    let mut command = if is_root { Command::new("apt-get") } else { Command::new("sudo") };
    if !is_root {
        command.arg("apt-get");
    }
    command.arg("-qq").args(args).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    let output = command.output().await.context("starting apt-get; --install is for Debian and its relatives")?;
    if !output.status.success() {
        bail!("apt-get {} failed: {}", args.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// Whether a group has installed `wanted` in `dir`, in this run or an earlier one.
pub fn is_installed(dir: &Path, wanted: &str) -> bool {
    std::fs::read_to_string(dir.join("installed")).is_ok_and(|installed| installed == wanted)
}

/// Notes that it has.
///
/// # Errors
///
/// If the note can't be written.
pub fn set_installed(dir: &Path, wanted: &str) -> anyhow::Result<()> {
    std::fs::write(dir.join("installed"), wanted).context("noting what is installed")
}
