//! What strangers send: random bytes, and real messages that are cut, changed and mixed. Nothing of it panics a task,
//! keeps a connection, or takes memory; and who comes next is served.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tracing::span;
use volo::net::Address;
use volplane_generated::api::EchoClientBuilder;
use volplane_transport::{Channel, ConnectWith, ServeOptions, StdNet, WebSocket};

use crate::support::bytes::{CALL, EXCEPTION, ONE_WAY, REPLY, framed, message, with_header};
use crate::support::own_process::run_in_own_process;
use crate::support::raw::{read_message, silent};
use crate::support::{EchoHandler, PATIENCE, Server, client, echo, request, within};

/// Numbers that look random, the same in each run (xorshift, Marsaglia 2003).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[3]
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most)).map(|_| self.byte()).collect()
    }
}

/// A reply to `echo` in the binary encoding: its result is in field 0.
fn reply(seq_id: i32) -> Vec<u8> {
    crate::support::raw::reply(seq_id, "an answer")[4..].to_vec()
}

/// A message of the compact encoding; `kind` as in the binary one, the struct of `echo`'s arguments or result in `id`.
fn compact(kind: u8, id: u8) -> Vec<u8> {
    [&[0x82, kind << 5 | 1, 0, 4][..], b"echo\x0c", &[id << 1], b"\x18\x05hello\x15\x0a\x00\x00"].concat()
}

/// A TTHeader with values of every kind in front of `message`: a business error, the end of the connection, a text.
fn with_values(message: &[u8]) -> Vec<u8> {
    let mut header = vec![0, 0, 0x01, 0, 3];
    for (key, value) in [("biz-status", "42"), ("biz-message", "sold"), ("crrst", "1")] {
        for text in [key, value] {
            header.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
            header.extend(text.as_bytes());
        }
    }
    header.extend([0x10, 0, 1, 0, 22, 0, 1, b'2', 0x11, 0, 3, b'a', b'c', b'l']);
    header.resize(header.len().next_multiple_of(4), 0);
    let words = u16::try_from(header.len() / 4).unwrap().to_be_bytes();
    framed(&[&[0x10, 0, 0, 0, 0, 0, 0, 0][..], &words, &header, &framed(message)].concat())
}

/// Real messages in every framing.
fn real(thrift: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let in_every_framing =
        |message: &Vec<u8>| [message.clone(), framed(message), with_header(message), with_values(message)];
    thrift.iter().flat_map(in_every_framing).collect()
}

/// A message that nobody would send.
fn hostile(random: &mut Random, real: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = real[random.below(real.len())].clone();
    match random.below(8) {
        0 => return random.bytes(64),
        // The same length in front, with less behind it: what the frame says is there.
        1 => {
            let cut = 1 + random.below(bytes.len() - 5);
            bytes.truncate(bytes.len() - cut);
            let length = u32::try_from(bytes.len().saturating_sub(4)).unwrap();
            if bytes.len() > 4 {
                bytes[..4].copy_from_slice(&length.to_be_bytes());
            }
        }
        2 => bytes.truncate(random.below(bytes.len())),
        3 => {
            let other = &real[random.below(real.len())];
            bytes.truncate(random.below(bytes.len()));
            bytes.extend(&other[random.below(other.len())..]);
        }
        4 => {
            let at = random.below(bytes.len());
            bytes.splice(at..at, random.bytes(16));
        }
        _ => {}
    }
    for _ in 0..random.below(4) {
        if !bytes.is_empty() {
            let at = random.below(bytes.len());
            bytes[at] = [random.byte(), 0, 0xff, 0x7f, 0x80, 1][random.below(6)];
        }
    }
    bytes
}

/// Counts what the crate logs as a panic of a connection's task.
#[derive(Clone, Default)]
struct Panics(Arc<AtomicUsize>);

impl tracing::Subscriber for Panics {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        *metadata.level() == tracing::Level::ERROR
    }

    fn event(&self, event: &tracing::Event<'_>) {
        if event.metadata().target().contains("connections") {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// Panics that are caught are an error of their message; what they print would bury everything else.
fn without_reports_of_panics() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.location().is_some_and(|location| location.file().contains("tests/")) {
            report(panic);
        }
    }));
}

/// Memory that the process holds, in bytes. 0 where the system does not tell.
fn memory() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}

/// Sends `bytes` and takes whatever comes, to the end.
async fn attack(mut io: impl AsyncRead + AsyncWrite + Unpin, bytes: &[u8]) {
    // Where the other end has closed already, that is an answer, too.
    let _sent = io.write_all(bytes).await;
    let _flushed = io.flush().await;
    let _shut = io.shutdown().await;
    let _ended = io.read_to_end(&mut Vec::new()).await;
}

