//! One call over WebSocket.

mod programs;

use std::io;

use programs::Server;

#[test]
fn a_call_is_answered() -> io::Result<()> {
    let server = Server::start(env!("CARGO_BIN_EXE_03-websocket-server"), &["--url", "ws://127.0.0.1:0/kitex-ws"])?;
    let client = env!("CARGO_BIN_EXE_03-websocket-client");
    let output = server.call(client, &[], "--url")?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "Say hello by websocket\n", "{said}");
    Ok(())
}
