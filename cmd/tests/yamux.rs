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
fn an_id_of_any_characters_is_one_segment_of_the_url() -> io::Result<()> {
    let server = Server::start(env!("CARGO_BIN_EXE_04-yamux-server"), &["--url", "ws://127.0.0.1:0/kitex-ws"])?;
    for id in ["which one?", "größe#1", "100%", "a&b=c"] {
        let output = server.call(env!("CARGO_BIN_EXE_04-yamux-client"), &[id], "--url")?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{id}: {said}");
    }
    // The hub names peers by one segment of a path, decoded, and says what it does not take.
    let output = server.call(env!("CARGO_BIN_EXE_04-yamux-client"), &["a/b"], "--url")?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("the id in the path contains a character that ids can't have"), "{said}");
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
