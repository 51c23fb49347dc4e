//! Kitex's programs: `benches/kitex`, built with the `go` command.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};

/// Names the module and pins every version.
const GO_MOD: &str = include_str!("../../kitex/go.mod");

/// What is copied from `benches/kitex` beside the generated code.
const SOURCES: [(&str, &str); 8] = [
    ("go.mod", GO_MOD),
    ("go.sum", include_str!("../../kitex/go.sum")),
    ("main.go", include_str!("../../kitex/main.go")),
    ("server.go", include_str!("../../kitex/server.go")),
    ("client.go", include_str!("../../kitex/client.go")),
    ("carriers.go", include_str!("../../kitex/carriers.go")),
    ("load.go", include_str!("../../kitex/load.go")),
    ("histogram.go", include_str!("../../kitex/histogram.go")),
];

/// Whose versions the report names.
const NAMED: [&str; 5] = [
    "github.com/cloudwego/kitex",
    "github.com/cloudwego/netpoll",
    "github.com/hashicorp/yamux",
    "github.com/coder/websocket",
    "golang.org/x/net",
];

/// Kitex's programs, ready to run.
#[derive(Clone, Debug)]
pub struct Programs {
    /// One program, which is server or client as its first argument says.
    pub path: PathBuf,
    /// The Go release that built it.
    pub go: String,
}

/// Builds Kitex's programs in `directory`. `None` where there is no `go` command.
///
/// # Errors
///
/// When they can't be built, for instance because a module can't be downloaded.
pub fn build(directory: &Path, idl: &Path) -> anyhow::Result<Option<Programs>> {
    let go = match Command::new("go").arg("version").output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        output => output.context("cannot run go version")?,
    };
    ensure!(go.status.success(), "go version: {}", String::from_utf8_lossy(&go.stderr));
    let go = String::from_utf8_lossy(&go.stdout).trim().trim_start_matches("go version ").to_owned();

    let module = directory.join("module");
    std::fs::create_dir_all(&module).with_context(|| format!("cannot create {}", module.display()))?;
    for (name, text) in SOURCES {
        std::fs::write(module.join(name), text).with_context(|| format!("cannot write {name}"))?;
    }
    let (kitex, peer) = (directory.join("kitex"), directory.join("peer"));
    let command = ["build", "-o", &path(&kitex)?, "github.com/cloudwego/kitex/tool/cmd/kitex"].map(str::to_owned);
    run(Command::new("go").args(command).current_dir(&module))?;
    run(Command::new(&kitex).args(["-module", module_name()?]).arg(idl).current_dir(&module))?;
    run(Command::new("go").args(["build", "-o", &path(&peer)?, "."]).current_dir(&module))?;
    Ok(Some(Programs { path: peer, go }))
}

fn path(path: &Path) -> anyhow::Result<String> {
    let path = std::path::absolute(path)?;
    Ok(path.to_str().with_context(|| format!("{} is not valid UTF-8", path.display()))?.to_owned())
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

fn module_name() -> anyhow::Result<&'static str> {
    GO_MOD.lines().find_map(|line| line.strip_prefix("module ")).context("go.mod names no module")
}

/// The pinned releases that matter, as text.
pub fn versions() -> String {
    let named = |name: &&str| {
        let version = GO_MOD.lines().find_map(|line| line.trim().strip_prefix(name)?.split_whitespace().next());
        let name = name.trim_start_matches("github.com/").trim_start_matches("cloudwego/");
        format!("{name} {}", version.unwrap_or("of an unknown version"))
    };
    NAMED.iter().map(named).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_are_those_of_the_module() {
        let expected =
            "kitex v0.16.3, netpoll v0.7.2, hashicorp/yamux v0.1.2, coder/websocket v1.8.15, golang.org/x/net v0.41.0";
        assert_eq!(versions(), expected);
        assert_eq!(module_name().unwrap(), "volplane.example/kitex");
    }

    #[test]
    fn every_source_is_copied() {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("kitex");
        let mut found: Vec<String> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        found.sort_unstable();
        let mut copied = SOURCES.map(|(name, _)| name.to_owned());
        copied.sort_unstable();
        assert_eq!(found, copied);
    }
}
