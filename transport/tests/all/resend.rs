//! When a call is sent again: only where no server can have begun it.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use volo::net::Address;
use volo_thrift::ServerError;
use volplane_generated::api::{Echo, EchoClient, EchoClientBuilder, Request, Response};
use volplane_transport::{
    Channel, ClientOptions, ConnectError, ConnectWith, Connection, Delivery, Memory, NotDelivered,
};

use crate::support::{PATIENCE, Server, request, within};

/// What is wrong with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Nothing,
    /// Takes no byte.
    Write,
    /// Takes no byte of its second call.
    SecondWrite,
    /// Takes three bytes and no more.
    WriteLater,
    /// As that, and says that they have not arrived.
    WriteNotDelivered,
    /// Takes all, passes nothing on, and says so when the answer is waited for.
    ReadNotDelivered,
    /// Passes the call on, and ends before its answer.
    Read,
}

struct Faulty {
    io: DuplexStream,
    fault: Fault,
    written: usize,
    flushed: usize,
}

impl Connection for Faulty {}

fn reset_by_peer() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

impl AsyncRead for Faulty {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.fault {
            Fault::ReadNotDelivered if self.written > 0 => {
                Poll::Ready(Err(NotDelivered::error(io::ErrorKind::ConnectionReset, "refused")))
            }
            Fault::Read if self.written > 0 => {
                // Ends once the server has answered, so that its handler has certainly run.
                let answered = Pin::new(&mut self.io).poll_read(cx, buf);
                answered.map(|_| Err(reset_by_peer()))
            }
            _ => Pin::new(&mut self.io).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Faulty {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let taken = match self.fault {
            Fault::Write => return Poll::Ready(Err(reset_by_peer())),
            Fault::SecondWrite if self.flushed > 0 => return Poll::Ready(Err(reset_by_peer())),
            Fault::WriteLater if self.written > 0 => return Poll::Ready(Err(reset_by_peer())),
            Fault::WriteNotDelivered if self.written > 0 => {
                return Poll::Ready(Err(NotDelivered::error(io::ErrorKind::ConnectionReset, "refused")));
            }
            Fault::WriteLater | Fault::WriteNotDelivered => 3,
            Fault::ReadNotDelivered => buf.len(),
            Fault::Nothing | Fault::SecondWrite | Fault::Read => {
                std::task::ready!(Pin::new(&mut self.io).poll_write(cx, buf))?
            }
        };
        self.written += taken;
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.flushed += 1;
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// Makes connections with these faults in turn, and whole ones afterwards.
struct Faults {
    memory: Memory,
    faults: Mutex<VecDeque<Fault>>,
}

impl UnaryService<Address> for Faults {
    type Response = Faulty;
    type Error = ConnectError;

    async fn call(&self, address: Address) -> Result<Faulty, ConnectError> {
        let fault = self.faults.lock().unwrap().pop_front().unwrap_or(Fault::Nothing);
        Ok(Faulty { io: self.memory.call(address).await?, fault, written: 0, flushed: 0 })
    }
}

/// Counts how often it runs.
#[derive(Clone, Default)]
struct Once(Arc<AtomicUsize>);

impl Echo for Once {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Response { message: request.message })
    }
}

/// A client with these faults, its pool, and how often the handler has run.
fn faulty(faults: impl IntoIterator<Item = Fault>) -> (EchoClient, Channel<Faults>, Arc<AtomicUsize>) {
    let (memory, listener) = Memory::pair();
    let handler = Once::default();
    Server::start(listener, handler.clone());
    let channel = Channel::new(Faults { memory, faults: Mutex::new(faults.into_iter().collect()) });
    let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
    (builder.connect_through(channel.clone()).build(), channel, handler.0)
}

#[tokio::test]
async fn a_call_that_no_server_has_taken_up_is_sent_again_once() {
    for fault in [Fault::Write, Fault::WriteNotDelivered, Fault::ReadNotDelivered] {
        let (client, channel, ran) = faulty([fault]);
        let answer = within(client.echo(request("hello"))).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!(answer.message.as_deref(), Some("hello"), "{fault:?}");
        assert_eq!((channel.stats().opened, ran.load(Ordering::Relaxed)), (2, 1), "{fault:?}");
        within(client.echo(request("next"))).await.unwrap();
        assert_eq!(channel.stats().opened, 2, "{fault:?}: the whole connection is kept");
    }
}

#[tokio::test]
async fn a_call_that_a_server_may_have_begun_is_not_sent_again() {
    for (fault, most) in [(Fault::WriteLater, 0), (Fault::Read, 1)] {
        let (client, channel, ran) = faulty([fault]);
        let error = within(client.echo(request("hello"))).await.expect_err("it is not sent again");
        assert_eq!(Delivery::of(&error), Delivery::Unknown, "{fault:?}: {error}");
        assert_eq!((channel.stats().opened, ran.load(Ordering::Relaxed)), (1, most), "{fault:?}");
    }
}

#[tokio::test]
async fn a_call_that_is_sent_again_in_vain_was_never_sent() {
    for fault in [Fault::Write, Fault::ReadNotDelivered] {
        let (client, channel, ran) = faulty([fault; 5]);
        let error = within(client.echo(request("hello"))).await.expect_err("nothing gets through");
        assert_eq!(Delivery::of(&error), Delivery::NeverSent, "{fault:?}: {error}");
        assert_eq!((channel.stats().opened, ran.load(Ordering::Relaxed)), (5, 0), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_time_is_over_between_two_attempts_was_never_sent() {
    let (memory, _listener) = Memory::pair();
    let options = ClientOptions::default().with_call_timeout(Some(Duration::from_millis(30)));
    let channel = Channel::new(Faults { memory, faults: Mutex::new([Fault::Write; 5].into()) }).with_options(options);
    let client = EchoClientBuilder::new("example").connect_through(channel).build();
    let error = client.echo(request("hello")).await.expect_err("the third attempt would come later");
    assert!(error.to_string().contains("timed out after 30ms"), "{error}");
    assert_eq!(Delivery::of(&error), Delivery::NeverSent);
}

#[tokio::test]
async fn however_many_idle_connections_are_stale_a_new_one_gets_the_call() {
    const STALE: usize = 8;
    let (client, channel, ran) = faulty([Fault::SecondWrite; STALE]);
    let calls = (0..STALE).map(|_| client.echo(request("at once")));
    for answer in within(futures_util::future::join_all(calls)).await {
        answer.unwrap();
    }
    assert_eq!(channel.stats().idle, STALE);
    within(client.echo(request("hello"))).await.unwrap();
    assert_eq!(ran.load(Ordering::Relaxed), STALE + 1);
}
