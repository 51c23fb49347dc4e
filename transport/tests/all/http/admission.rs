//! Who may call: origins, credentials, and what is known of the peer.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::time::Duration;

use motore::service::UnaryService;
use volo::net::Address;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoServer, Request, Response};
use volplane_transport::{
    Admission, Admitted, Endpoint, Http, HttpPeer, HttpRequest, Layer, Listener, ListenerExt, Memory, Peer, Refusal,
    RequestHead, ServeOptions, serve_with,
};

use crate::http::raw::{
    against_server, against_server_with, assert_closed, call, connect, read, refusal, request, send,
};
use crate::support::{EchoHandler, Server, client, echo, within};

#[derive(Clone, Debug)]
struct User(String);

async fn authenticate(request: HttpRequest) -> Result<Admitted, Refusal> {
    // As a database would, it takes its time.
    tokio::task::yield_now().await;
    match (request.bearer(), request.basic()) {
        (Some("t0ken"), _) => Ok(Admitted::new().with(User("ann".to_owned()))),
        (_, Some((user, password))) if password == "secret" => Ok(Admitted::new().with(User(user))),
        (Some(_), _) => Err(Refusal::forbidden("this token is not valid")),
        _ => Err(Refusal::unauthorized("send a bearer token")),
    }
}

/// Answers with what is known of the caller.
struct Caller(String);

impl Echo for Caller {
    async fn echo(&self, _: Request) -> Result<Response, ServerError> {
        Ok(Response { message: Some(self.0.clone().into()) })
    }
}

fn known(peer: &HttpPeer<SocketAddr>) -> String {
    let user = peer.get::<User>().map_or("nobody", |user| &user.0);
    let head = peer.get::<RequestHead>().unwrap();
    assert_eq!((head.method(), head.path()), ("POST", peer.path()));
    assert_eq!(peer.to_string(), format!("{} ({})", peer.inner(), peer.path()));
    format!("{user} at {} {:?} with {:?}", peer.path(), peer.query(), peer.header("x-trace"))
}

