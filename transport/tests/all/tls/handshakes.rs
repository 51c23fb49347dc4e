//! Servers' certificates, and what is said of those that are not trusted.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use volo_thrift::ClientError;
use volplane_transport::{
    ConnectErrorKind, ConnectExt, Delivery, HandshakeOptions, Listener, ListenerExt, Memory, StdNet, Tls, TlsError,
    TlsRoots, WebSocket,
};

use crate::support::certificates::{AUTHORITY, Authority};
use crate::support::raw::silent;
use crate::support::{EchoHandler, Server, client, echo, request, within};
use crate::tls::{anywhere, connector, refused, server, tls_error, told, trusted};

use motore::service::UnaryService;

#[tokio::test]
async fn a_certificate_of_a_trusted_authority_is_accepted_for_its_names_and_addresses() {
    let authority = Authority::new();
    let server = server(Tls::server(authority.identity(&["localhost", "127.0.0.1"]))).await;
    assert_eq!(server.endpoint.to_string(), format!("tls://127.0.0.1:{}", server.endpoint.port().unwrap()));
    for host in ["localhost", "127.0.0.1"] {
        let address = format!("{host}:{}", server.endpoint.port().unwrap());
        let client = client!(StdNet::to(address).layer(authority.client()));
        assert_eq!(echo(&client, host).await, host);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused_in_plain_words() {
    let authority = Authority::named("one name");
    let server = server(Tls::server(authority.identity(&["localhost"]))).await;
    for client in [Authority::new().client(), Authority::named("one name").client()] {
        let error = refused(connector(&server, client), &server.endpoint.to_string()).await;
        assert!(matches!(tls_error(&error), TlsError::UnknownAuthority { .. }), "{error:?}");
        let port = server.endpoint.port().unwrap();
        assert!(
            told(&error).starts_with(&format!(
                "handshake with tls://127.0.0.1:{port} failed: the server's certificate is signed by an unknown \
                 authority, which is not among the trusted roots: "
            )),
            "{}",
            told(&error)
        );
    }
    // Volo keeps the text, and nothing was sent.
    let client = client!(connector(&server, Authority::new().client()));
    let error = client.echo(request("hello")).await.unwrap_err();
    assert_eq!(Delivery::of(&error), Delivery::NeverSent);
    assert!(error.to_string().contains("unknown authority"), "{error}");
    assert!(matches!(error, ClientError::Transport(_)), "{error:?}");
    assert_eq!(server.stop().await.connections, 0);
}

#[tokio::test]
async fn roots_can_be_joined() {
    let (authority, server) = trusted().await;
    let other = Authority::new();
    let roots = other.roots().and(authority.roots());
    assert_eq!(echo(&client!(connector(&server, Tls::client().with_roots(roots))), "one").await, "one");
    let der = volplane_transport::TlsRoots::from_pem(authority.pem()).unwrap();
    let roots = TlsRoots::system().and(der);
    assert_eq!(echo(&client!(connector(&server, Tls::client().with_roots(roots))), "two").await, "two");
    server.stop().await;
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let (authority, server) = trusted().await;
    let tcp = || StdNet::to(server.endpoint.authority().unwrap());
    let endpoint = server.endpoint.to_string();
    let error = refused(tcp().layer(authority.client()), &endpoint).await;
    let expected = r#"the server's certificate is not for 127.0.0.1, but for localhost"#;
    assert_eq!(tls_error(&error).to_string(), expected);
    let error = refused(tcp().layer(authority.client().with_server_name("example.com")), &endpoint).await;
    assert!(matches!(tls_error(&error), TlsError::WrongName { .. }), "{error:?}");
    let error = refused(tcp().layer(authority.client().with_server_name("no name")), &endpoint).await;
    let expected = r#""no name" is not a valid server name; expected a DNS name or an IP address"#;
    assert_eq!(tls_error(&error).to_string(), expected);
    server.stop().await;
}

#[tokio::test]
async fn a_certificate_that_is_not_valid_now_is_refused() {
    let authority = Authority::new();
    let expired = authority.issue_with(&["localhost"], |params| params.not_after = rcgen::date_time_ymd(2020, 1, 1));
    let early = authority.issue_with(&["localhost"], |params| params.not_before = rcgen::date_time_ymd(4000, 1, 1));
    for (certificate, expected) in [
        (expired, "the server's certificate has expired"),
        (early, "the server's certificate is not valid yet; check the clocks of both machines"),
    ] {
        let server = server(Tls::server(certificate.identity())).await;
        let error = refused(connector(&server, authority.client()), &server.endpoint.to_string()).await;
        assert_eq!(tls_error(&error).to_string(), expected);
        server.stop().await;
    }
}

#[tokio::test]
async fn without_a_host_a_server_name_is_needed() {
    let authority = Authority::new();
    let (memory, listener) = Memory::pair();
    let server = Server::start(listener.layer(Tls::server(authority.identity(&["echo.internal"]))), EchoHandler);
    let named = ConnectExt::layer(memory.clone(), authority.client().with_server_name("echo.internal"));
    let client = client!(named);
    assert_eq!(echo(&client, "hello").await, "hello");
    // Volo's address is all that is known of the endpoint; over TCP it is what the certificate has to be for.
    let error = refused(ConnectExt::layer(memory, authority.client()), "tls://0.0.0.0:0").await;
    assert!(matches!(tls_error(&error), TlsError::WrongName { .. }), "{error:?}");
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn a_layer_for_the_other_end_says_so() {
    let (authority, listening) = trusted().await;
    let wrong = Tls::server(authority.identity(&["localhost"]));
    let tcp = StdNet::to(listening.endpoint.authority().unwrap());
    let error = refused(tcp.layer(wrong), &listening.endpoint.to_string()).await;
    let expected = "this TLS layer is for the other end: connectors take `Tls::client`, listeners take `Tls::server`";
    assert_eq!(tls_error(&error).to_string(), expected);
    let wrong = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap().layer(authority.client()), EchoHandler);
    let error = refused(connector(&wrong, authority.client()), &wrong.endpoint.to_string()).await;
    assert!(matches!(tls_error(&error), TlsError::Ended { .. } | TlsError::Io(_)), "{error:?}");
    wrong.stop().await;
    listening.stop().await;
}

#[tokio::test]
async fn the_application_protocol_is_agreed_on_or_the_handshake_is_refused() {
    let authority = Authority::new();
    let mut listener = StdNet::bind("127.0.0.1:0")
        .await
        .unwrap()
        .layer(Tls::server(authority.identity(&["127.0.0.1"])).with_alpn(["thrift", "http/1.1"]));
    let address = listener.endpoint().authority().unwrap();
    let dial = |alpn: &'static [&'static str]| {
        let connector = StdNet::to(&address).layer(authority.client().with_alpn(alpn));
        async move { connector.call(anywhere()).await }
    };
    for (offered, agreed) in [(&["h2", "thrift"][..], Some("thrift")), (&["http/1.1"], Some("http/1.1")), (&[], None)] {
        let (dialed, accepted) = within(async { tokio::join!(dial(offered), listener.accept()) }).await;
        let agreed = agreed.map(str::as_bytes);
        assert_eq!(dialed.unwrap().details().alpn(), agreed);
        assert_eq!(accepted.unwrap().1.details().alpn(), agreed);
    }
    let server = Server::start(listener, EchoHandler);
    let error = within(dial(&["h2"])).await.map(drop).unwrap_err();
    assert_eq!(tls_error(&error).to_string(), "no application protocol (ALPN) in common with the server");
    server.stop().await;
}

#[tokio::test]
async fn bytes_without_tls_at_a_tls_port_end_the_connection() {
    let (authority, server) = trusted().await;
    let plain = client!(StdNet::to(server.endpoint.authority().unwrap()));
    let error = within(plain.echo(request("hello"))).await.unwrap_err();
    assert!(matches!(error, ClientError::Transport(_) | ClientError::Application(_)), "{error:?}");
    assert!(error.to_string().contains("found TLS"), "{error}");
    let plain = client!(WebSocket::to(format!("ws://{}/", server.endpoint.authority().unwrap())));
    let error = within(plain.echo(request("hello"))).await.unwrap_err();
    assert_eq!(Delivery::of(&error), Delivery::NeverSent);
    let mut plain = TcpStream::connect(server.endpoint.authority().unwrap()).await.unwrap();
    // More than the server reads before it refuses.
    plain.write_all(&b"GET / HTTP/1.1\r\n".repeat(2000)).await.unwrap();
    let mut answer = Vec::new();
    within(plain.read_to_end(&mut answer)).await.unwrap();
    assert_eq!(answer[..3], [0x15, 3, 3], "an alert, and no reset");
    let client = client!(connector(&server, authority.client()));
    assert_eq!(echo(&client, "still there").await, "still there");
    assert_eq!(server.stop().await.connections, 1);
}

#[tokio::test]
async fn tls_to_a_port_without_it_ends_with_an_error_that_says_so() {
    let authority = Authority::new();
    let thrift = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), EchoHandler);
    let endpoint = format!("tls://{}", thrift.endpoint.authority().unwrap());
    let error = refused(connector(&thrift, authority.client()), &endpoint).await;
    assert!(matches!(tls_error(&error), TlsError::NotTls { .. } | TlsError::Ended { .. }), "{}", told(&error));
    assert!(told(&error).contains("use TLS here"), "{}", told(&error));
    thrift.stop().await;
    let websocket = Server::start(WebSocket::bind("ws://127.0.0.1:0/").await.unwrap(), EchoHandler);
    let url = websocket.endpoint.to_string().replace("ws://", "wss://");
    let error = refused(WebSocket::to_tls(&url, authority.client()), &url).await;
    assert!(told(&error).contains("use TLS here"), "{}", told(&error));
    websocket.stop().await;
}

