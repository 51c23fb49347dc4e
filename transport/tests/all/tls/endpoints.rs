//! `tls://`, `wss://` and yamux over both, from text and in code.

use std::future::IntoFuture;
use std::process::Stdio;

use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClientBuilder, EchoServer, Request, Response};
use volplane_transport::{
    BindError, ConnectErrorKind, ConnectWith, Endpoint, Listener, TlsError, WebSocket, Yamux, serve,
};

use crate::support::certificates::{AUTHORITY, Authority, connecting, listening, server};
use crate::support::{EchoHandler, PATIENCE, Server, client, echo, within};
use crate::tls::{anywhere, refused, tls_error, told};

use motore::service::UnaryService;

const ALL: [&str; 4] =
    ["tls://127.0.0.1:0", "wss://127.0.0.1:0/kitex-ws", "yamux+tls://127.0.0.1:0", "yamux+wss://127.0.0.1:0/kitex-ws"];

async fn listen(text: &str) -> Server {
    let listener = text.parse::<Endpoint>().unwrap().bind_with(listening()).await.unwrap();
    let port = listener.endpoint().port().unwrap();
    assert_eq!(listener.endpoint().to_string(), text.replace(":0", &format!(":{port}")));
    Server::start(listener, EchoHandler)
}

#[tokio::test]
async fn endpoints_of_tls_listen_and_connect_with_settings() {
    for text in ALL {
        let server = listen(text).await;
        let client = client!(server.endpoint.connector_with(connecting()).unwrap());
        assert_eq!(echo(&client, text).await, text);
        drop(client);
        server.stop().await;
    }
}

#[tokio::test]
async fn a_listener_of_tls_needs_a_certificate() {
    for text in ALL {
        let endpoint: Endpoint = text.parse().unwrap();
        let error = endpoint.bind().await.unwrap_err();
        assert!(matches!(error, BindError::Unsupported { .. }), "{error:?}");
        let why = "a server needs a certificate for TLS; give it with `Endpoint::bind_with`";
        assert_eq!(told(&error), format!("cannot listen on {endpoint}: {why}"));
    }
}

#[tokio::test]
async fn errors_name_the_scheme() {
    for text in ALL {
        let server = listen(text).await;
        let below = server.endpoint.to_string().replace("yamux+", "");
        // The roots of the operating system, or that it has none.
        let error = refused(server.endpoint.connector().unwrap(), &below).await;
        let error = tls_error(&error);
        assert!(matches!(error, TlsError::UnknownAuthority { .. } | TlsError::SystemRoots(_)), "{error:?}");
        server.stop().await;
    }
    let server = listen("wss://127.0.0.1:0/kitex-ws").await;
    refused(WebSocket::to(&server.endpoint), &server.endpoint.to_string()).await;
    // The handshake of the upper layer: there is no WebSocket at this path.
    let elsewhere = server.endpoint.to_string().replace("kitex-ws", "elsewhere");
    let error = refused(WebSocket::to_tls(&elsewhere, AUTHORITY.client()), &elsewhere).await;
    assert!(told(&error).contains("HTTP 404"), "{}", told(&error));
    let plain = server.endpoint.to_string().replace("wss", "ws");
    let error = within(WebSocket::to_tls(&plain, AUTHORITY.client()).call(anywhere())).await.map(drop).unwrap_err();
    assert_eq!(error.kind(), ConnectErrorKind::InvalidEndpoint);
    assert!(told(&error).ends_with(&format!("expected an endpoint with wss://, found {plain}")), "{}", told(&error));
    server.stop().await;
}

/// Says which URLs this process is to call as a child of the test, which has set other roots of the operating system
/// for it.
const CALL: &str = "VOLPLANE_TEST_CALL";

#[tokio::test]
async fn the_roots_of_the_operating_system_are_trusted_by_default() {
    if let Ok(urls) = std::env::var(CALL) {
        for url in urls.split(' ') {
            let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
            let client = builder.connect_to(&url.parse().unwrap()).unwrap().build();
            assert_eq!(echo(&client, "by an endpoint").await, "by an endpoint");
            if url.starts_with("wss://") {
                let client = client!(WebSocket::to(url));
                assert_eq!(echo(&client, "by a URL").await, "by a URL");
            }
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (trusted, other) = (folder.path().join("trusted.pem"), folder.path().join("other.pem"));
    std::fs::write(&trusted, AUTHORITY.pem()).unwrap();
    std::fs::write(&other, Authority::new().pem()).unwrap();
    let mut servers = Vec::new();
    for text in ALL {
        servers.push(listen(text).await);
    }
    let urls = servers.iter().map(|server| server.endpoint.to_string()).collect::<Vec<_>>().join(" ");
    for (roots, trusts) in [(&trusted, true), (&other, false)] {
        let (urls, roots) = (urls.clone(), roots.clone());
        let child = move || {
            std::process::Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "tls::endpoints::the_roots_of_the_operating_system_are_trusted_by_default"])
                .env(CALL, urls)
                .env("SSL_CERT_FILE", roots)
                .stdin(Stdio::null())
                .output()
                .unwrap()
        };
        let output = within(tokio::task::spawn_blocking(child)).await.unwrap();
        assert_eq!(output.status.success(), trusts, "{output:?}");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains(if trusts { "1 passed" } else { "unknown authority" }), "{said}");
    }
    for server in servers {
        server.stop().await;
    }
}

/// Says who answers.
struct Named(&'static str);

impl Echo for Named {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        Ok(Response { message: Some(format!("{} hears {}", self.0, request.message.unwrap_or_default()).into()) })
    }
}

#[tokio::test]
async fn both_ends_of_a_session_over_wss_call_each_other() {
    let listener = WebSocket::bind_tls("wss://127.0.0.1:0/kitex-ws", server()).await.unwrap();
    let url = listener.endpoint();
    let mut sessions = Yamux::listen(listener);
    let dialing = Yamux::connect(WebSocket::to_tls(url, AUTHORITY.client()));
    let (dialed, accepted) = within(async { tokio::join!(dialing, sessions.accept()) }).await;
    let (to_server, at_client) = dialed.unwrap().split();
    let (to_client, at_server) = accepted.unwrap().0.split();
    let serving = [
        tokio::spawn(serve(at_client, EchoServer::from_handler(Named("client"))).into_future()),
        tokio::spawn(serve(at_server, EchoServer::from_handler(Named("server"))).into_future()),
    ];
    let (to_server, to_client) = (client!(to_server), client!(to_client));
    let long = "x".repeat(300_000);
    for _ in 0..3 {
        assert_eq!(echo(&to_server, "one").await, "server hears one");
        assert_eq!(echo(&to_client, long.clone()).await, format!("client hears {long}"));
    }
    drop((to_server, to_client));
    for served in serving {
        served.abort();
    }
}
