//! Builds the Go peer.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use tokio::sync::OnceCell;

use crate::row::Verdict;
use crate::tool::Tool;
use crate::work::Work;

/// How long one step may take: the compiler begins with Go's standard library.
const BUILD_TIMEOUT: Duration = Duration::from_secs(600);

/// The folder below `target/interop`.
const DIR: &str = "go";

/// The Go peer (`peers/go`), built once a run.
///
/// # Errors
///
/// The verdict of all rows that need it: skipped without `go`, failed if it does not build.
pub async fn built(work: &Work) -> Result<&'static Path, Verdict> {
    static BUILT: OnceCell<Result<PathBuf, Verdict>> = OnceCell::const_new();
    let built = BUILT.get_or_init(|| async {
        let go = Tool::find("go").map_err(Verdict::Skipped)?;
        let built = build(work, &go).await.context("building the Go peer");
        built.map_err(Verdict::from)
    });
    built.await.as_deref().map_err(Clone::clone)
}

/// Copies the module, so that nothing is written into the sources, generates the service's code beside it with the `kitex`
/// command of the same module, and builds it.
async fn build(work: &Work, go: &Tool) -> anyhow::Result<PathBuf> {
    let (from, dir) = (work.peers().join("go"), work.dir(DIR)?);
    copy_module(&from, &dir).with_context(|| format!("copying {}", from.display()))?;
    let build = |output: &'static str, package: &'static str| {
        let program = work.program(go.path(), &format!("build {output}"));
        // A checkout that git does not trust would fail the stamp, and nobody needs it.
        program.dir(&dir).args(["build", "-buildvcs=false", "-o", output, package]).check(BUILD_TIMEOUT)
    };
    // What an earlier IDL had, if there is any.
    std::fs::remove_dir_all(dir.join("kitex_gen")).ok();
    build("kitex", "github.com/cloudwego/kitex/tool/cmd/kitex").await?;
    let generate = work.program(dir.join("kitex"), "kitex").dir(&dir).args(["-module", "volplane.example/interop"]);
    generate.args([work.peers().join("everything.thrift")]).check(BUILD_TIMEOUT).await?;
    build("peer", ".").await?;
    Ok(dir.join("peer"))
}

/// Copies the files of a module that has no packages below it. Go files that are no longer there are removed.
fn copy_module(from: &Path, to: &Path) -> std::io::Result<()> {
    for old in std::fs::read_dir(to)? {
        let path = old?.path();
        if path.extension().is_some_and(|extension| extension == "go") {
            std::fs::remove_file(path)?;
        }
    }
    for file in std::fs::read_dir(from)? {
        let file = file?;
        if file.file_type()?.is_file() {
            std::fs::copy(file.path(), to.join(file.file_name()))?;
        }
    }
    Ok(())
}
