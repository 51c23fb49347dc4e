//! One call over WebSocket with TLS.

mod programs;

use std::io;

use programs::Server;

/// Where the server writes its certificate.
const CERTIFICATE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/05-tls.pem");

#[test]
fn a_call_is_answered() -> io::Result<()> {
    let listen = ["--url", "wss://127.0.0.1:0/kitex-ws", "--ca", CERTIFICATE];
    let server = Server::start(env!("CARGO_BIN_EXE_05-tls-server"), &listen)?;
    let client = env!("CARGO_BIN_EXE_05-tls-client");
    let output = server.call(client, &["--ca", CERTIFICATE], "--url")?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "Say hello by tls\n", "{said}");
    Ok(())
}
