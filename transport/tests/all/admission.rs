//! The hook that admits clients, and what clients send and see.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use volo::context::Context;
use volo::net::Address;
use volo_thrift::ServerError;
use volo_thrift::context::ServerContext;
use volplane_generated::api::{Echo, EchoServer, Request, Response};
use volplane_transport::{
    Admission, Admitted, BoxListener, BoxPeer, HandshakeOptions, HttpRequest, Listener, Peer, Refusal, RequestHead,
    WebSocket, WebSocketPeer, peer_of, serve_with,
};

use crate::support::{EchoHandler, Server, client, echo, request, within};

const NOWHERE: Address = Address::Ip(SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0));

#[derive(Clone, Debug, PartialEq, Eq)]
struct User(String);

/// Admits users with the password `secret`, and the bearer of `t0ken`.
async fn admit(request: HttpRequest) -> Result<Admitted, Refusal> {
    // Waits, as for a database.
    tokio::task::yield_now().await;
    match (request.basic(), request.bearer()) {
        (Some((user, password)), _) if password == "secret" => Ok(Admitted::new().with(User(user)).with(7_u8)),
        (_, Some("t0ken")) => Ok(Admitted::new().with(User("bearer".to_owned()))),
        (None, None) => Err(Refusal::unauthorized("send a token\nor a password")),
        _ => Err(Refusal::forbidden("\u{1b}[31mthese credentials are not valid").with_header("X-Why", "expired")),
    }
}

struct Greeter(User);

impl Echo for Greeter {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        let message = format!("{} to {}", request.message.unwrap_or_default(), self.0.0);
        Ok(Response { message: Some(message.into()) })
    }
}

#[tokio::test]
async fn handlers_see_what_was_attached_and_refused_clients_why() {
    let listener = WebSocket::bind("ws://127.0.0.1:0/kitex-ws").await.unwrap().with_admission(Admission::new(admit));
    // Also through a peer of any type.
    let server = serve_with(BoxListener::new(listener), |peer: &BoxPeer| {
        assert!(peer.get::<RequestHead>().is_some_and(|head| head.path() == "/kitex-ws"));
        EchoServer::from_handler(Greeter(peer.get::<User>().cloned().unwrap()))
    });
    let (url, handle) = (server.endpoint(), server.handle());
    let server = tokio::spawn(server.into_future());
    let bearer = client!(WebSocket::to(&url).with_bearer("t0ken"));
    assert_eq!(echo(&bearer, "hello").await, "hello to bearer");
    let basic = client!(WebSocket::to(&url).with_basic("ann", "secret"));
    assert_eq!(echo(&basic, "hello").await, "hello to ann");
    for (connector, told) in [
        (WebSocket::to(&url), "HTTP 401: send a token"),
        (WebSocket::to(&url).with_bearer("wrong"), "HTTP 403: \u{fffd}[31mthese credentials are not valid"),
        (WebSocket::to(&url).with_basic("a:b", "secret"), "credentials can't contain"),
    ] {
        let error = within(client!(connector).echo(request("hello"))).await.unwrap_err().to_string();
        assert!(error.contains(told) && !error.contains("password"), "{error}");
        assert!(!error.contains("wrong") && !error.contains("secret") && !error.contains('\u{1b}'), "{error}");
    }
    handle.stop();
    within(server).await.unwrap();
}

/// A layer of a service finds the attached values in volo's context.
#[tokio::test]
async fn volos_context_has_what_was_attached() {
    let listener = WebSocket::bind("ws://127.0.0.1:0/").await.unwrap().with_admission(Admission::new(admit));
    let url = listener.endpoint();
    let mut listener = listener;
    let connect = WebSocket::to(url).with_basic("ann", "secret");
    let (accepted, connected) = within(async { tokio::join!(listener.accept(), connect.call(NOWHERE)) }).await;
    connected.unwrap();
    let (_, peer) = accepted.unwrap();
    let mut cx = ServerContext::default();
    cx.extensions_mut().insert(peer);
    let peer = peer_of::<WebSocketPeer<SocketAddr>>(&cx).unwrap();
    assert_eq!(peer.get::<User>(), Some(&User("ann".to_owned())));
    assert_eq!((peer.get::<u8>(), peer.get::<u16>()), (Some(&7), None));
    let shown = format!("{peer:?} {peer}");
    assert!(!shown.contains("secret") && !shown.contains("YW5u"), "{shown}");
}

