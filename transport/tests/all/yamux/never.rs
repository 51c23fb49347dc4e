//! Peers that never accept a stream, or never answer on one: every call ends within its time, and others are answered.

use std::future::IntoFuture;
use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;
use tokio::time::Instant;
use volo::net::Address;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClient, EchoClientBuilder, EchoServer, Request, Response};
use volplane_transport::{
    ConnectWith, Hub, HubError, JoinError, Memory, Outgoing, Registration, Session, Yamux, serve, serve_sessions,
};

use crate::support::{EchoHandler, echo};
use crate::yamux::raw::{ACK, DATA, PING, SYN, WINDOW_UPDATE, frame};
use crate::yamux::within;

/// What the peer does besides reading.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Peer {
    /// Nothing, as a server that speaks something else may.
    Swallows,
    /// It answers pings, as a session in Go whose `Accept` nobody calls.
    Pings,
    /// It accepts streams, too, and answers nothing on them.
    Accepts,
}

const PEERS: [Peer; 3] = [Peer::Swallows, Peer::Pings, Peer::Accepts];

impl Peer {
    async fn run(self, mut io: impl AsyncReadExt + AsyncWriteExt + Unpin) {
        let mut header = [0; 12];
        while io.read_exact(&mut header).await.is_ok() {
            let [_, kind, f0, f1, s0, s1, s2, s3, l0, l1, l2, l3] = header;
            let (flags, stream) = (u16::from_be_bytes([f0, f1]), u32::from_be_bytes([s0, s1, s2, s3]));
            let length = u32::from_be_bytes([l0, l1, l2, l3]);
            if kind == DATA {
                let mut body = (&mut io).take(length.into());
                tokio::io::copy(&mut body, &mut tokio::io::sink()).await.unwrap();
            }
            let answer = match kind {
                PING if flags & SYN != 0 && self != Peer::Swallows => frame(PING, ACK, 0, length),
                DATA | WINDOW_UPDATE if flags & SYN != 0 && self == Peer::Accepts => {
                    frame(WINDOW_UPDATE, ACK, stream, 0)
                }
                _ => continue,
            };
            if io.write_all(&answer).await.is_err() {
                return;
            }
        }
    }
}

const NOWHERE: Address =
    Address::Ip(std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0));

/// A session with such a peer.
async fn session(peer: Peer, peers: &mut JoinSet<()>) -> Session {
    let (memory, mut listener) = Memory::pair();
    let session = Yamux::connect(memory).await.unwrap();
    let (io, _) = volplane_transport::Listener::accept(&mut listener).await.unwrap();
    peers.spawn(peer.run(io));
    session
}

/// With its default timeouts.
fn client(outgoing: &Outgoing) -> EchoClient {
    EchoClientBuilder::new("example").connect_with(outgoing.clone()).build()
}

async fn call(client: &EchoClient, size: usize) -> Result<Response, volo_thrift::ClientError> {
    client.echo(Request { message: Some("x".repeat(size).into()) }).await
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_within_its_deadline_whatever_its_size() {
    for peer in PEERS {
        // More than a window is never sent to its end.
        for size in [1, 1024 * 1024] {
            let mut peers = JoinSet::new();
            let session = session(peer, &mut peers).await;
            let begun = Instant::now();
            let error = call(&client(session.outgoing()), size).await.expect_err("nobody answers").to_string();
            let taken = begun.elapsed();
            assert!(taken <= Duration::from_secs(31), "{peer:?}, {size}: {taken:?}");
            assert!(error.contains("timed out after 30s"), "{peer:?}, {size}: {error}");
            let begun = Instant::now();
            session.outgoing().close().await;
            assert!(begun.elapsed() <= Duration::from_secs(6), "{peer:?}, {size}: {:?}", begun.elapsed());
        }
    }
}

/// The library lets 256 streams be without an acknowledgement.
#[tokio::test(start_paused = true)]
async fn a_thousand_calls_end_within_their_deadline() {
    for peer in PEERS {
        let mut peers = JoinSet::new();
        let session = session(peer, &mut peers).await;
        let client = client(session.outgoing());
        let begun = Instant::now();
        let mut calls = JoinSet::new();
        for _ in 0..1000 {
            let client = client.clone();
            calls.spawn(async move { call(&client, 1).await.expect_err("nobody answers").to_string() });
        }
        while let Some(error) = calls.join_next().await {
            let error = error.unwrap();
            assert!(error.contains("within") || error.contains("yamux") || error.contains("30s"), "{peer:?}: {error}");
        }
        let taken = begun.elapsed();
        assert!(taken <= Duration::from_secs(31), "{peer:?}: {taken:?}");
        drop(session);
    }
}

/// Calls the peer `victim` before it answers.
struct CallsVictim {
    registration: Registration<EchoClient>,
    hub: Hub<EchoClient>,
}

impl Echo for CallsVictim {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        if request.message.as_deref() == Some("call the victim") {
            let outcome = self.hub.call("victim", async |client: EchoClient| call(&client, 1).await).await;
            let told = outcome.expect_err("it never answers").to_string();
            return Ok(Response { message: Some(told.into()) });
        }
        let outcome = self.registration.call(async |client: EchoClient| echo(&client, "back").await).await;
        Ok(Response { message: Some(outcome.unwrap().into()) })
    }
}

#[tokio::test(start_paused = true)]
async fn a_hub_answers_others_while_it_waits_for_a_peer_that_never_accepts() {
    for peer in PEERS {
        let (memory, listener) = Memory::pair();
        let hub = Hub::default();
        let mut ids = ["victim", "alice"].into_iter();
        let server = serve_sessions(Yamux::listen(listener), {
            let hub = hub.clone();
            move |outgoing, _| {
                let registration = hub.join(ids.next().unwrap(), client(outgoing))?.with_session(outgoing.clone());
                Ok::<_, JoinError>(EchoServer::from_handler(CallsVictim { registration, hub: hub.clone() }))
            }
        });
        let handle = server.handle();
        let server = tokio::spawn(server.into_future());
        let mut peers = JoinSet::new();
        peers.spawn(peer.run(memory.call(NOWHERE).await.unwrap()));
        while hub.ids().is_empty() {
            tokio::task::yield_now().await;
        }
        let (outgoing, incoming) = Yamux::connect(memory).await.unwrap().split();
        tokio::spawn(serve(incoming, EchoServer::from_handler(EchoHandler)).into_future());
        let alice = client(&outgoing);
        let begun = Instant::now();
        let mut waiting = std::pin::pin!(alice.echo(Request { message: Some("call the victim".into()) }));
        assert!(futures_util::poll!(&mut waiting).is_pending());
        assert_eq!(echo(&alice, "me").await, "back", "meanwhile");
        assert!(begun.elapsed() < Duration::from_secs(1), "{peer:?}: {:?}", begun.elapsed());
        let told = waiting.await.unwrap().message.unwrap();
        let after = Duration::from_secs(10);
        assert_eq!(told.as_str(), HubError::TimedOut { id: "victim".into(), after }.to_string(), "{peer:?}");
        assert!(begun.elapsed() <= Duration::from_secs(11), "{peer:?}: {:?}", begun.elapsed());
        outgoing.close().await;
        handle.stop();
        let begun = Instant::now();
        within(server).await.unwrap();
        assert!(begun.elapsed() <= Duration::from_secs(31), "{peer:?}: {:?}", begun.elapsed());
    }
}
