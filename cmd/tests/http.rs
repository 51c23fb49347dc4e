//! One call over HTTP.

mod programs;

use std::io;

use programs::Server;

#[test]
fn a_call_is_answered() -> io::Result<()> {
    let server = Server::start(env!("CARGO_BIN_EXE_06-http-server"), &["--url", "http://127.0.0.1:0/thrift"])?;
    let client = env!("CARGO_BIN_EXE_06-http-client");
    let output = server.call(client, &[], "--url")?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "Say hello by http\n", "{said}");
    Ok(())
}
