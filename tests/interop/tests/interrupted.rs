//! Ctrl-C and SIGTERM end the programs that the driver has started: they have process groups of their own.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test that can't go on has failed

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// A `go` that says which process it is, and builds for longer than the test may take.
const GO: &str = "#!/bin/sh\necho $$ >\"$PIDS/new\"\nmv \"$PIDS/new\" \"$PIDS/go\"\nexec sleep 600\n";

#[test]
fn an_interrupted_run_leaves_no_program_behind() {
    for signal in [Signal::INT, Signal::TERM] {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("interrupted-{}", signal.as_raw()));
        fs::remove_dir_all(&dir).ok();
        fs::create_dir_all(&dir).unwrap();
        let go = dir.join("go-command");
        fs::create_dir_all(&go).unwrap();
        fs::write(go.join("go"), GO).unwrap();
        fs::set_permissions(go.join("go"), fs::Permissions::from_mode(0o755)).unwrap();
        let path = std::env::join_paths([&go, Path::new("/usr/bin"), Path::new("/bin")]).unwrap();
        let mut driver = Command::new(env!("CARGO_BIN_EXE_interop"))
            .arg("article")
            .env("PATH", path)
            .env("PIDS", &dir)
            .env("CARGO_TARGET_DIR", &dir)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = eventually(|| fs::read_to_string(dir.join("go")).ok());
        let started = Pid::from_raw(started.trim().parse().unwrap()).unwrap();
        kill_process(Pid::from_child(&driver), signal).unwrap();
        assert_eq!(driver.wait().unwrap().code(), Some(130));
        // It may take a moment until its parent has noticed.
        eventually(|| (test_kill_process(started).is_err() || is_zombie(started)).then_some(()));
    }
}

/// Whether it has ended, but its parent has not asked for its exit code.
fn is_zombie(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
}

fn eventually<T>(mut of: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(value) = of() {
            return value;
        }
        assert!(Instant::now() < deadline, "waited for 30 s");
        std::thread::sleep(Duration::from_millis(20));
    }
}