#[tokio::test]
async fn a_server_that_stays_silent_is_given_up_at_the_deadline() {
    let (listener, address) = silent().await;
    let options = HandshakeOptions::default().with_deadline(Duration::from_millis(50));
    let connector = StdNet::to(&address).layer(Authority::new().client()).with_handshake_options(options);
    let error = within(connector.call(anywhere())).await.map(drop).unwrap_err();
    assert_eq!(error.kind(), ConnectErrorKind::TimedOut(Duration::from_millis(50)));
    assert_eq!(error.to_string(), format!("no connection to tls://{address} within 50ms"));
    drop::<TcpListener>(listener);
}

#[tokio::test]
async fn a_client_that_does_not_finish_its_handshake_is_closed_and_keeps_nobody_waiting() {
    let authority = Authority::new();
    let options = HandshakeOptions::default().with_deadline(Duration::from_secs(1));
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let listener = listener.layer(Tls::server(authority.identity(&["localhost"]))).with_handshake_options(options);
    let server = Server::start(listener, EchoHandler);
    let mut slow = TcpStream::connect(server.endpoint.authority().unwrap()).await.unwrap();
    // The beginning of a ClientHello.
    slow.write_all(&[0x16, 3, 1, 2, 0, 1]).await.unwrap();
    let client = client!(connector(&server, authority.client()));
    assert_eq!(echo(&client, "through").await, "through");
    crate::support::bytes::until_the_end(&mut slow).await;
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_ends_the_connection_in_the_handshake_as_when_it_stops_is_dialed_again() {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let connector = StdNet::to(socket.local_addr().unwrap()).layer(AUTHORITY.client());
    let client = client!(connector);
    let serving = async {
        let (mut stopping, _) = socket.accept().await.unwrap();
        stopping.read_u8().await.unwrap();
        drop(stopping);
        Server::start(socket.layer(Tls::server(AUTHORITY.identity(&["127.0.0.1"]))), EchoHandler)
    };
    let (answer, server) = within(async { tokio::join!(echo(&client, "hello"), serving) }).await;
    assert_eq!(answer, "hello");
    server.stop().await;
}
