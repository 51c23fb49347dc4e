//! Unix domain sockets, and the files that they leave or find.

use std::error::Error;
use std::fs;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net;
use std::path::PathBuf;
use std::sync::Barrier;

use motore::service::UnaryService;
use tempfile::TempDir;
use tokio::net::UnixStream;
use volo::net::Address;
use volplane_transport::{
    BindError, ConnectError, ConnectErrorKind, Endpoint, Listener, ListenerExt, Peer, Unix, UnixOptions, UnixPeer,
    WebSocket,
};

use crate::support::{EchoHandler, Server, client, echo, within};

fn path() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("echo.sock").display().to_string();
    (folder, path)
}

fn name() -> String {
    format!("@volplane-{}-{:?}", std::process::id(), std::thread::current().id())
}

async fn connect(connector: &Unix) -> Result<UnixStream, ConnectError> {
    within(connector.call(Address::Ip(([0, 0, 0, 0], 0).into()))).await
}

fn kind(error: &BindError) -> io::ErrorKind {
    error.source().unwrap().downcast_ref::<io::Error>().unwrap().kind()
}

#[tokio::test]
async fn a_path_and_a_name_are_served_and_the_file_is_removed() {
    let (_folder, path) = path();
    for address in [path.clone(), format!("unix://{path}"), name(), format!("unix://{}", name())] {
        let server = Server::start(Unix::bind(&address).await.unwrap(), EchoHandler);
        assert_eq!(server.endpoint.to_string(), format!("unix://{}", address.trim_start_matches("unix://")));
        assert_eq!(echo(&client!(Unix::to(&address)), "hello").await, "hello");
        assert_eq!(echo(&client!(Unix::to(&server.endpoint)), "hello").await, "hello");
        server.stop().await;
        assert!(!fs::exists(&path).unwrap());
        let error = connect(&Unix::to(&address)).await.unwrap_err();
        assert_eq!(error.kind(), ConnectErrorKind::Refused, "{error:?}");
    }
}

#[tokio::test]
async fn volos_address_is_connected_to_if_there_is_no_target() {
    let (_folder, path) = path();
    let mut file = Unix::bind(&path).await.unwrap();
    let mut named = Unix::bind(name()).await.unwrap();
    let to_file = Address::Unix(net::SocketAddr::from_pathname(&path).unwrap());
    let to_name = Address::Unix(net::SocketAddr::from_abstract_name(&name()[1..]).unwrap());
    let _near = (Unix::new().call(to_file).await.unwrap(), Unix::new().call(to_name).await.unwrap());
    let (_, peer) = within(file.accept()).await.unwrap();
    assert_eq!(peer.get::<UnixPeer>().unwrap().process_id(), Some(std::process::id().try_into().unwrap()));
    within(named.accept()).await.unwrap();
    let error = connect(&Unix::new()).await.unwrap_err();
    assert_eq!(error.kind(), ConnectErrorKind::Unsupported);
}

#[tokio::test]
async fn a_socket_on_which_nobody_listens_is_replaced() {
    let (_folder, path) = path();
    // What a server leaves that was killed.
    drop(net::UnixListener::bind(&path).unwrap());
    assert!(fs::exists(&path).unwrap());
    let server = Server::start(Unix::bind(&path).await.unwrap(), EchoHandler);
    assert_eq!(echo(&client!(Unix::to(&path)), "hello").await, "hello");
    // A socket on which somebody listens is not.
    let error = Unix::bind(&path).await.unwrap_err();
    assert_eq!(kind(&error), io::ErrorKind::AddrInUse);
    assert_eq!(error.to_string(), format!("cannot listen on unix://{path}"));
    assert_eq!(echo(&client!(Unix::to(&path)), "still there").await, "still there");
    server.stop().await;
}

