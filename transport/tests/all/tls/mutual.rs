//! Certificates of clients.

use std::future::IntoFuture;

use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoServer, Request, Response};
use volplane_transport::{
    BoxPeer, Connection, Delivery, ListenerExt, Peer, StdNet, Tls, TlsClient, TlsDetails, TlsPeer, TlsServer,
    TlsVersion, WebSocket, WebSocketPeer, serve_with,
};

use crate::support::certificates::{AUTHORITY, Authority, Pem};
use crate::support::{Server, client, echo, request, within};
use crate::tls::{connector, server, trusted};

async fn requiring(clients: &Authority) -> Server {
    server(localhost().with_required_client_certificates(clients.roots())).await
}

fn localhost() -> TlsServer {
    Tls::server(AUTHORITY.identity(&["localhost"]))
}

fn with(certificate: &Pem) -> TlsClient {
    AUTHORITY.client().with_identity(certificate.identity())
}

#[tokio::test]
async fn a_certificate_that_is_required_lets_a_client_in() {
    let clients = Authority::new();
    let server = requiring(&clients).await;
    let client = client!(connector(&server, with(&clients.issue(&["agent"]))));
    assert_eq!(echo(&client, "hello").await, "hello");
    server.stop().await;
}

#[tokio::test]
async fn a_client_whose_certificate_is_missing_or_wrong_is_told_so_and_its_call_was_not_delivered() {
    let clients = Authority::named("clients");
    let server = requiring(&clients).await;
    let expired = clients.issue_with(&["agent"], |params| params.not_after = rcgen::date_time_ymd(2020, 1, 1));
    for (tls, why) in [
        (AUTHORITY.client(), "it requires a certificate of this end"),
        (
            with(&Authority::new().issue(&["agent"])),
            "it does not trust the authority that signed this end's certificate",
        ),
        (
            with(&Authority::named("clients").issue(&["agent"])),
            "it does not trust the authority that signed this end's certificate",
        ),
        (with(&expired), "this end's certificate has expired"),
    ] {
        let client = client!(connector(&server, tls));
        let error = within(client.echo(request("hello"))).await.unwrap_err();
        let why = format!("the server refused the TLS handshake: {why}");
        assert!(error.to_string().contains(&why), "{error}");
        assert_eq!(Delivery::of(&error), Delivery::NeverSent, "{error}");
    }
    assert_eq!(server.stop().await.connections, 0);
}

#[tokio::test]
async fn an_optional_certificate_may_be_missing_but_not_wrong() {
    let clients = Authority::new();
    let server = server(localhost().with_optional_client_certificates(clients.roots())).await;
    for tls in [AUTHORITY.client(), with(&clients.issue(&["agent"]))] {
        assert_eq!(echo(&client!(connector(&server, tls)), "hello").await, "hello");
    }
    let wrong = client!(connector(&server, with(&Authority::new().issue(&["agent"]))));
    let error = within(wrong.echo(request("hello"))).await.unwrap_err();
    assert!(error.to_string().contains("does not trust the authority"), "{error}");
    server.stop().await;
}

/// Answers with the names in the certificate of its caller.
struct Caller(String);

impl Echo for Caller {
    async fn echo(&self, _: Request) -> Result<Response, ServerError> {
        Ok(Response { message: Some(self.0.clone().into()) })
    }
}

#[tokio::test]
async fn the_details_are_found_through_the_layers_above() {
    let clients = Authority::new();
    let agent = clients.issue(&["agent-7"]);
    let tls = localhost().with_required_client_certificates(clients.roots()).with_alpn(["thrift"]);
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap().layer(tls).layer(WebSocket::at("/kitex-ws"));
    let server = serve_with(listener, |peer: &WebSocketPeer<TlsPeer<std::net::SocketAddr>>| {
        let details = peer.get::<TlsDetails>().unwrap();
        assert_eq!(details, peer.inner().details());
        assert_eq!(BoxPeer::new(peer.clone()).get::<TlsDetails>(), Some(details));
        assert_eq!((details.server_name(), details.version()), (Some("localhost"), TlsVersion::Tls13));
        assert_eq!((details.alpn(), details.certificates().len()), (Some(&b"thrift"[..]), 1));
        let certificate = details.certificate().unwrap();
        let named = certificate.windows(7).any(|part| part == b"agent-7");
        EchoServer::from_handler(Caller(format!("{peer} {named}")))
    });
    let (endpoint, handle) = (server.endpoint(), server.handle());
    let server = tokio::spawn(server.into_future());
    let tls = with(&agent).with_alpn(["thrift"]).with_server_name("localhost");
    let client = client!(WebSocket::to_tls(&endpoint, tls));
    let told = echo(&client, "who am I?").await;
    assert!(told.starts_with("127.0.0.1:") && told.ends_with(" (/kitex-ws) true"), "{told}");
    handle.stop();
    within(server).await.unwrap();
}

#[tokio::test]
async fn both_ends_know_the_certificates_of_the_other() {
    let (authority, server) = trusted().await;
    let connection = connector(&server, authority.client());
    let connection = motore::service::UnaryService::call(&connection, crate::tls::anywhere()).await.unwrap();
    let details = connection.details();
    assert_eq!((details.certificates().len(), details.version()), (1, TlsVersion::Tls13));
    assert!(connection.is_reusable());
    let shown = format!("{connection:?}");
    assert!(shown.contains("certificates: 1") && shown.len() < 300, "{shown}");
    drop(connection);
    server.stop().await;
}