#[tokio::test]
async fn it_sees_the_request_and_its_peer_and_runs_inside_the_deadline() {
    let calls = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&calls);
    let admission = Admission::new(move |request: HttpRequest| {
        seen.fetch_add(1, Ordering::SeqCst);
        async move {
            assert_eq!((request.method(), request.path(), request.query()), ("GET", "/hub/a", Some("x=1")));
            assert_eq!((request.id(), request.header("x-tenant")), (Some("a"), Some("blue")));
            assert!(request.peer().downcast_ref::<SocketAddr>().is_some_and(|peer| peer.ip().is_loopback()));
            std::future::pending().await
        }
    });
    let listener = WebSocket::bind("ws://127.0.0.1:0/hub").await.unwrap().with_ids().with_admission(admission);
    let options = HandshakeOptions::default().with_deadline(Duration::from_millis(50));
    let url = listener.endpoint();
    let server = Server::start(listener.with_handshake_options(options), EchoHandler);
    // A page of another origin does not come to the hook.
    let foreign = WebSocket::to(format!("{url}/a?x=1")).with_header("Origin", "https://evil.example");
    assert!(within(foreign.call(NOWHERE)).await.is_err());
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    let connector = WebSocket::to(format!("{url}/a?x=1")).with_header("X-Tenant", "blue");
    let error = within(connector.call(NOWHERE)).await.unwrap_err();
    assert!(format!("{error:?}").contains("CutOff") || format!("{error:?}").contains("Ended"), "{error:?}");
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    server.stop().await;
}

/// A refusal can be read although the client still sends, and although nothing reads what it sends.
#[tokio::test]
async fn a_refusal_arrives_while_the_client_is_still_sending() {
    let listener = WebSocket::bind("ws://127.0.0.1:0/").await.unwrap();
    let authority = listener.endpoint().authority().unwrap();
    let server = Server::start(listener, EchoHandler);
    let mut stream = tokio::net::TcpStream::connect(authority).await.unwrap();
    let body = vec![b'x'; 32 * 1024];
    stream.write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 32768\r\n\r\n").await.unwrap();
    stream.write_all(&body).await.unwrap();
    let mut answer = String::new();
    within(stream.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 405 ") && answer.ends_with("\r\n\r\nexpected GET\n"), "{answer}");
    server.stop().await;
}

/// The error of a client, of a server that answers its request with `answer`.
async fn refused_with(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let connector = WebSocket::to(format!("ws://{}/chat", listener.local_addr().unwrap()));
    let serve = async {
        let (mut raw, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(raw.read_u8().await.unwrap());
        }
        raw.write_all(answer).await.unwrap();
        // Held open: the client does not wait for the end.
        raw
    };
    let call = client!(connector);
    let (_raw, error) = within(async { tokio::join!(serve, call.echo(request("hello"))) }).await;
    error.unwrap_err().to_string()
}

#[tokio::test]
async fn the_error_of_a_refused_upgrade_has_its_first_line() {
    for (answer, told) in [
        (&b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 9\r\n\r\nslow down"[..], "HTTP 429: slow down"),
        (b"HTTP/1.1 503 Busy\r\n\r\nlater\nmuch later", "HTTP 503: later"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\n<html>", "HTTP 403: other credentials"),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>", "HTTP 502: a proxy got no answer"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "HTTP 302: redirects are not followed"),
        (b"HTTP/1.1 418 Odd\r\nContent-Length: 0\r\n\r\n", "HTTP 418"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n", "HTTP 200: ok"),
        (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            "does not match the key",
        ),
    ] {
        let error = refused_with(answer).await;
        assert!(error.contains(told) && !error.contains("much"), "{error}");
    }
}
