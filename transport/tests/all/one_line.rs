//! Clients that connect, and servers that listen, in one line.

use volplane_generated::api::{EchoClient, EchoServer};
use volplane_transport::{BindError, ClientOptions, ConnectErrorKind, ConnectOptions, Delivery};

use crate::support::{EchoHandler, PATIENCE, certificates, echo, within};

#[tokio::test]
async fn a_client_connects_to_a_server_that_listens() {
    let mut endpoints: Vec<String> =
        ["tcp://127.0.0.1:0", "ws://127.0.0.1:0/kitex-ws", "http://127.0.0.1:0/thrift", "yamux+tcp://127.0.0.1:0"]
            .map(str::to_owned)
            .into();
    let folder = tempfile::tempdir().unwrap();
    if cfg!(unix) {
        endpoints.push(format!("unix://{}", folder.path().join("echo.sock").display()));
    }
    for endpoint in endpoints {
        let server = EchoServer::listen(&endpoint, EchoHandler).await.unwrap();
        let (bound, handle) = (server.endpoint().to_string(), server.handle());
        let server = tokio::spawn(async move { server.await });
        let client = EchoClient::connect(&bound).unwrap();
        assert_eq!(echo(&client, "hello").await, "hello", "{endpoint}");
        let protocol = format!("{bound}?protocol=buffered-compact");
        assert_eq!(echo(&EchoClient::connect(protocol).unwrap(), "compact").await, "compact", "{endpoint}");
        handle.stop();
        within(server).await.unwrap();
    }
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn tls_is_set_in_the_options() {
    let (endpoint, options) = ("yamux+wss://127.0.0.1:0/", certificates::listening());
    let server = EchoServer::listen_with(endpoint, EchoHandler, options).await.unwrap();
    let (bound, handle) = (server.endpoint().to_string(), server.handle());
    let server = tokio::spawn(async move { server.await });
    let options = ConnectOptions::default().with_connector(certificates::connecting());
    assert_eq!(echo(&EchoClient::connect_with(bound, options).unwrap(), "hello").await, "hello");
    handle.stop();
    within(server).await.unwrap();
}

#[tokio::test]
async fn a_client_can_be_made_before_its_server() {
    let server = EchoServer::listen("tcp://127.0.0.1:0", EchoHandler).await.unwrap();
    let bound = server.endpoint().to_string();
    drop(server);
    let options = ClientOptions::default().with_call_timeout(Some(PATIENCE));
    let client = EchoClient::connect_with(&bound, ConnectOptions::default().with_client(options)).unwrap();
    let error = client.echo(volplane_generated::api::Request { message: None }).await.unwrap_err();
    assert_eq!(Delivery::of(&error), Delivery::NeverSent);
    let server = EchoServer::listen(bound, EchoHandler).await.unwrap();
    let handle = server.handle();
    let server = tokio::spawn(async move { server.await });
    assert_eq!(echo(&client, "hello").await, "hello");
    handle.stop();
    within(server).await.unwrap();
}

#[tokio::test]
async fn a_wrong_endpoint_is_an_error() {
    let kind = |endpoint| EchoClient::connect(endpoint).err().map(|error| error.kind());
    assert_eq!(kind("127.0.0.1:1"), Some(ConnectErrorKind::InvalidEndpoint));
    assert_eq!(kind("yamux+http://127.0.0.1:1"), Some(ConnectErrorKind::Unsupported));
    assert_eq!(kind("http://127.0.0.1:1?protocol=framed"), Some(ConnectErrorKind::Unsupported));
    for endpoint in ["127.0.0.1:1", "tls://127.0.0.1:0"] {
        let error = EchoServer::listen(endpoint, EchoHandler).await.unwrap_err();
        assert!(matches!(error, BindError::Endpoint(_) | BindError::Unsupported { .. }), "{error}");
    }
}

#[test]
fn outside_of_a_runtime_a_client_is_an_error() {
    let error = EchoClient::connect("tcp://127.0.0.1:1").err().unwrap();
    assert_eq!(error.to_string(), "cannot connect to tcp://127.0.0.1:1");
}

#[test]
fn an_empty_endpoint_is_named_in_words() {
    let error = EchoClient::connect("").err().unwrap();
    assert_eq!(error.to_string(), "cannot connect to an empty endpoint: invalid endpoint");
}
