//! Connections through an HTTP proxy, which is a small one of this test.

use std::error::Error;
use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;
use volo::net::Address;
use volplane_transport::{
    ConnectError, ConnectErrorKind, HandshakeOptions, HttpProxy, Layered, ListenerExt, ProxyError, StdNet, WebSocket,
};

use crate::support::{EchoHandler, Server, client, echo, within};

/// A running proxy. It connects every target to one server, and answers with the given bytes before that.
struct Proxy {
    address: String,
    requests: UnboundedReceiver<String>,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    async fn start(server: Option<String>, answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (seen, requests) = unbounded_channel();
        let task = tokio::spawn(async move {
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                let (server, seen) = (server.clone(), seen.clone());
                tokio::spawn(async move {
                    let mut request = Vec::new();
                    while !request.ends_with(b"\r\n\r\n") {
                        request.push(near.read_u8().await.unwrap());
                    }
                    seen.send(String::from_utf8(request).unwrap()).unwrap();
                    near.write_all(answer.as_bytes()).await.unwrap();
                    if let Some(server) = server {
                        let mut far = TcpStream::connect(server).await.unwrap();
                        copy_bidirectional(&mut near, &mut far).await.ok();
                    } else {
                        // Until the client closes.
                        near.read_u8().await.ok();
                    }
                });
            }
        });
        Self { address, requests, task }
    }

    fn with(&self, credentials: &str) -> HttpProxy {
        HttpProxy::at(format!("http://{credentials}{}", self.address))
    }
}

async fn connect(connector: &Layered<StdNet, HttpProxy>) -> Result<TcpStream, ConnectError> {
    within(connector.call(Address::Ip(([0, 0, 0, 0], 0).into()))).await
}

fn told(error: &dyn Error) -> String {
    let cause = error.source().map(|source| format!(": {}", told(source)));
    format!("{error}{}", cause.unwrap_or_default())
}

#[tokio::test]
async fn calls_go_through_a_proxy_that_resolves_the_name() {
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), EchoHandler);
    let mut proxy =
        Proxy::start(server.endpoint.authority(), "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n").await;
    let connector = StdNet::to("echo.invalid:8889").through(proxy.with("Aladdin:open%20sesame@"));
    assert_eq!(echo(&client!(connector), "hello").await, "hello");
    let request = proxy.requests.recv().await.unwrap();
    // The credentials of the example in RFC 7617.
    assert_eq!(
        request,
        "CONNECT echo.invalid:8889 HTTP/1.1\r\nHost: echo.invalid:8889\r\n\
         Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"
    );
    // An address of volo's, and no credentials.
    let connector = StdNet::new().through(proxy.with(""));
    let to = Address::Ip(([192, 0, 2, 1], 7).into());
    within(connector.call(to)).await.unwrap();
    let request = proxy.requests.recv().await.unwrap();
    assert_eq!(request, "CONNECT 192.0.2.1:7 HTTP/1.1\r\nHost: 192.0.2.1:7\r\n\r\n");
    server.stop().await;
}

#[tokio::test]
async fn a_websocket_goes_through_it_and_names_the_target() {
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let server = Server::start(listener.layer(WebSocket::at("/kitex-ws")), EchoHandler);
    let proxy = Proxy::start(server.endpoint.authority(), "HTTP/1.1 200 OK\r\n\r\n").await;
    let connector = StdNet::to("echo.invalid:80").through(proxy.with("")).layer(WebSocket::at("/kitex-ws"));
    assert_eq!(echo(&client!(connector), "hello").await, "hello");
    let connector = StdNet::to("echo.invalid:80").through(proxy.with("")).layer(WebSocket::at("/elsewhere"));
    let error = within(connector.call(Address::Ip(([0, 0, 0, 0], 0).into()))).await.err().unwrap();
    assert_eq!(error.endpoint(), Some("ws://echo.invalid:80/elsewhere"));
    server.stop().await;
}