#[tokio::test]
async fn a_file_that_is_no_socket_of_ours_stays() {
    let (_folder, path) = path();
    fs::write(&path, "text").unwrap();
    assert_eq!(kind(&Unix::bind(&path).await.unwrap_err()), io::ErrorKind::AddrInUse);
    assert_eq!(fs::read(&path).unwrap(), b"text");
    fs::remove_file(&path).unwrap();
    // A link is not followed, wherever it leads.
    std::os::unix::fs::symlink("/nowhere", &path).unwrap();
    assert_eq!(kind(&Unix::bind(&path).await.unwrap_err()), io::ErrorKind::AddrInUse);
    fs::remove_file(&path).unwrap();
    // Neither is a file removed that has taken the place of ours.
    let old = Unix::bind(&path).await.unwrap();
    fs::remove_file(&path).unwrap();
    let new = Server::start(Unix::bind(&path).await.unwrap(), EchoHandler);
    drop(old);
    assert_eq!(echo(&client!(Unix::to(&path)), "hello").await, "hello");
    new.stop().await;
}

#[test]
fn of_servers_that_start_at_the_same_time_one_gets_the_address() {
    let (_folder, path) = path();
    let start = Barrier::new(4);
    let bind = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        start.wait();
        let bound = runtime.block_on(Unix::bind(&path));
        // Nobody is dropped before all have tried.
        start.wait();
        bound.is_ok()
    };
    for _ in 0..300 {
        // What a server leaves that was killed.
        drop(net::UnixListener::bind(&path).unwrap());
        let bound = std::thread::scope(|scope| {
            let servers = [(); 4].map(|()| scope.spawn(bind));
            servers.map(|server| server.join().unwrap())
        });
        assert_eq!(bound.iter().filter(|bound| **bound).count(), 1);
        assert!(!fs::exists(&path).unwrap());
    }
}

#[tokio::test]
async fn the_mode_of_the_file_is_that_of_the_options() {
    let (_folder, path) = path();
    for mode in [0o600, 0o666] {
        let options = UnixOptions::default().with_mode(Some(mode));
        let _listener = Unix::bind_with(&path, options).await.unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, mode);
    }
}

#[tokio::test]
async fn a_client_waits_while_the_backlog_is_full() {
    let (_folder, path) = path();
    let mut listener = Unix::bind_with(&path, UnixOptions::default().with_backlog(1)).await.unwrap();
    let mut waiting = Vec::new();
    let full = loop {
        match UnixStream::connect(&path).await {
            Ok(stream) => waiting.push(stream),
            Err(error) => break error,
        }
    };
    assert_eq!(full.kind(), io::ErrorKind::WouldBlock);
    let connector = Unix::to(&path);
    let (connected, _) = tokio::join!(connect(&connector), async {
        // The client comes first, and is refused by the operating system.
        tokio::task::yield_now().await;
        within(listener.accept()).await
    });
    connected.unwrap();
}

#[tokio::test]
async fn a_websocket_goes_over_it() {
    let (_folder, path) = path();
    let listener = Unix::bind(&path).await.unwrap().layer(WebSocket::at("/kitex-ws"));
    let server = Server::start(listener, EchoHandler);
    let client = client!(Unix::to(&path).layer(WebSocket::at("/kitex-ws")));
    assert_eq!(echo(&client, "hello").await, "hello");
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_unix_socket_is_told() {
    for (text, why) in [
        ("tcp://127.0.0.1:1", "expected an endpoint with unix://, found tcp://127.0.0.1:1"),
        (
            "",
            r#""" has an invalid path: it is empty; expected unix:///absolute/path, unix://relative/path, or unix://@abstract-name"#,
        ),
    ] {
        let error = connect(&Unix::to(text)).await.unwrap_err();
        assert_eq!(error.kind(), ConnectErrorKind::InvalidEndpoint);
        assert_eq!(error.source().unwrap().to_string(), why);
        let error = Unix::bind(text).await.unwrap_err();
        assert_eq!(error.source().unwrap().to_string(), why);
    }
    // A path is taken as it stands.
    let folder = tempfile::tempdir().unwrap();
    let odd: PathBuf = folder.path().join("a b%20?c");
    let listener = Unix::bind(odd.display()).await.unwrap();
    assert_eq!(listener.endpoint(), Endpoint::unix(&odd).unwrap());
    assert!(fs::exists(&odd).unwrap());
}
