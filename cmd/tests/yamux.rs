//! One call over yamux on WebSocket, both ways.

mod programs;

use std::io;

use programs::Server;

#[test]
fn a_call_is_answered() -> io::Result<()> {
    let server = Server::start(env!("CARGO_BIN_EXE_04-yamux-server"), &["--url", "ws://127.0.0.1:0/kitex-ws"])?;
    let client = env!("CARGO_BIN_EXE_04-yamux-client");
    let output = server.call(client, &["alice"], "--url")?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "Say hello by yamux\n", "{said}");
    assert!(said.contains("the hub calls echo"), "{said}");
    Ok(())
}