#[tokio::test]
async fn a_server_survives_hostile_messages() {
    run_in_own_process!();
    without_reports_of_panics();
    let panics = Panics::default();
    let _guard = tracing::subscriber::set_default(panics.clone());
    let options = ServeOptions::default().with_message_timeout(Duration::from_millis(500));
    let tcp = Server::start_with(StdNet::bind("127.0.0.1:0").await.unwrap(), EchoHandler, options);
    let ws = Server::start_with(WebSocket::bind("ws://127.0.0.1:0/x").await.unwrap(), EchoHandler, options);
    let kinds = [CALL, ONE_WAY, REPLY, EXCEPTION];
    let mut thrift: Vec<_> = kinds.into_iter().map(|kind| message(kind, "echo", "hello")).collect();
    thrift.extend(kinds.into_iter().map(|kind| compact(kind, 1)));
    let real = real(&thrift);
    let mut random = Random(0x5eed_0001);
    let websocket = WebSocket::to(&ws.endpoint);
    let before = memory();
    for _ in 0..3000 {
        let bytes = hostile(&mut random, &real);
        if random.below(4) == 0 {
            let io = websocket.call(NOWHERE).await.unwrap();
            within(attack(io, &bytes)).await;
        } else {
            let io = TcpStream::connect(tcp.endpoint.authority().unwrap()).await.unwrap();
            within(attack(io, &bytes)).await;
        }
    }
    assert!(memory().saturating_sub(before) < 64 << 20, "{} MiB more", (memory() - before) >> 20);
    assert_eq!(echo(&client!(StdNet::to(&tcp.endpoint)), "still there").await, "still there");
    assert_eq!(echo(&client!(WebSocket::to(&ws.endpoint)), "still there").await, "still there");
    assert_eq!((tcp.stop().await.cut_off, ws.stop().await.cut_off), (0, 0));
    assert_eq!(panics.0.load(Ordering::Relaxed), 0, "tasks that panicked");
}

const NOWHERE: Address =
    Address::Ip(std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0));

#[tokio::test]
async fn a_websocket_server_survives_hostile_frames() {
    run_in_own_process!();
    without_reports_of_panics();
    let panics = Panics::default();
    let _guard = tracing::subscriber::set_default(panics.clone());
    let server = Server::start(WebSocket::bind("ws://127.0.0.1:0/x").await.unwrap(), EchoHandler);
    let mut random = Random(0x5eed_0002);
    let frames = |payload: &[u8], opcode: u8| {
        let mut frame = vec![0x80 | opcode, 0x80 | u8::try_from(payload.len()).unwrap(), 0, 0, 0, 0];
        frame.extend(payload);
        frame
    };
    let call = framed(&message(CALL, "echo", "hello"));
    let mut real = vec![frames(&call, 2), frames(b"ping", 9), frames(&[3, 232], 8), frames(b"", 0), frames(b"", 2)];
    real.push(real.concat());
    let head = "GET /x HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    for round in 0..600 {
        let mut bytes = head.as_bytes().to_vec();
        if round % 8 == 0 {
            let at = random.below(bytes.len());
            bytes[at] = random.byte();
        }
        for _ in 0..=random.below(3) {
            bytes.extend(hostile(&mut random, &real));
        }
        let io = TcpStream::connect(server.endpoint.authority().unwrap()).await.unwrap();
        within(attack(io, &bytes)).await;
    }
    assert_eq!(echo(&client!(WebSocket::to(&server.endpoint)), "still there").await, "still there");
    server.stop().await;
    assert_eq!(panics.0.load(Ordering::Relaxed), 0, "tasks that panicked");
}

/// Answers each connection's first call with what `answers` has next, and closes it.
async fn answer_all(listener: TcpListener, mut answers: impl Iterator<Item = Vec<u8>>) {
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_message(&mut stream).await;
        // The client may have given up.
        let _sent = stream.write_all(&answers.next().unwrap()).await;
    }
}

#[tokio::test]
async fn a_client_survives_hostile_answers() {
    run_in_own_process!();
    without_reports_of_panics();
    let (listener, address) = silent().await;
    let mut random = Random(0x5eed_0003);
    let mut next = 0;
    let answers = std::iter::from_fn(move || {
        let thrift = [reply(next), message(EXCEPTION, "echo", "hello"), compact(REPLY, 0), compact(EXCEPTION, 0)];
        next += 1;
        Some(hostile(&mut random, &real(&thrift)))
    });
    let server = tokio::spawn(answer_all(listener, answers));
    let channel = Channel::new(StdNet::to(address));
    let builder = EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
    let client = builder.connect_through(channel.clone()).build();
    let before = memory();
    let mut failed = 0;
    for _ in 0..3000 {
        let client = client.clone();
        let call = tokio::spawn(async move { client.echo(request("hello")).await });
        failed += usize::from(within(call).await.expect("the call does not panic").is_err());
    }
    assert!(failed > 1000, "{failed} of the answers are wrong");
    assert!(memory().saturating_sub(before) < 64 << 20, "{} MiB more", (memory() - before) >> 20);
    server.abort();
}
