//! `volplane doctor`, on projects with faults and without.

use std::error::Error;
use std::fs;
use std::net::TcpListener;
use std::process::Command;

use volplane_testkit::{Sandbox, TestResult, each, volplane};

/// A project with the vendored runtime.
fn project() -> Result<Sandbox, Box<dyn Error>> {
    let sandbox = Sandbox::with_echo()?;
    let made = sandbox.run(&["-q", "new", "idl/echo.thrift", "hello", "--transport", "stdnet"])?;
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    Ok(sandbox)
}

/// Replaces text in a file of the project.
fn edit(sandbox: &Sandbox, path: &str, from: &str, to: &str) -> TestResult {
    let path = sandbox.path().join("hello").join(path);
    let text = fs::read_to_string(&path)?;
    assert!(text.contains(from), "{} has no {from}", path.display());
    Ok(fs::write(path, text.replacen(from, to, 1))?)
}

/// Gives the server a port of this system's choice, and keeps it in use until the listener is dropped.
fn listen(sandbox: &Sandbox) -> Result<TcpListener, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    edit(sandbox, "cmd/02-stdnet/server/main.rs", "127.0.0.1:8889", &address)?;
    Ok(listener)
}

/// What doctor says in the project, without what differs from one system to the next.
fn doctor(sandbox: &Sandbox, args: &[&str], rustc: Option<&str>) -> Result<String, Box<dyn Error>> {
    let mut command = volplane();
    command.arg("doctor").args(args).current_dir(sandbox.path().join("hello"));
    if let Some(rustc) = rustc {
        command.env("RUSTC", rustc);
    }
    let output = command.output()?;
    let line = |line: &str| match line.split_once("Ok cargo ").or_else(|| line.split_once("Ok rustc ")) {
        Some((blank, _)) => format!("{blank}Ok [TOOL]\n"),
        None => match line.split_once("linking: ") {
            Some((before, _)) => format!("{before}linking: [COMPILER]\n"),
            None => format!("{line}\n"),
        },
    };
    let stdout: String = String::from_utf8(output.stdout)?.lines().map(line).collect();
    let stderr = String::from_utf8(output.stderr)?;
    let code = output.status.code().ok_or("it was killed")?;
    Ok(volplane_testkit::without_counts(&format!("exit: {code}\n--- stdout\n{stdout}--- stderr\n{stderr}")))
}

#[test]
fn a_new_project_is_well() -> TestResult {
    let sandbox = project()?;
    drop(listen(&sandbox)?);
    let report = doctor(&sandbox, &[], None)?;
    assert!(report.starts_with("exit: 0"), "{report}");
    assert!(!report.contains("Warning") && !report.contains("Error"), "{report}");
    let quiet = doctor(&sandbox, &["-q"], None)?;
    assert_eq!(quiet, "exit: 0\n--- stdout\n--- stderr\n");
    Ok(())
}

#[test]
fn every_fault_is_found_with_what_to_do() -> TestResult {
    let sandbox = project()?;
    let listener = listen(&sandbox)?;
    let port = listener.local_addr()?.port().to_string();
    let root = sandbox.path().join("hello");
    let made = Command::new("git").args(["init", "--quiet"]).current_dir(&root).status()?;
    assert!(made.success());
    edit(&sandbox, "volplane.lock", concat!("volplane ", env!("CARGO_PKG_VERSION")), "volplane 0.0.1")?;
    edit(&sandbox, "Cargo.toml", "pilota = \"=", "pilota = \"=0.")?;
    edit(&sandbox, "Cargo.toml", "tokio = \"", "tokio = \"0.")?;
    edit(
        &sandbox,
        "idl/echo.thrift",
        "    Response echo(1: Request req)\n",
        "    Response echo(1: Request req)\n    void ping()\n",
    )?;
    edit(&sandbox, "cmd/src/clients.rs", "use ", "<<<<<<< ours\n=======\n>>>>>>> theirs\nuse ")?;
    edit(&sandbox, "runtime/transport/src/lib.rs", "//!", "//! mine")?;
    fs::remove_file(root.join("runtime/LICENSE-MIT"))?;
    edit(&sandbox, "cmd/src/echo.rs", "    async fn", "    async async fn")?;
    let before = sandbox.tree()?;
    let report = doctor(&sandbox, &[], Some("no-such-rustc"))?.replace(&port, "[PORT]");
    let version = |line: &str| match line.split_once("Cargo.toml asks for ") {
        Some((before, rest)) => {
            let name = rest.split(' ').next().unwrap_or_default();
            let help =
                rest.split_once("this volplane").map_or("", |(_, help)| help.split(" \"").next().unwrap_or(help));
            let help = help.split(|c: char| c.is_ascii_digit() || c == '=').next().unwrap_or_default();
            format!("{before}Cargo.toml asks for {name} [VERSION], and this volplane{help}[VERSION]: …\n")
        }
        None => format!("{line}\n").replace(env!("CARGO_PKG_VERSION"), "[OWN]"),
    };
    insta::assert_snapshot!("faults", report.lines().map(version).collect::<String>());
    assert_eq!(before, sandbox.tree()?, "doctor changes nothing");

    let quiet = doctor(&sandbox, &["-q"], None)?;
    assert!(quiet.contains("Error") && !quiet.contains("Warning"), "{quiet}");
    let denied = doctor(&sandbox, &["-q", "--deny-warnings"], None)?;
    assert!(denied.contains("Error") && denied.contains("Warning"), "{denied}");

    // What an update can't read is a finding, too.
    fs::remove_file(root.join("volplane.lock"))?;
    edit(&sandbox, "volplane.toml", "module", "modul")?;
    drop(listener);
    let report = doctor(&sandbox, &["--message-format", "json"], None)?;
    let findings: Vec<&str> =
        report.lines().filter(|line| line.contains("\"level\":\"error\"") || line.contains("\"summary\"")).collect();
    insta::assert_snapshot!("faults_json", findings.join("\n"));
    Ok(())
}

#[test]
fn a_project_of_a_newer_volplane_and_a_damaged_lock() -> TestResult {
    let sandbox = project()?;
    edit(&sandbox, "volplane.lock", concat!("volplane ", env!("CARGO_PKG_VERSION")), "volplane 999.0.0")?;
    let report = doctor(&sandbox, &["-q"], None)?;
    assert!(report.contains("install volplane 999.0.0 or a later version"), "{report}");
    assert!(report.starts_with("exit: 3"), "{report}");
    fs::write(sandbox.path().join("hello/volplane.lock"), "nonsense\n")?;
    let report = doctor(&sandbox, &["-q"], None)?;
    assert!(report.contains("volplane.lock:1 is a line that volplane did not write"), "{report}");
    Ok(())
}

#[test]
fn c_is_compiled_where_a_package_turns_tls_on() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    each([("hello", &[][..]), ("types", &["--types-only"])], |(name, options)| {
        let made = sandbox.run(&[&["-q", "new", "idl/echo.thrift", name], options].concat())?;
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        let report = sandbox.run_in(name, &["doctor"])?.stdout;
        assert_eq!(report.contains("the TLS library"), name == "hello", "{report}");
        Ok(())
    })
}

#[test]
fn outside_of_a_project_the_tools_are_checked() -> TestResult {
    let sandbox = Sandbox::new()?.file("hello/x", "")?;
    let report = doctor(&sandbox, &[], None)?;
    insta::assert_snapshot!("outside", report);
    assert!(doctor(&sandbox, &["-q"], Some("no-such-rustc"))?.starts_with("exit: 3"));
    Ok(())
}