#[tokio::test]
async fn a_hook_sees_the_request_and_what_it_learns_reaches_the_handler() {
    let listener = Http::bind("http://127.0.0.1:0/echo").await.unwrap().with_admission(Admission::new(authenticate));
    let listener = listener.with_subpaths();
    let url = listener.endpoint();
    let server = serve_with(listener, |peer| EchoServer::from_handler(Caller(known(peer))));
    let handle = server.handle();
    let server = tokio::spawn(server.into_future());
    let bearer = client!(Http::to(format!("{url}/7?x=1")).with_bearer("t0ken").with_header("X-Trace", "9"));
    assert_eq!(echo(&bearer, "").await, r#"ann at /echo/7 Some("x=1") with Some("9")"#);
    let basic = client!(Http::to(&url).with_basic("bob", "secret"));
    assert_eq!(echo(&basic, "").await, "bob at /echo None with None");
    for (client, told) in [
        (client!(Http::to(&url)), "HTTP 401: send a bearer token"),
        (client!(Http::to(&url).with_bearer("other")), "HTTP 403: this token is not valid"),
    ] {
        let error = client.echo(crate::support::request("hello")).await.expect_err("refused");
        assert!(error.to_string().ends_with(told), "{error}");
    }
    handle.stop();
    within(server).await.unwrap();
}

/// What is known of the peer comes from the first request.
#[tokio::test]
async fn another_caller_has_to_use_another_connection() {
    let (server, _) = against_server_with(|http| http.with_admission(Admission::new(authenticate))).await;
    let bearer = "Authorization: Bearer t0ken\r\n";
    for other in ["", "Authorization: Basic YW5uOnNlY3JldA==\r\n", "Authorization: Bearer t0ken\r\nCookie: a=b\r\n"] {
        let mut io = connect(&server).await;
        for text in ["one", "two"] {
            send(&mut io, &request(bearer, &call(text))).await;
            assert!(read(&mut io).await.echoes(text));
        }
        send(&mut io, &request(other, &call("of another caller"))).await;
        let response = read(&mut io).await;
        assert_eq!((response.status(), response.header("Connection")), (421, Some("close")), "{response:?}");
        assert_closed(&mut io).await;
    }
    let mut io = connect(&server).await;
    let first = request(bearer, &call("one"));
    send(&mut io, &first).await;
    assert!(read(&mut io).await.echoes("one"));
    let host = first.windows(9).position(|bytes| bytes == b"localhost").unwrap();
    send(&mut io, &[&first[..host], b"elsewhere", &first[host + 9..]].concat()).await;
    assert_eq!(read(&mut io).await.status(), 421, "another host");
    let response = refusal(&server, &request("", &call("hello"))).await;
    assert_eq!((response.status(), response.header("WWW-Authenticate")), (401, Some("Bearer")));
    server.stop().await;
}

#[tokio::test]
async fn pages_of_other_origins_are_refused() {
    let (server, _) = against_server().await;
    for origin in ["http://evil.example", "null", "https://localhost.evil.example", "garbage"] {
        let response = refusal(&server, &request(&format!("Origin: {origin}\r\n"), &call("hello"))).await;
        assert_eq!(response.status(), 403, "{origin}: {response:?}");
    }
    for own in ["", "Origin: http://localhost\r\n"] {
        let mut io = connect(&server).await;
        send(&mut io, &request(own, &call("hello"))).await;
        assert!(read(&mut io).await.echoes("hello"), "{own}");
    }
    server.stop().await;
    let allowing = |http: Http| http.with_origins(["https://app.example"]);
    let (server, mut io) = against_server_with(allowing).await;
    send(&mut io, &request("Origin: https://app.example\r\n", &call("hello"))).await;
    assert!(read(&mut io).await.echoes("hello"));
    let response = refusal(&server, &request("Origin: https://evil.example\r\n", &call("hello"))).await;
    assert_eq!(response.status(), 403);
    server.stop().await;
}

#[tokio::test]
async fn a_browser_that_asks_first_is_told_which_pages_may_call() {
    let preflight = |origin| {
        let ask = "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization,content-type";
        format!("OPTIONS /echo HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\n{ask}\r\n\r\n").into_bytes()
    };
    let (app, allowed) = ("https://app.example", "Access-Control-Allow-Origin");
    let (server, mut io) = against_server_with(|http| http.with_origins([app])).await;
    for _ in 0..2 {
        send(&mut io, &preflight(app)).await;
        let response = read(&mut io).await;
        assert_eq!((response.status(), response.header(allowed)), (204, Some(app)), "{response:?}");
        assert_eq!(response.header("Access-Control-Allow-Methods"), Some("POST"));
        assert_eq!(response.header("Access-Control-Allow-Headers"), Some("authorization,content-type"));
        send(&mut io, &request("Origin: https://app.example\r\n", &call("hello"))).await;
        let response = read(&mut io).await;
        assert!(response.echoes("hello") && response.header(allowed) == Some(app), "{response:?}");
    }
    assert_eq!(refusal(&server, &preflight("https://evil.example")).await.status(), 403);
    drop(io);
    server.stop().await;
}

#[tokio::test]
async fn the_debug_output_of_a_connection_has_no_credentials() {
    let http = Http::at("/echo").with_bearer("secret");
    let (near, _far) = tokio::io::duplex(1024);
    let near = http.outgoing(near, &Endpoint::named("a pipe")).await.unwrap();
    assert!(format!("{near:?}").contains("Client") && !format!("{near:?}").contains("secret"), "{near:?}");
    let mut io = tokio::io::duplex(64 * 1024);
    let two = request("Authorization: Bearer secret\r\n", &call("secret")).repeat(2);
    tokio::io::AsyncWriteExt::write_all(&mut io.0, &two).await.unwrap();
    let (server, peer) = within(http.incoming(io.1, "a pipe".to_owned())).await.unwrap();
    let shown = format!("{server:?} {peer:?}");
    assert!(shown.contains("Server") && !shown.contains("secret"), "{shown}");
}

/// The deadline of a message is that of each one, also where a request before it was no message.
#[tokio::test(start_paused = true)]
async fn a_request_after_a_slow_preflight_has_its_own_deadline() {
    let (memory, listener) = Memory::pair();
    let (limit, long) = (Duration::from_secs(10), Duration::from_secs(1000));
    let options = ServeOptions::default().with_message_timeout(limit).with_idle_timeout(long);
    let _server = Server::start_with(listener.layer(Http::at("/echo")), EchoHandler, options);
    let mut io = memory.call(Address::Ip(SocketAddr::from(([0, 0, 0, 0], 0)))).await.unwrap();
    let own = "Origin: http://localhost\r\n";
    let call = request(own, &call("hello"));
    let ask = "OPTIONS /echo HTTP/1.1\r\nHost: localhost\r\nAccess-Control-Request-Method: POST\r\n";
    let ask = format!("{ask}{own}\r\n").into_bytes();
    for (request, status) in [(&call, 200), (&ask, 204), (&call, 200)] {
        for part in request.chunks(request.len() / 2 + 1) {
            tokio::io::AsyncWriteExt::write_all(&mut io, part).await.unwrap();
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        assert_eq!(read(&mut io).await.status(), status);
        tokio::time::sleep(2 * limit).await;
    }
}
