//! A process without free file descriptors.

use std::net::TcpStream as StdStream;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use volplane_transport::StdNet;

use crate::support::bytes::{framed_call, read_answer};
use crate::support::own_process::run_in_own_process;
use crate::support::{EchoHandler, Server, within};

#[tokio::test]
async fn a_server_without_descriptors_waits_and_serves_those_who_are_left() {
    // The limit counts for the whole process.
    run_in_own_process!();
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr();
    let first = TcpStream::connect(address).await.unwrap();
    let open = std::fs::read_dir("/proc/self/fd").unwrap().count();
    let limit = Rlimit { current: Some(open as u64 + 20), ..getrlimit(Resource::Nofile) };
    setrlimit(Resource::Nofile, limit).unwrap();
    // They are in the backlog, which the operating system manages.
    let mut others = Vec::new();
    let error = loop {
        match StdStream::connect(address) {
            Ok(stream) => others.push(stream),
            Err(error) => break error,
        }
    };
    assert_eq!(error.raw_os_error(), Some(rustix::io::Errno::MFILE.raw_os_error()), "{error}");
    assert!(others.len() >= 10, "{}", others.len());

    let server = Server::start(listener, EchoHandler);
    let mut first = first;
    first.write_all(&framed_call("hello")).await.unwrap();
    let waiting = tokio::time::timeout(Duration::from_millis(200), read_answer(&mut first)).await;
    assert!(waiting.is_err(), "it can't be accepted yet: {waiting:?}");
    assert!(!server.has_ended());
    drop(others);
    assert_eq!(within(read_answer(&mut first)).await.unwrap().text, "hello");
    server.stop().await;
}
