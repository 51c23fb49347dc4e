//! One call over yamux on WebSocket, both ways.

mod programs;

use std::io;
use std::thread;

use programs::Server;

#[test]
fn a_call_is_answered() -> io::Result<()> {
    call(&[])
}

#[test]
fn a_call_over_a_websocket_for_each_direction_is_answered() -> io::Result<()> {
    call(&["--compat", "kitex"])
}

fn call(compat: &[&str]) -> io::Result<()> {
    let listen = [&["--url", "ws://127.0.0.1:0/kitex-ws"][..], compat].concat();
    let server = Server::start(env!("CARGO_BIN_EXE_04-yamux-server"), &listen)?;
    let client = env!("CARGO_BIN_EXE_04-yamux-client");
    let output = server.call(client, &[&["alice"][..], compat].concat(), "--url")?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "Say hello by yamux\n", "{said}");
    assert!(said.contains("the hub calls echo"), "{said}");
    Ok(())
}

#[test]
fn two_peers_at_once_each_get_their_own_call_back() -> io::Result<()> {
    let server = Server::start(env!("CARGO_BIN_EXE_04-yamux-server"), &["--url", "ws://127.0.0.1:0/kitex-ws"])?;
    let client = env!("CARGO_BIN_EXE_04-yamux-client");
    let server = &server;
    let outputs = thread::scope(|scope| {
        let peers = ["alice", "bob"].map(|id| scope.spawn(move || server.call(client, &[id], "--url")));
        peers.map(|peer| peer.join().unwrap_or_else(|_| Err(io::Error::other("a thread panicked"))))
    });
    for output in outputs {
        let output = output?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert_eq!(said.matches("the hub calls echo").count(), 1, "{said}");
    }
    Ok(())
}