#[tokio::test]
async fn what_follows_the_head_is_for_the_reader() {
    let proxy = Proxy::start(None, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly").await;
    let mut io = connect(&StdNet::to("echo.invalid:1").through(proxy.with(""))).await.unwrap();
    let mut early = [0; 5];
    within(io.read_exact(&mut early)).await.unwrap();
    assert_eq!(&early, b"early");
}

#[tokio::test]
async fn a_refusal_has_the_status_and_both_endpoints_and_no_credentials() {
    for (answer, status, told_of_it) in [
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n",
            407,
            "407 Proxy Authentication Required; give its user name and password, as in http://USER:PASSWORD@HOST:PORT",
        ),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", 403, "403 Forbidden; it does not allow connections to this target"),
        ("HTTP/1.0 503 No\r\n\r\n", 503, "503 No; it could not reach the target"),
        ("HTTP/1.1 504\r\n\r\n", 504, "504; it could not reach the target"),
        ("HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\n\r\n", 302, "302 Found"),
    ] {
        let proxy = Proxy::start(None, answer).await;
        let connector = StdNet::to("echo.invalid:1").through(proxy.with("someone:secret@"));
        assert!(!format!("{connector:?}").contains("secret"), "{connector:?}");
        let error = connect(&connector).await.unwrap_err();
        assert_eq!(error.kind(), ConnectErrorKind::Handshake);
        assert_eq!(error.endpoint(), Some("tcp://echo.invalid:1"));
        match error.source().unwrap().downcast_ref::<ProxyError>().unwrap() {
            ProxyError::Refused { status: found, .. } => assert_eq!(*found, status),
            other => panic!("{other:?}"),
        }
        let address = &proxy.address;
        let expected = "handshake with tcp://echo.invalid:1 failed: the proxy tcp://";
        assert_eq!(told(&error), format!("{expected}{address} answered {told_of_it}"));
    }
}

#[tokio::test]
async fn a_proxy_that_is_none_is_told() {
    let endless = Box::leak(format!("HTTP/1.1 200 OK\r\nA: {}", "a".repeat(10_000)).into_boxed_str());
    for (answer, why) in [
        ("SSH-2.0-OpenSSH_9.2\r\n", "with the head of an HTTP/1 response: it does not begin with HTTP/1."),
        (endless, "with the head of an HTTP/1 response: it is longer than 8 KiB"),
    ] {
        let proxy = Proxy::start(None, answer).await;
        let error = connect(&StdNet::to("echo.invalid:1").through(proxy.with("a:secret@"))).await.unwrap_err();
        assert!(told(&error).ends_with(why), "{}", told(&error));
    }
    // It says nothing.
    let proxy = Proxy::start(None, "").await;
    let deadline = Duration::from_millis(50);
    let options = HandshakeOptions::default().with_deadline(deadline);
    let connector = StdNet::to("echo.invalid:1").through(proxy.with("")).with_handshake_options(options);
    let error = connect(&connector).await.unwrap_err();
    assert_eq!(error.kind(), ConnectErrorKind::TimedOut(deadline));
    // It closes.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connector = StdNet::to("echo.invalid:1").through(HttpProxy::at(address));
    let (error, _) = tokio::join!(connect(&connector), async {
        let (mut near, _) = listener.accept().await.unwrap();
        assert_ne!(near.read(&mut [0; 1024]).await.unwrap(), 0);
    });
    let error = error.unwrap_err();
    assert!(told(&error).contains(&format!("no answer from the proxy tcp://{address}: ")), "{}", told(&error));
    // Nobody is there.
    drop(listener);
    let error = connect(&connector).await.unwrap_err();
    assert_eq!(told(&error).split(": ").next(), Some(&*format!("tcp://{address} refused the connection")));
}

#[tokio::test]
async fn an_invalid_url_or_target_is_the_error_of_every_connection() {
    let error = connect(&StdNet::to("echo.invalid:1").through(HttpProxy::at("socks5://proxy:1"))).await.unwrap_err();
    assert_eq!(error.kind(), ConnectErrorKind::InvalidEndpoint);
    let error = connect(&StdNet::to("echo.invalid").through(HttpProxy::at("proxy:1"))).await.unwrap_err();
    assert_eq!(error.kind(), ConnectErrorKind::InvalidEndpoint);
    assert_eq!(error.endpoint(), Some("echo.invalid"));
}
