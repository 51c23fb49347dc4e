//! One call over volo's own connections.

mod programs;

use std::io;

use programs::Server;

#[test]
fn a_call_is_answered() -> io::Result<()> {
    let server = Server::start(env!("CARGO_BIN_EXE_01-default-server"), &["--addr", "127.0.0.1:0"])?;
    let client = env!("CARGO_BIN_EXE_01-default-client");
    let output = server.call(client, &[], "--addr")?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "Say hello by volo default\n", "{said}");
    Ok(())
}
