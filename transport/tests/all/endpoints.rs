//! Connectors and listeners by the text of an endpoint, and what is said of a text that does not do.

use std::error::Error;
use std::net::SocketAddr;

use motore::service::UnaryService;
use volo::net::Address;
use volplane_generated::api::EchoClientBuilder;
use volplane_transport::{
    BindError, BoxConnector, BoxListener, ConnectError, ConnectErrorKind, ConnectWith, Endpoint, Listener, Memory,
    StdNet, WebSocket,
};

use crate::support::raw::nobody;
use crate::support::{EchoHandler, PATIENCE, Server, client, echo};

/// The message of an error and those of its causes.
fn told(error: &dyn Error) -> String {
    let cause = error.source().map(|source| format!(": {}", told(source)));
    format!("{error}{}", cause.unwrap_or_default())
}

fn anywhere() -> Address {
    Address::Ip(SocketAddr::from(([0, 0, 0, 0], 0)))
}

async fn error_of<C>(connector: C) -> ConnectError
where
    C: UnaryService<Address, Error = ConnectError>,
{
    match connector.call(anywhere()).await {
        Ok(_) => panic!("there is a connection"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn an_endpoint_listens_and_connects() {
    for text in ["tcp://127.0.0.1:0", "ws://127.0.0.1:0/kitex-ws", "yamux+tcp://127.0.0.1:0", "yamux+ws://[::1]:0/"] {
        let endpoint: Endpoint = text.parse().unwrap();
        let listener: BoxListener = endpoint.bind().await.unwrap();
        let bound = listener.endpoint();
        let port = bound.port().unwrap();
        assert_ne!(port, 0);
        assert_eq!(bound.to_string(), text.replace(":0", &format!(":{port}")), "what is bound is what clients write");
        let server = Server::start(listener, EchoHandler);
        let connector: BoxConnector = bound.connector().unwrap();
        // A clone is the same connector.
        let client = client!(connector.clone());
        assert_eq!(echo(&client, "hello").await, "hello", "{text}");
        for protocol in ["ttheader", "framed", "buffered", "ttheader-compact", "framed-compact", "buffered-compact"] {
            let endpoint = bound.clone().with_protocol(Some(protocol.parse().unwrap()));
            let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
            let client = builder.connect_to(&endpoint).unwrap().build();
            assert_eq!(echo(&client, protocol).await, protocol, "{endpoint}");
        }
        drop(client);
        server.stop().await;
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_unix_socket_listens_and_connects() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("echo.sock").display().to_string();
    let name = format!("@volplane-endpoints-{}", std::process::id());
    for text in [
        format!("unix://{path}"),
        format!("unix://{name}"),
        format!("yamux+unix://{path}"),
        format!("yamux+unix://{name}"),
    ] {
        let endpoint: Endpoint = text.parse().unwrap();
        let server = Server::start(endpoint.bind().await.unwrap(), EchoHandler);
        assert_eq!(server.endpoint, endpoint);
        let framed = endpoint.with_protocol(Some("framed".parse().unwrap()));
        let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
        let client = builder.connect_to(&framed).unwrap().build();
        assert_eq!(echo(&client, "hello").await, "hello", "{framed}");
        drop(client);
        server.stop().await;
    }
}

#[tokio::test]
async fn what_can_not_be_connected_to_says_so_at_both_ends() {
    let endpoint: Endpoint = "yamux+http://localhost/kitex".parse().unwrap();
    let name = Endpoint::named("in memory");
    for (endpoint, why) in [
        (endpoint, "HTTP carries one message in a request and can't carry yamux; use yamux+ws:// or yamux+tcp://"),
        (name, "it is only a name; expected one with a scheme, such as tcp://HOST:PORT"),
    ] {
        let error = endpoint.connector().unwrap_err();
        assert_eq!(error.kind(), ConnectErrorKind::Unsupported);
        assert_eq!(told(&error), format!("cannot connect to {endpoint}: unsupported address: {why}"));
        let error = endpoint.bind().await.unwrap_err();
        assert!(matches!(error, BindError::Unsupported { .. }), "{error:?}");
        assert_eq!(told(&error), format!("cannot listen on {endpoint}: {why}"));
    }
}

#[tokio::test]
async fn a_server_of_tls_needs_a_certificate() {
    for text in ["tls://localhost:1", "wss://localhost/kitex-ws", "https://localhost/kitex", "yamux+tls://localhost:1"]
    {
        let endpoint: Endpoint = text.parse().unwrap();
        let why = "a server needs a certificate for TLS; give it with `Endpoint::bind_with`";
        assert_eq!(told(&endpoint.bind().await.unwrap_err()), format!("cannot listen on {endpoint}: {why}"));
    }
}

/// A text, what is wrong with it for a connector to TCP, and for one to a WebSocket.
const WRONG: [(&str, &str, &str); 6] = [
    ("localhost", r#""tcp://localhost" has no port; tcp:// has no default port: expected tcp://HOST:PORT"#, ""),
    (
        "ftp://localhost:1",
        r#""ftp://localhost:1" has an unknown scheme; expected one of tcp://, unix://, tls://, ws://, wss://, http://, https://, and yamux+ before any of them"#,
        r#""ftp://localhost:1" has an unknown scheme; expected one of tcp://, unix://, tls://, ws://, wss://, http://, https://, and yamux+ before any of them"#,
    ),
    (
        "http://localhost:1",
        "expected an endpoint with tcp://, found http://localhost:1/",
        "expected an endpoint with ws://, found http://localhost:1/",
    ),
    (
        "localhost:99999",
        r#""tcp://localhost:99999" has an invalid port; expected a number from 0 to 65535 after the host and a colon"#,
        r#""ws://localhost:99999" has an invalid port; expected a number from 0 to 65535 after the host and a colon"#,
    ),
    (
        "local host:1",
        r#""tcp://local host:1" contains a space; remove it, or write it percent-encoded (a space is %20)"#,
        r#""ws://local host:1" contains a space; remove it, or write it percent-encoded (a space is %20)"#,
    ),
    (
        "localhost:1?protocol=framed",
        "?protocol= is for `connect_to`; here, use `connect_with_protocol`",
        "?protocol= is for `connect_to`; here, use `connect_with_protocol`",
    ),
];

#[tokio::test]
async fn a_text_that_is_no_endpoint_is_the_error_of_every_connect_and_of_bind() {
    for (text, tcp, ws) in WRONG {
        let errors = [(tcp, error_of(StdNet::to(text)).await), (ws, error_of(WebSocket::to(text)).await)];
        for (why, error) in errors.into_iter().filter(|(why, _)| !why.is_empty()) {
            assert_eq!(error.kind(), ConnectErrorKind::InvalidEndpoint, "{error:?}");
            assert_eq!(told(&error), format!("cannot connect to {text}: invalid endpoint: {why}"));
            assert_eq!(error.endpoint(), Some(text));
        }
        let errors = [(tcp, StdNet::bind(text).await.err()), (ws, WebSocket::bind(text).await.err())];
        for (why, error) in errors.into_iter().filter(|(why, _)| !why.is_empty()) {
            assert_eq!(told(&error.unwrap()), format!("cannot listen: invalid address: {why}"));
        }
    }
    // Layers do not hide it.
    let layered = StdNet::to("localhost").layer(WebSocket::at("/kitex-ws"));
    assert_eq!(error_of(layered).await.kind(), ConnectErrorKind::InvalidEndpoint);
    let other = error_of(StdNet::to("yamux+tcp://localhost:1")).await;
    assert_eq!(
        told(&other),
        "cannot connect to yamux+tcp://localhost:1: invalid endpoint: expected an endpoint with tcp://, found \
         yamux+tcp://localhost:1"
    );
}

#[tokio::test]
async fn the_kind_of_error_tells_what_went_wrong() {
    let gone = StdNet::bind("127.0.0.1:0").await.unwrap();
    let address = gone.local_addr();
    let taken = told(&StdNet::bind(address).await.unwrap_err());
    assert!(taken.starts_with(&format!("cannot listen on {address}: ")), "{taken}");
    let (_bound, address) = nobody();
    for (endpoint, kind) in [
        (format!("tcp://{address}"), ConnectErrorKind::Refused),
        (format!("ws://{address}/kitex-ws"), ConnectErrorKind::Refused),
        (format!("yamux+tcp://{address}"), ConnectErrorKind::Refused),
        ("tcp://nowhere.invalid:1".to_owned(), ConnectErrorKind::Unresolved),
    ] {
        let error = error_of(endpoint.parse::<Endpoint>().unwrap().connector().unwrap()).await;
        assert_eq!(error.kind(), kind, "{endpoint}: {error:?}");
        let below = endpoint.strip_prefix("yamux+").unwrap_or(&endpoint);
        assert_eq!(error.endpoint(), Some(below), "{error:?}");
    }
    let unix = std::os::unix::net::SocketAddr::from_pathname("/run/echo.sock").unwrap();
    let to_a_unix_socket = StdNet::new().call(Address::from(unix)).await;
    assert_eq!(to_a_unix_socket.unwrap_err().kind(), ConnectErrorKind::Unsupported);
}

#[tokio::test]
async fn any_connector_and_listener_can_be_boxed() {
    let (connector, listener) = Memory::pair();
    let server = Server::start(BoxListener::new(listener), EchoHandler);
    assert_eq!(server.endpoint.to_string(), "a listener in memory");
    let client = client!(BoxConnector::new(connector));
    assert_eq!(echo(&client, "hello").await, "hello");
    drop(client);
    server.stop().await;
}
