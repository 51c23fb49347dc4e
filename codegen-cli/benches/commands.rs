//! How long the commands take that people run all day: on the echo project, and on 1,000 structs and 100 services.
//! Prints medians of 21 runs with the least and the most, process start included.
//!
//! `cargo bench -p volplane --bench commands`
#![allow(clippy::print_stdout, reason = "it is what this program is for")]

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 21;
const ECHO: &str = include_str!("../../idl/echo.thrift");

fn main() -> Result<(), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    for (name, text, new_bar, update_bar) in
        [("echo", ECHO.to_owned(), 15, 15), ("1,000 structs and 100 services", large(), 300, 150)]
    {
        let root = dir.path().join(name.split(' ').next().unwrap_or(name));
        fs::create_dir_all(&root)?;
        fs::write(root.join("large.thrift"), text)?;
        let project = root.join("hello");
        let remove = || fs::remove_dir_all(&project);
        let new =
            measure(&root, &["new", "large.thrift", "hello"], || if project.exists() { remove() } else { Ok(()) })?;
        report(&format!("new, {name}"), &new, new_bar);
        let update = measure(&project, &["update"], || Ok(()))?;
        report(&format!("update with nothing to do, {name}"), &update, update_bar);
        let check = measure(&project, &["check"], || Ok(()))?;
        report(&format!("check, {name}"), &check, update_bar);
    }
    Ok(())
}

/// 1,000 structs, which mention each other, and 100 services that take and answer them.
fn large() -> String {
    let mut text = "namespace rs large\n".to_owned();
    for number in 0..1000 {
        let other = if number == 0 { "string".to_owned() } else { format!("S{}", number - 1) };
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "\nstruct S{number} {{\n    1: string name\n    2: optional i64 count\n    3: list<{other}> others\n}}\n"
        );
    }
    for number in 0..100 {
        let (one, two) = (number * 10, number * 10 + 5);
        let _ = write!(
            text,
            "\nservice Service{number} {{\n    S{one} find(1: S{two} key)\n    void put(1: S{one} item, 2: i64 at)\n}}\n"
        );
    }
    text
}

/// The times of the runs, sorted; one more is not counted. `before` each, something is made ready.
fn measure(
    dir: &Path,
    arguments: &[&str],
    before: impl Fn() -> std::io::Result<()>,
) -> Result<Vec<Duration>, Box<dyn Error>> {
    let mut times = Vec::new();
    for _ in 0..=RUNS {
        before()?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_volplane"));
        command.arg("-q").args(arguments).current_dir(dir).stdout(Stdio::null());
        let start = Instant::now();
        let status = command.status()?;
        times.push(start.elapsed());
        if !status.success() {
            return Err(format!("{arguments:?}: {status}").into());
        }
    }
    times.remove(0);
    times.sort();
    Ok(times)
}

fn report(what: &str, times: &[Duration], bar: u128) {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let (median, least, most) = (times[RUNS / 2], times[0], times[RUNS - 1]);
    let verdict = if median.as_millis() < bar { "" } else { ": MISSED" };
    println!(
        "{what}: {:.1} ms ({:.1} to {:.1}; at most {bar} ms{verdict})",
        milliseconds(median),
        milliseconds(least),
        milliseconds(most),
    );
}
