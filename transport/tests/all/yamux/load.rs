//! Many callers at once, small socket buffers, and a peer that takes nothing.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use volplane_transport::{Connection, Endpoint, Listener, Outgoing, Session, Yamux};

use crate::yamux::raw::send;
use crate::yamux::{sessions, until, within};

/// Answers every message of `size` bytes with itself.
async fn echo_on<P: volplane_transport::Peer>(mut incoming: volplane_transport::Incoming<P>, size: usize) {
    while let Some((mut stream, _)) = incoming.accept().await {
        tokio::spawn(async move {
            let mut message = vec![0; size];
            while stream.read_exact(&mut message).await.is_ok() {
                send(&mut stream, &message).await;
            }
        });
    }
}

async fn call_from_many(outgoing: &Outgoing, callers: usize, calls: usize, size: usize) {
    let callers: Vec<_> = (0..callers)
        .map(|caller| {
            let outgoing = outgoing.clone();
            tokio::spawn(async move {
                let mut stream = outgoing.open().await.unwrap();
                let mut answer = vec![0; size];
                for call in 0..calls {
                    let message = vec![u8::try_from((caller + call) % 256).unwrap(); size];
                    send(&mut stream, &message).await;
                    stream.read_exact(&mut answer).await.unwrap();
                    assert!(answer == message, "caller {caller}, call {call}");
                }
            })
        })
        .collect();
    for caller in callers {
        within(caller).await.unwrap();
    }
}

/// A wake-up that is lost between streams, gate and connection would stop this test.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_calls_complete_under_load() {
    for (callers, calls, size) in [(1, 2000, 64), (4, 1000, 64), (64, 200, 64), (16, 40, 100_000), (3, 20, 600_000)] {
        let (ours, theirs) = sessions().await;
        let serving = tokio::spawn(echo_on(theirs.split().1, size));
        call_from_many(ours.outgoing(), callers, calls, size).await;
        ours.outgoing().close().await;
        within(serving).await.unwrap();
    }
}

async fn with_small_buffers() -> (TcpStream, TcpStream) {
    let listening = TcpSocket::new_v4().unwrap();
    listening.set_recv_buffer_size(4096).unwrap();
    listening.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener: TcpListener = listening.listen(1).unwrap();
    let dialing = TcpSocket::new_v4().unwrap();
    dialing.set_send_buffer_size(4096).unwrap();
    dialing.set_recv_buffer_size(4096).unwrap();
    let address = listener.local_addr().unwrap();
    let (dialed, accepted) = within(async { tokio::join!(dialing.connect(address), listener.accept()) }).await;
    (dialed.unwrap(), accepted.unwrap().0)
}

/// Returns one connection that was made before.
struct Once(std::sync::Mutex<Option<TcpStream>>);

impl motore::service::UnaryService<volo::net::Address> for Once {
    type Response = TcpStream;
    type Error = volplane_transport::ConnectError;

    async fn call(&self, _: volo::net::Address) -> Result<TcpStream, volplane_transport::ConnectError> {
        let connection = self.0.lock().unwrap().take();
        connection.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotConnected).into())
    }
}

impl Listener for Once {
    type Connection = TcpStream;
    type Peer = String;

    async fn accept(&mut self) -> Option<(TcpStream, String)> {
        let connection = self.0.lock().unwrap().take()?;
        Some((connection, "a test".to_owned()))
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint::named("a test")
    }
}

/// Both ends write more than all buffers hold before either reads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_ends_can_write_a_lot_through_small_buffers() {
    const SIZE: usize = 2 * 1024 * 1024;
    let (dialed, accepted) = with_small_buffers().await;
    let ours = Yamux::connect(Once(Some(dialed).into())).await.unwrap();
    let (mut theirs, _): (Session<String>, _) = Yamux::listen(Once(Some(accepted).into())).accept().await.unwrap();
    let mut near = ours.outgoing().open().await.unwrap();
    send(&mut near, &[0]).await;
    let (mut far, _) = within(theirs.incoming().accept()).await.unwrap();
    far.read_exact(&mut [0; 1]).await.unwrap();
    let sides = [near, far].map(|stream| {
        tokio::spawn(async move {
            let (mut read, mut write) = tokio::io::split(stream);
            let (message, mut received) = (vec![7; SIZE], vec![0; SIZE]);
            let ((), got) = tokio::join!(send(&mut write, &message), read.read_exact(&mut received));
            got.unwrap();
            received == message
        })
    });
    for side in sides {
        assert!(within(side).await.unwrap());
    }
}

#[tokio::test]
async fn a_session_whose_peer_takes_nothing_fails_with_the_reason() {
    let (dialed, _silent) = with_small_buffers().await;
    let session = Yamux::connect(Once(Some(dialed).into())).await.unwrap();
    tokio::time::pause();
    let mut stream = session.outgoing().open().await.unwrap();
    let mut others = Vec::new();
    for _ in 0..16 {
        let mut other = session.outgoing().open().await.unwrap();
        // Into memory; more than the socket takes.
        drop(tokio::time::timeout(Duration::from_millis(1), send(&mut other, &[0; 200_000])).await);
        others.push(other);
    }
    let error = within(stream.read(&mut [0; 1])).await.expect_err("the session ended");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    until(|| session.outgoing().is_ended()).await;
    assert!(!stream.is_reusable());
    let error = session.outgoing().open().await.expect_err("ended");
    assert_eq!(error.to_string(), "the connection under the yamux session is stalled");
    let error = within(session.outgoing().ended()).await.expect_err("stalled");
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "it took no byte for 30s");
    drop(stream.shutdown().await);
}
