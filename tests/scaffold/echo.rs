//! The project of the echo IDL, from the stub to six running pairs.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::workshop::Workshop;
use volplane_testkit::{Sandbox, TestResult};

/// The programs, the flag that gives the address, an address with a free port, and what the client wants beside it.
const PAIRS: [(&str, &str, &str, &[&str]); 6] = [
    ("01-default", "--addr", "127.0.0.1:0", &[]),
    ("02-stdnet", "--addr", "127.0.0.1:0", &[]),
    ("03-websocket", "--url", "ws://127.0.0.1:0/kitex-ws", &[]),
    ("04-yamux", "--url", "ws://127.0.0.1:0/kitex-ws", &["alice"]),
    ("05-tls", "--url", "wss://127.0.0.1:0/kitex-ws", &[]),
    ("06-http", "--url", "http://127.0.0.1:0/thrift", &[]),
];

/// Ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_project_builds_and_its_six_pairs_talk() -> TestResult {
    let workshop = Workshop::enter();
    let sandbox = Sandbox::with_echo()?;
    let outcome = sandbox.run(&["new", "idl/echo.thrift", "hello", "--service", "example"])?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let project = sandbox.path().join("hello");
    workshop.assert_formatted(&project)?;
    // As it is made, every method says honestly that it is not implemented.
    workshop.build_and_test(&project)?;

    // What a user does first.
    let handler = project.join("cmd/src/echo.rs");
    let text = fs::read_to_string(&handler)?;
    let written = text
        .replace("_req: Request", "req: Request")
        .replace("Err(not_implemented(\"Echo.echo\"))", "Ok(Response { message: req.message })")
        .replace("use crate::not_implemented;\n", "");
    assert_ne!(text, written);
    fs::write(&handler, written)?;
    workshop.build_and_test(&project)?;

    for (name, flag, address, arguments) in PAIRS {
        let server = workshop.program(&format!("{name}-server"));
        let mut server = Command::new(server);
        // Where 05-tls writes the certificate.
        server.args([flag, address]).current_dir(sandbox.path()).stdout(Stdio::piped());
        let mut server = Server(server.spawn()?);
        let mut line = String::new();
        let mut stdout = BufReader::new(server.0.stdout.take().ok_or("no stdout")?);
        stdout.read_line(&mut line)?;
        let address = line.trim_end().strip_prefix("listening on ").ok_or_else(|| format!("{name} said {line:?}"))?;

        let client = workshop.program(&format!("{name}-client"));
        let output = Command::new(client).args([flag, address]).args(arguments).current_dir(sandbox.path()).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {said}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "Response { message: None }\n", "{name}: {said}");
    }
    a_stranger_is_logged(&workshop)
}

/// What goes wrong is seen without any setting.
fn a_stranger_is_logged(workshop: &Workshop) -> TestResult {
    let mut server = Command::new(workshop.program("02-stdnet-server"));
    server.args(["--addr", "127.0.0.1:0"]).env_remove("RUST_LOG").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut server = Server(server.spawn()?);
    let mut line = String::new();
    let mut stdout = BufReader::new(server.0.stdout.take().ok_or("no stdout")?);
    stdout.read_line(&mut line)?;
    let (_, address) = line.trim_end().rsplit_once('/').ok_or_else(|| format!("it said {line:?}"))?;
    let mut stranger = TcpStream::connect(address)?;
    stranger.write_all(b"GET / HTTP/1.1\r\n\r\n")?;
    let mut logged = String::new();
    BufReader::new(server.0.stderr.take().ok_or("no stderr")?).read_line(&mut logged)?;
    assert!(logged.contains("WARN") && logged.contains("HTTP") && !logged.contains('\u{1b}'), "{logged:?}");
    Ok(())
}
