//! TCP: the options of both ends, names with several addresses, and several listeners on one address.

use std::net::SocketAddr;
use std::time::Duration;

use motore::service::UnaryService;
use socket2::SockRef;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use volo::net::Address;
use volplane_transport::{ConnectErrorKind, Listener, StdNet, TcpOptions};

use crate::support::{EchoHandler, Server, client, echo, within};

async fn connect(connector: StdNet) -> TcpStream {
    connector.call(Address::from(SocketAddr::from(([0, 0, 0, 0], 0)))).await.unwrap()
}

fn assert_options(stream: &TcpStream, options: TcpOptions) {
    let socket = SockRef::from(stream);
    assert_eq!(socket.tcp_nodelay().unwrap(), options.nodelay());
    assert_eq!(socket.keepalive().unwrap(), options.keepalive().is_some());
    if let Some(idle) = options.keepalive() {
        assert_eq!(socket.tcp_keepalive_time().unwrap(), idle);
        assert_eq!(socket.tcp_keepalive_interval().unwrap(), options.keepalive_interval());
        assert_eq!(socket.tcp_keepalive_retries().unwrap(), options.keepalive_probes());
    }
    #[cfg(target_os = "linux")]
    assert_eq!(socket.tcp_user_timeout().unwrap().filter(|timeout| !timeout.is_zero()), options.user_timeout());
}

#[tokio::test]
async fn both_ends_have_the_defaults_or_what_is_set() {
    let set = TcpOptions::default()
        .with_nodelay(false)
        .with_keepalive(Some(Duration::from_secs(7)))
        .with_keepalive_interval(Duration::from_secs(3))
        .with_keepalive_probes(4)
        .with_user_timeout(Some(Duration::from_millis(12_345)));
    let without = TcpOptions::default().with_keepalive(None).with_user_timeout(None);
    for options in [TcpOptions::default(), set, without] {
        let mut listener = StdNet::bind_with("127.0.0.1:0", options).await.unwrap();
        let near = connect(StdNet::to(listener.local_addr()).with_tcp_options(options)).await;
        let (far, _) = within(listener.accept()).await.unwrap();
        assert_options(&near, options);
        assert_options(&far, options);
    }
    let mut listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = listener.local_addr().unwrap();
    let near = StdNet::new().call(Address::from(to)).await.unwrap();
    let (far, _) = within(Listener::accept(&mut listener)).await.unwrap();
    assert_options(&near, TcpOptions::default());
    assert_options(&far, TcpOptions::default());
}

#[test]
fn what_the_operating_system_refuses_is_clamped() {
    let options = TcpOptions::default()
        .with_keepalive(Some(Duration::ZERO))
        .with_keepalive_interval(Duration::MAX)
        .with_keepalive_probes(0)
        .with_user_timeout(Some(Duration::MAX))
        .with_backlog(0);
    assert_eq!(options.keepalive(), Some(Duration::from_secs(1)));
    assert_eq!(options.keepalive_interval(), Duration::from_secs(32_767));
    assert_eq!(options.keepalive_probes(), 1);
    assert_eq!(options.user_timeout(), Some(Duration::from_millis(i32::MAX as u64)));
    assert_eq!(options.backlog(), 1);
}

/// The kernel keeps such a connection as long as it likes without the option: the peer answers every probe.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_peer_that_has_no_room_is_closed_after_the_user_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let timeout = Duration::from_millis(500);
    let options = TcpOptions::default().with_user_timeout(Some(timeout));
    let mut near = connect(StdNet::to(listener.local_addr().unwrap()).with_tcp_options(options)).await;
    let (_never_read, _) = listener.accept().await.unwrap();
    let error = within(async {
        loop {
            if let Err(error) = near.write_all(&[0; 65_536]).await {
                break error;
            }
        }
    })
    .await;
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
}

#[cfg(unix)]
#[tokio::test]
async fn listeners_share_an_address_if_both_ask_for_it() {
    let shared = TcpOptions::default().with_reuse_port(true);
    let old = StdNet::bind_with("127.0.0.1:0", shared).await.unwrap();
    let address = old.local_addr();
    StdNet::bind(address).await.expect_err("this one does not ask for it");
    let old = Server::start(old, EchoHandler);
    let new = Server::start(StdNet::bind_with(address, shared).await.unwrap(), EchoHandler);
    old.stop().await;
    for _ in 0..20 {
        assert_eq!(echo(&client!(StdNet::to(address)), "hello").await, "hello");
    }
    assert_eq!(new.stop().await.connections, 20);
}

#[tokio::test]
async fn a_name_is_connected_to_whichever_of_its_addresses_is_served() {
    for bind in ["127.0.0.1:0", "[::1]:0"] {
        // Not every machine has IPv6, or a name for it.
        let Ok(listener) = StdNet::bind(bind).await else { continue };
        let to = format!("localhost:{}", listener.local_addr().port());
        let has_it = tokio::net::lookup_host(&to).await.unwrap().any(|address| address == listener.local_addr());
        if !has_it {
            continue;
        }
        let server = Server::start(listener, EchoHandler);
        assert_eq!(echo(&client!(StdNet::to(to)), "hello").await, "hello");
        server.stop().await;
    }
}

#[tokio::test]
async fn a_local_address_of_another_family_is_told() {
    let options = TcpOptions::default().with_local_address(Some([0_u16, 0, 0, 0, 0, 0, 0, 1].into()));
    let connector = StdNet::to("127.0.0.1:1").with_tcp_options(options);
    let error = connector.call(Address::from(SocketAddr::from(([0, 0, 0, 0], 0)))).await.unwrap_err();
    assert_eq!(error.kind(), ConnectErrorKind::Unresolved);
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "it has no address of the family of ::1");
}
