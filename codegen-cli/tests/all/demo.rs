//! How `volplane demo` ends when it can't go on, with a stand-in for cargo.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use volplane_testkit::{Sandbox, TestResult, volplane};

/// A command whose cargo is this script, and whose cache is the sandbox.
fn demo(sandbox: &Sandbox, script: &str) -> Result<Command, Box<dyn Error>> {
    let cargo = sandbox.path().join("cargo");
    fs::write(&cargo, format!("#!/bin/sh\n{script}\n"))?;
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755))?;
    let mut command = volplane();
    command.arg("demo").current_dir(sandbox.path());
    command.env("CARGO", &cargo).env("XDG_CACHE_HOME", sandbox.path().join("cache")).env("HOME", sandbox.path());
    Ok(command)
}

#[test]
fn what_cargo_says_is_shown_when_it_fails() -> TestResult {
    let sandbox = Sandbox::new()?;
    let output = demo(&sandbox, "echo 'error: no such thing' >&2; exit 101")?.output()?;
    let said = String::from_utf8(output.stderr)?;
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]), "{said}");
    assert!(
        said.contains("error: no such thing\nerror: cargo could not build the project (exit status: 101)\n"),
        "{said}"
    );
    Ok(())
}

#[test]
fn without_cargo_it_says_where_to_get_it() -> TestResult {
    let sandbox = Sandbox::new()?;
    let output = demo(&sandbox, "")?.env("CARGO", "/nowhere/cargo").output()?;
    let said = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("error: cannot start /nowhere/cargo\n") && said.contains("https://rustup.rs"), "{said}");
    Ok(())
}

#[test]
fn a_folder_to_keep_has_to_be_empty() -> TestResult {
    let sandbox = Sandbox::new()?.file("mine/notes.txt", "")?;
    let before = sandbox.tree()?;
    let outcome = sandbox.run(&["demo", "--keep", "mine"])?;
    assert_eq!(sandbox.tree()?, before);
    insta::assert_snapshot!(outcome.text());
    Ok(())
}

#[test]
fn a_signal_stops_it_and_what_it_started() -> TestResult {
    let sandbox = Sandbox::new()?;
    // The child of the child is what is left behind easily.
    let script = "sleep 1000 & echo \"sleeping $!\" >&2; wait";
    let mut running = demo(&sandbox, script)?.arg("--verbose").stderr(Stdio::piped()).spawn()?;
    let mut said = BufReader::new(running.stderr.take().ok_or("no stderr")?);
    let sleeper = loop {
        let mut line = String::new();
        if said.read_line(&mut line)? == 0 {
            return Err("it ended by itself".into());
        }
        if let Some(id) = line.trim().strip_prefix("sleeping ") {
            break id.to_owned();
        }
    };
    assert!(Command::new("kill").args(["-INT", &running.id().to_string()]).status()?.success());
    let mut rest = String::new();
    said.read_to_string(&mut rest)?;
    assert_eq!(running.wait()?.code(), Some(130), "{rest}");
    assert!(rest.contains("error: interrupted; everything is stopped"), "{rest}");
    // A killed process may still wait to be reaped; then it has no command line any more.
    let left = fs::read(format!("/proc/{sleeper}/cmdline")).unwrap_or_default();
    assert!(left.is_empty(), "{sleeper} still runs");
    Ok(())
}

#[test]
fn two_demos_take_turns() -> TestResult {
    let sandbox = Sandbox::new()?;
    let mut first = demo(&sandbox, "echo at work >&2; sleep 1000")?.arg("-v").stderr(Stdio::piped()).spawn()?;
    let mut said = BufReader::new(first.stderr.take().ok_or("no stderr")?);
    wait_for("at work", &mut said)?;
    let mut second = demo(&sandbox, "")?.stderr(Stdio::piped()).spawn()?;
    let mut second_said = BufReader::new(second.stderr.take().ok_or("no stderr")?);
    wait_for("Waiting for another demo that works in ", &mut second_said)?;
    for running in [&mut second, &mut first] {
        assert!(Command::new("kill").args(["-INT", &running.id().to_string()]).status()?.success());
        assert_eq!(running.wait()?.code(), Some(130));
    }
    Ok(())
}

/// Reads until a line has this in it.
fn wait_for(text: &str, said: &mut impl BufRead) -> TestResult {
    let mut line = String::new();
    while !line.contains(text) {
        line.clear();
        if said.read_line(&mut line)? == 0 {
            return Err(format!("it ended without saying {text:?}").into());
        }
    }
    Ok(())
}
