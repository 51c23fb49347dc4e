//! `volplane watch`: the real process, woken by saves. Nothing here waits for time but the test of idleness.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use volplane_testkit::{Sandbox, TestResult, volplane};

/// More than any update takes on a busy machine.
const LOCK_TIMEOUT: Duration = Duration::from_secs(60);

const SHOP: &str = "\
include \"base.thrift\"
namespace rs shop
service Shop {
    base.Item find(1: string name)
}
";
const BASE: &str = "\
namespace rs base
struct Item {
    1: string name
}
";

/// A project that is being watched.
struct Watched {
    sandbox: Sandbox,
    child: Child,
    lines: Receiver<String>,
}

impl Watched {
    fn new() -> Result<Self, Box<dyn Error>> {
        Self::with(&[], |_| Ok(()))
    }

    /// One that is watched with options, after something was done to it.
    fn with(options: &[&str], prepare: impl FnOnce(&Path) -> TestResult) -> Result<Self, Box<dyn Error>> {
        let sandbox = Sandbox::new()?.file("idl/shop.thrift", SHOP)?.file("idl/base.thrift", BASE)?;
        let runtime = "--runtime=git=https://example.org/volplane";
        let made = sandbox.run(&["-q", "new", "idl/shop.thrift", "shop", runtime])?;
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        prepare(&sandbox.path().join("shop"))?;
        let mut command = volplane();
        command.arg("watch").args(options).current_dir(sandbox.path().join("shop"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let stderr: Box<dyn Read + Send> = Box::new(child.stderr.take().ok_or("no stderr")?);
        let stdout: Box<dyn Read + Send> = Box::new(child.stdout.take().ok_or("no stdout")?);
        let (sender, lines) = channel();
        for stream in [stderr, stdout] {
            let sender = sender.clone();
            thread::spawn(move || {
                BufReader::new(stream).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
            });
        }
        let watched = Self { sandbox, child, lines };
        watched.line("Watching")?;
        Ok(watched)
    }

    fn path(&self, path: &str) -> PathBuf {
        self.sandbox.path().join("shop").join(path)
    }

    fn read(&self, path: &str) -> Result<String, Box<dyn Error>> {
        Ok(fs::read_to_string(self.path(path))?)
    }

    fn save(&self, path: &str, text: &str) -> TestResult {
        Ok(fs::write(self.path(path), text)?)
    }

    /// Waits for a line; it has to be the one with this word.
    fn line(&self, word: &str) -> Result<String, Box<dyn Error>> {
        let line = self.lines.recv_timeout(LOCK_TIMEOUT).map_err(|error| format!("waiting for {word}: {error}"))?;
        if line.contains(word) { Ok(line) } else { Err(format!("{word} was to be said, and {line:?} was").into()) }
    }

    /// Waits for a line with this word, behind others.
    fn line_behind(&self, word: &str) -> Result<String, Box<dyn Error>> {
        loop {
            let line = self.lines.recv_timeout(LOCK_TIMEOUT).map_err(|error| format!("waiting for {word}: {error}"))?;
            if line.contains(word) {
                return Ok(line);
            }
        }
    }

    /// Ctrl-C; what was still said.
    fn stop(mut self) -> Result<Vec<String>, Box<dyn Error>> {
        let signalled = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status()?;
        assert!(signalled.success());
        let status = self.child.wait()?;
        assert_eq!(status.code(), Some(0), "{status}");
        Ok(self.lines.iter().collect())
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn with_method(name: &str) -> String {
    SHOP.replace("}\n", &format!("    i32 {name}(1: i32 id)\n}}\n"))
}

#[test]
fn a_save_is_one_line_and_an_update() -> TestResult {
    let watched = Watched::new()?;
    watched.save("idl/shop.thrift", &with_method("count"))?;
    let line = watched.line("Updated")?;
    assert!(line.contains("added count to cmd/src/shop.rs:"), "{line}");
    assert!(watched.read("cmd/src/shop.rs")?.contains("async fn count(&self, _id: i32) -> Result<i32, ServerError> {"));
    // The same text again is no change, and nothing is said of it.
    watched.save("idl/shop.thrift", &with_method("count"))?;
    let said = watched.stop()?;
    assert!(said.len() == 1 && said[0].contains("Stopped"), "{said:?}");
    Ok(())
}

#[test]
fn editors_that_save_by_renaming_are_seen() -> TestResult {
    let watched = Watched::new()?;
    for name in ["count", "find_all"] {
        watched.save("idl/.shop.thrift.swp", &with_method(name))?;
        fs::rename(watched.path("idl/.shop.thrift.swp"), watched.path("idl/shop.thrift"))?;
        assert!(watched.line("Updated")?.contains(&format!("added {name} to ")));
    }
    watched.stop()?;
    Ok(())
}

#[test]
fn a_broken_idl_is_told_and_survived() -> TestResult {
    let watched = Watched::new()?;
    let before = watched.read("cmd/src/shop.rs")?;
    watched.save("idl/shop.thrift", "service Shop {\n    i32 count(\n}\n")?;
    watched.line_behind("idl/shop.thrift:")?;
    watched.save("idl/shop.thrift", &with_method("count"))?;
    let line = watched.line_behind("Updated")?;
    assert!(line.contains("added count to "), "{line}");
    assert!(watched.read("cmd/src/shop.rs")?.starts_with(before.trim_end().trim_end_matches('}')));
    watched.stop()?;
    Ok(())
}

#[test]
fn an_idl_that_is_gone_for_a_while_is_survived() -> TestResult {
    let watched = Watched::new()?;
    fs::remove_file(watched.path("idl/shop.thrift"))?;
    watched.line_behind("idl/shop.thrift")?;
    watched.save("idl/shop.thrift", &with_method("count"))?;
    watched.line_behind("added count to ")?;
    watched.stop()?;
    Ok(())
}

#[test]
fn includes_are_watched_and_new_ones_too() -> TestResult {
    let watched = Watched::new()?;
    watched.save("idl/base.thrift", &BASE.replace("Item", "Thing"))?;
    watched.line_behind("base.Item")?;
    watched.save("idl/shop.thrift", &SHOP.replace("base.Item", "base.Thing"))?;
    let line = watched.line_behind("Updated")?;
    assert!(line.contains("find"), "{line}");

    // One in a folder that was not watched before.
    fs::create_dir(watched.path("idl/more"))?;
    watched.save("idl/more/price.thrift", "namespace rs price\nstruct Price {\n    1: i64 cents\n}\n")?;
    let text = SHOP.replace("base.Item", "base.Thing").replace("service", "include \"more/price.thrift\"\nservice");
    let text = text.replace("}\n", "    price.Price price()\n}\n");
    watched.save("idl/shop.thrift", &text)?;
    assert!(watched.line_behind("Updated")?.contains("added price to "));
    watched.save("idl/more/price.thrift", "namespace rs price\nstruct Cost {\n    1: i64 cents\n}\n")?;
    watched.line_behind("price.Price")?;
    watched.stop()?;
    Ok(())
}

#[test]
fn settings_are_watched_and_may_be_broken_for_a_while() -> TestResult {
    let watched = Watched::new()?;
    let text = watched.read("volplane.toml")?;
    watched.save("volplane.toml", &text.replace("transports", "transprots"))?;
    watched.line_behind("transprots")?;
    let all = text.lines().find(|line| line.starts_with("transports = ")).ok_or("no list of transports")?;
    let fewer = text.replace(all, "transports = [\"stdnet\"]");
    assert_ne!(text, fewer);
    watched.save("volplane.toml", &fewer)?;
    watched.line_behind("Updated")?;
    assert!(!watched.path("cmd/03-websocket").exists());
    watched.stop()?;
    Ok(())
}

/// Every line is waited for, and must be the next one: a line too many fails the test.
#[test]
fn the_directory_of_the_idl_may_be_replaced() -> TestResult {
    let watched = Watched::new()?;
    for name in ["count", "find_all"] {
        fs::remove_dir_all(watched.path("idl"))?;
        fs::create_dir(watched.path("idl"))?;
        watched.save("idl/base.thrift", BASE)?;
        watched.save("idl/shop.thrift", &with_method(name))?;
        let line = watched.line("Updated")?;
        assert!(line.contains(&format!("added {name} to ")), "{line}");
    }
    // The directory is watched, and not the one of its name that was removed.
    watched.save("idl/shop.thrift", &with_method("last"))?;
    assert!(watched.line("Updated")?.contains("added last to "));
    let said = watched.stop()?;
    assert!(said.len() == 1 && said[0].contains("Stopped"), "{said:?}");
    Ok(())
}

#[test]
fn the_directory_of_the_idl_may_be_moved_away_and_back() -> TestResult {
    let watched = Watched::new()?;
    for name in ["count", "find_all"] {
        fs::rename(watched.path("idl"), watched.path("elsewhere"))?;
        let line = watched.line("Waiting")?;
        assert!(line.contains("for idl/shop.thrift"), "{line}");
        // What happens elsewhere is nothing to say.
        watched.save("elsewhere/shop.thrift", &with_method(name))?;
        fs::rename(watched.path("elsewhere"), watched.path("idl"))?;
        let line = watched.line("Updated")?;
        assert!(line.contains(&format!("added {name} to ")), "{line}");
    }
    watched.save("idl/shop.thrift", &with_method("last"))?;
    assert!(watched.line("Updated")?.contains("added last to "));
    fs::rename(watched.path("idl"), watched.path("elsewhere"))?;
    watched.line("Waiting")?;
    fs::rename(watched.path("elsewhere"), watched.path("idl"))?;
    watched.line("Watching")?;
    let said = watched.stop()?;
    assert!(said.len() == 1 && said[0].contains("Stopped"), "{said:?}");
    Ok(())
}

#[test]
fn another_branch_is_one_line() -> TestResult {
    let git = |root: &Path, args: &[&str]| -> TestResult {
        let who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").current_dir(root).args(who).args(args).output()?;
        if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into()) }
    };
    let watched = Watched::with(&[], |root| {
        git(root, &["init", "-q", "-b", "one"])?;
        git(root, &["add", "-A"])?;
        git(root, &["commit", "-q", "-m", "one"])?;
        git(root, &["checkout", "-q", "-b", "two"])?;
        // A branch without the directory and without volplane.toml between the two.
        git(root, &["rm", "-q", "-r", "--cached", "."])?;
        git(root, &["commit", "-q", "--allow-empty", "-m", "nothing"])?;
        git(root, &["branch", "-q", "none"])?;
        fs::write(root.join("idl/shop.thrift"), with_method("count"))?;
        let toml = fs::read_to_string(root.join("volplane.toml"))?;
        fs::write(root.join("volplane.toml"), format!("# The shop.\n{toml}"))?;
        git(root, &["add", "-A"])?;
        git(root, &["commit", "-q", "-m", "two"])?;
        git(root, &["checkout", "-q", "one"])
    })?;
    let root = watched.path(".");
    git(&root, &["checkout", "-q", "two"])?;
    let line = watched.line("Updated")?;
    assert!(line.contains("added count to "), "{line}");
    git(&root, &["commit", "-q", "-a", "-m", "updated"])?;
    // Everything is as it should be there.
    git(&root, &["checkout", "-q", "one"])?;
    assert!(watched.line("Fresh")?.contains("1 method"));
    git(&root, &["checkout", "-q", "two"])?;
    assert!(watched.line("Fresh")?.contains("2 methods"));
    git(&root, &["checkout", "-q", "none"])?;
    assert!(watched.line("Waiting")?.contains("for volplane.toml"));
    git(&root, &["checkout", "-q", "one"])?;
    watched.line("Watching")?;
    let said = watched.stop()?;
    assert!(said.len() == 1 && said[0].contains("Stopped"), "{said:?}");
    Ok(())
}

#[test]
fn nothing_is_done_while_git_changes_files() -> TestResult {
    let watched = Watched::with(&[], |root| Ok(fs::create_dir(root.join(".git"))?))?;
    watched.save(".git/index.lock", "")?;
    watched.save("idl/shop.thrift", "half of a file")?;
    watched.line("Waiting")?;
    watched.save("idl/shop.thrift", &with_method("count"))?;
    fs::remove_file(watched.path(".git/index.lock"))?;
    assert!(watched.line("Updated")?.contains("added count to "));
    watched.stop()?;
    Ok(())
}

#[test]
fn an_error_is_reported_once() -> TestResult {
    let watched = Watched::with(&["--message-format", "short"], |_| Ok(()))?;
    watched.save("idl/shop.thrift", "service Shop {\n    i32 count(\n}\n")?;
    assert!(watched.line("error[")?.starts_with("idl/shop.thrift:3:"));
    // The same text again, and another one with the same error.
    watched.save("idl/shop.thrift", "service Shop {\n    i32 count(\n}\n")?;
    watched.save("idl/shop.thrift", "service Shop {\n    i64 count(\n}\n")?;
    assert!(watched.line("Waiting")?.contains("the errors are the same"));
    let toml = watched.read("volplane.toml")?;
    fs::remove_file(watched.path("volplane.toml"))?;
    assert!(watched.line("Waiting")?.contains("for volplane.toml"));
    watched.save("volplane.toml", &toml)?;
    assert!(watched.line("error[")?.starts_with("idl/shop.thrift:3:"));
    watched.save("idl/shop.thrift", &with_method("count"))?;
    watched.line("Updated")?;
    let said = watched.stop()?;
    assert!(said.len() == 1 && said[0].contains("Stopped"), "{said:?}");
    Ok(())
}

#[test]
fn an_include_that_is_made_later_is_seen() -> TestResult {
    let watched = Watched::with(&["--message-format", "short"], |_| Ok(()))?;
    let text = with_method("count").replace("service", "include \"more/price.thrift\"\nservice");
    watched.save("idl/shop.thrift", &text)?;
    watched.line("error[")?;
    fs::create_dir(watched.path("idl/more"))?;
    watched.save("idl/more/price.thrift", "namespace rs price\nstruct Price {\n    1: i64 cents\n}\n")?;
    watched.line_behind("Updated")?;
    watched.stop()?;
    Ok(())
}

#[test]
fn programs_are_told_one_object_a_line() -> TestResult {
    let watched = Watched::with(&["--message-format", "json"], |_| Ok(()))?;
    watched.line(r#"{"reason":"summary","command":"watch","exit_code":0"#)?;
    watched.save("idl/shop.thrift", &with_method("count"))?;
    let line = watched.line_behind(r#""kind":"method_added""#)?;
    assert!(line.contains(r#""done":true,"path":"cmd/src/shop.rs","line":"#), "{line}");
    watched.line_behind(r#"{"reason":"summary","command":"watch","exit_code":0"#)?;
    watched.save("idl/shop.thrift", "service Shop {\n    i32 count(\n}\n")?;
    watched.line(r#"{"reason":"diagnostic","code":"#)?;
    watched.line(r#"{"reason":"summary","command":"watch","exit_code":1"#)?;
    watched.stop()?;
    Ok(())
}

#[test]
fn ctrl_c_ends_it() -> TestResult {
    let said = Watched::new()?.stop()?;
    assert!(said.len() == 1 && said[0].contains("Stopped"), "{said:?}");
    Ok(())
}

/// A thread that is not woken costs nothing: over two seconds, none may be.
#[cfg(target_os = "linux")]
#[test]
fn waiting_costs_nothing() -> TestResult {
    let watched = Watched::new()?;
    let threads = PathBuf::from(format!("/proc/{}/task", watched.child.id()));
    // How often threads went to sleep again, and how often they were interrupted at work.
    let wakes = || -> Result<u64, Box<dyn Error>> {
        let mut count = 0;
        for thread in fs::read_dir(&threads)? {
            let status = fs::read_to_string(thread?.path().join("status"))?;
            let counts = status.lines().filter_map(|line| line.split_once("voluntary_ctxt_switches:"));
            count += counts.map(|(_, count)| count.trim().parse::<u64>()).sum::<Result<u64, _>>()?;
        }
        Ok(count)
    };
    // Behind its first line it looks once more, for what was saved before it watched.
    let mut last = u64::MAX;
    while last != wakes()? {
        last = wakes()?;
        thread::sleep(Duration::from_millis(500));
    }
    thread::sleep(Duration::from_secs(2));
    assert_eq!(wakes()?, last);
    watched.stop()?;
    Ok(())
}
