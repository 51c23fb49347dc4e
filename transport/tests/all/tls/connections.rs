//! Connections after the handshake: reused by the pool, flushed, closed and cut.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use motore::service::UnaryService;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream as RustlsStream;
use volplane_generated::api::EchoClientBuilder;
use volplane_transport::{
    Channel, ConnectWith, Connection, Endpoint, Layer, NotDelivered, StdNet, Tls, TlsStream, TlsVersion,
};

use crate::support::certificates::AUTHORITY;
use crate::support::raw::{read_message, reply, seq_id};
use crate::support::{PATIENCE, echo, within};
use crate::tls::{anywhere, connector, server};

#[tokio::test]
async fn a_connection_is_used_again() {
    let server = server(Tls::server(AUTHORITY.identity(&["localhost"]))).await;
    let channel = Channel::new(connector(&server, AUTHORITY.client()));
    let client = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE)).connect_through(channel.clone()).build();
    for call in 0..20 {
        echo(&client, call.to_string()).await;
    }
    assert_eq!((channel.stats().opened, channel.stats().reused), (1, 19));
    drop((client, channel));
    assert_eq!(server.stop().await.connections, 1);
}

/// A server of rustls alone, whose connection the test has in hand.
async fn rustls_server(
    versions: &[&'static rustls::SupportedProtocolVersion],
    tickets: usize,
) -> (TcpListener, TlsAcceptor, StdNet) {
    let pem = AUTHORITY.issue(&["127.0.0.1"]);
    let chain = vec![CertificateDer::from_pem_slice(pem.certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(pem.key.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
    let mut config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
    config.send_tls13_tickets = tickets;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let net = StdNet::to(listener.local_addr().unwrap());
    (listener, TlsAcceptor::from(Arc::new(config)), net)
}

async fn accept(listener: &TcpListener, acceptor: &TlsAcceptor) -> RustlsStream<TcpStream> {
    acceptor.accept(listener.accept().await.unwrap().0).await.unwrap()
}

async fn answer(stream: &mut RustlsStream<TcpStream>) {
    let call = read_message(stream).await;
    stream.write_all(&reply(seq_id(&call), "answered")).await.unwrap();
    stream.flush().await.unwrap();
}

#[tokio::test]
async fn messages_of_tls_itself_do_not_keep_an_idle_connection_from_being_used() {
    for (version, tickets) in [(&rustls::version::TLS13, 0), (&rustls::version::TLS13, 8), (&rustls::version::TLS12, 0)]
    {
        let (listener, acceptor, net) = rustls_server(&[version], tickets).await;
        let channel = Channel::new(net.layer(AUTHORITY.client()));
        let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
        let client = builder.connect_through(channel.clone()).build();
        let serving = tokio::spawn(async move {
            let mut stream = accept(&listener, &acceptor).await;
            for _ in 0..10 {
                answer(&mut stream).await;
                if stream.get_ref().1.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_3) {
                    // Arrives while the connection is idle, as a late ticket would.
                    stream.get_mut().1.refresh_traffic_keys().unwrap();
                    stream.flush().await.unwrap();
                }
            }
            assert_eq!(stream.read(&mut [0; 1]).await.unwrap(), 0, "a close_notify");
        });
        for _ in 0..10 {
            assert_eq!(echo(&client, "hello").await, "answered");
        }
        assert_eq!((channel.stats().opened, channel.stats().reused), (1, 9), "{version:?}, {tickets} tickets");
        drop((client, channel));
        within(serving).await.unwrap();
    }
}

#[tokio::test]
async fn tls_1_2_is_spoken_too() {
    let (listener, acceptor, net) = rustls_server(&[&rustls::version::TLS12], 0).await;
    let connector = net.layer(AUTHORITY.client());
    let (dialed, _accepted) =
        within(async { tokio::join!(connector.call(anywhere()), accept(&listener, &acceptor)) }).await;
    assert_eq!(dialed.unwrap().details().version(), TlsVersion::Tls12);
}

#[tokio::test]
async fn the_end_of_a_connection_without_a_close_notify_is_an_error() {
    let (listener, acceptor, net) = rustls_server(rustls::ALL_VERSIONS, 2).await;
    let connector = net.layer(AUTHORITY.client());
    for cut in [true, false] {
        let (dialed, mut accepted) =
            within(async { tokio::join!(connector.call(anywhere()), accept(&listener, &acceptor)) }).await;
        let mut dialed = dialed.unwrap();
        accepted.write_all(b"half").await.unwrap();
        accepted.flush().await.unwrap();
        if cut {
            drop(accepted.into_inner());
        } else {
            accepted.shutdown().await.unwrap();
        }
        let mut read = Vec::new();
        let end = within(dialed.read_to_end(&mut read)).await;
        assert_eq!(read, b"half");
        assert!(!dialed.is_reusable());
        match end {
            Ok(_) => assert!(!cut),
            Err(error) => {
                assert!(cut);
                assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
                let why = "the connection was cut: it ended without the close_notify of TLS";
                assert_eq!(error.to_string(), why);
            }
        }
    }
}

/// Both ends over a pipe of `size` bytes.
async fn over_pipe(size: usize) -> (TlsStream<DuplexStream>, TlsStream<DuplexStream>) {
    let (near, far) = duplex(size);
    let server = Tls::server(AUTHORITY.identity(&["localhost"]));
    let client = AUTHORITY.client().with_server_name("localhost");
    let to = Endpoint::named("a pipe");
    let (near, far) =
        within(async { tokio::join!(client.outgoing(near, &to), server.incoming(far, "a pipe".to_owned())) }).await;
    (near.unwrap(), far.unwrap().0)
}

#[tokio::test]
async fn a_flush_sends_everything_however_little_the_connection_takes_at_a_time() {
    let (mut near, mut far) = over_pipe(2048).await;
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let writing = async {
        near.write_all(&bytes).await.unwrap();
        near.flush().await.unwrap();
    };
    let reading = async {
        let mut read = vec![0; bytes.len()];
        far.read_exact(&mut read).await.unwrap();
        assert!(read == bytes);
    };
    within(async { tokio::join!(writing, reading) }).await;
    assert!(tokio::io::AsyncWrite::is_write_vectored(&near));
    let parts = [io::IoSlice::new(b"one "), io::IoSlice::new(b"record")];
    assert_eq!(near.write_vectored(&parts).await.unwrap(), 10);
    let mut read = [0; 10];
    within(async { tokio::join!(near.flush(), far.read_exact(&mut read)) }).await.1.unwrap();
    assert_eq!(&read, b"one record");
}

#[tokio::test]
async fn an_end_that_is_shut_down_can_still_read() {
    let (mut near, mut far) = over_pipe(64 * 1024).await;
    near.write_all(b"question").await.unwrap();
    near.shutdown().await.unwrap();
    near.shutdown().await.unwrap();
    assert_eq!(near.write(b"more").await.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    let mut asked = String::new();
    within(far.read_to_string(&mut asked)).await.unwrap();
    assert_eq!(asked, "question");
    far.write_all(b"answer").await.unwrap();
    drop(far);
    let mut answered = String::new();
    within(near.read_to_string(&mut answered)).await.unwrap();
    assert_eq!(answered, "answer");
    assert!(!near.is_reusable());
}

#[tokio::test(start_paused = true)]
async fn closing_does_not_wait_for_a_peer_that_does_not_read() {
    let (mut near, _far) = over_pipe(2048).await;
    let since = tokio::time::Instant::now();
    let written = tokio::time::timeout(Duration::from_secs(9), near.write_all(&[0; 3000])).await;
    assert!(written.is_ok(), "a small message is buffered");
    assert_eq!(within(near.shutdown()).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    assert_eq!(since.elapsed().as_secs(), 1);
}

#[tokio::test]
async fn a_client_that_was_refused_is_told_why_even_if_it_only_writes() {
    let (near, far) = duplex(64 * 1024);
    let server = Tls::server(AUTHORITY.identity(&["localhost"])).with_required_client_certificates(AUTHORITY.roots());
    let client = AUTHORITY.client().with_server_name("localhost");
    let to = Endpoint::named("a pipe");
    let serving = server.incoming(far, "a pipe".to_owned());
    let (near, far) = within(async { tokio::join!(client.outgoing(near, &to), serving) }).await;
    assert_eq!(far.err().unwrap().to_string(), "the client sent no certificate, which this server requires");
    let error = near.unwrap().write_all(b"call").await.unwrap_err();
    assert!(NotDelivered::is(&error), "{error:?}");
    assert_eq!(error.to_string(), "the server refused the TLS handshake: it requires a certificate of this end");
}

#[tokio::test]
async fn what_arrived_before_a_write_failed_can_still_be_read() {
    let (mut near, mut far) = over_pipe(64 * 1024).await;
    far.write_all(b"too large").await.unwrap();
    far.shutdown().await.unwrap();
    drop(far);
    near.write_all(b"call").await.unwrap_err();
    let mut read = String::new();
    within(near.read_to_string(&mut read)).await.unwrap();
    assert_eq!(read, "too large");
}

#[tokio::test]
async fn a_further_connection_resumes_the_session() {
    let (listener, acceptor, net) = rustls_server(rustls::ALL_VERSIONS, 2).await;
    let channel = Channel::new(net.layer(AUTHORITY.client()));
    let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
    let client = builder.connect_through(channel.clone()).build();
    let mut kinds = Vec::new();
    for _ in 0..2 {
        let serving = async {
            let mut stream = accept(&listener, &acceptor).await;
            answer(&mut stream).await;
            kinds.push(stream.get_ref().1.handshake_kind().unwrap());
        };
        within(async { tokio::join!(echo(&client, "hello"), serving) }).await;
    }
    assert_eq!(kinds, [rustls::HandshakeKind::Full, rustls::HandshakeKind::Resumed]);
    assert_eq!(channel.stats().opened, 2);
}
