//! Two ends of a yamux session do what the input says, and a model knows what each stream has to deliver; and any bytes
//! are sent to a session.

#![no_main]

use std::collections::VecDeque;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use volplane_transport::fuzzing::connect;
use volplane_transport::{Incoming, Listener, Memory, Outgoing, Peer, Yamux, YamuxStream};

/// Longer than anything takes that need not wait: the clock is paused.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many bytes of a stream may wait to be read: below the window of 256 KiB, so that no write has to wait.
const WAITING: usize = 200 * 1024;

const STREAMS: usize = 8;

/// One end of a stream, and what the other end has written and this one has not read.
struct End {
    io: Option<YamuxStream>,
    expected: VecDeque<u8>,
    has_shut_down: bool,
}

impl End {
    fn new(io: YamuxStream) -> Self {
        Self { io: Some(io), expected: VecDeque::new(), has_shut_down: false }
    }
}

/// The two ends of each stream. Once one was dropped, nothing is expected of the other.
#[derive(Default)]
struct Model {
    streams: Vec<[End; 2]>,
    written: u8,
}

impl Model {
    async fn open(&mut self, outgoing: &Outgoing, incoming: &mut Incoming<impl Peer>) {
        if self.streams.len() >= STREAMS {
            return;
        }
        let mut io = timeout(PATIENCE, outgoing.open()).await.expect("no wait").expect("a stream");
        // The first byte opens it at the other end.
        io.write_all(b"!").await.expect("a new stream can be written");
        io.flush().await.expect("a new stream can be flushed");
        let (mut other, _) = timeout(PATIENCE, incoming.accept()).await.expect("the stream arrives").expect("open");
        assert_eq!(other.read_u8().await.expect("the first byte"), b'!');
        self.streams.push([End::new(io), End::new(other)]);
    }

    async fn step(&mut self, operation: u8, which: usize, amount: usize) {
        let Some(stream) = which.checked_rem(self.streams.len()).and_then(|at| self.streams.get_mut(at)) else {
            return;
        };
        let (near, far) = if operation & 1 == 0 { (0, 1) } else { (1, 0) };
        let whole = stream.iter().all(|end| end.io.is_some());
        let [ref mut a, ref mut b] = *stream;
        let (near, far) = if near < far { (a, b) } else { (b, a) };
        let Some(io) = &mut near.io else { return };
        match operation / 2 % 4 {
            0 if !near.has_shut_down && far.expected.len() + amount <= WAITING => {
                let bytes: Vec<u8> = (0..amount)
                    .map(|_| {
                        self.written = self.written.wrapping_add(1);
                        self.written
                    })
                    .collect();
                let written = timeout(PATIENCE, async {
                    io.write_all(&bytes).await?;
                    io.flush().await
                });
                let written = written.await.expect("no write waits below the window");
                assert!(written.is_ok() || !whole, "{written:?}");
                far.expected.extend(bytes);
            }
            1 if whole => {
                let count = amount.min(near.expected.len());
                let mut bytes = vec![0; count];
                timeout(PATIENCE, io.read_exact(&mut bytes)).await.expect("it was written").expect("it is delivered");
                let expected: Vec<u8> = near.expected.drain(..count).collect();
                assert!(bytes == expected, "other bytes than were written");
                if near.expected.is_empty() && far.has_shut_down {
                    assert_eq!(timeout(PATIENCE, io.read(&mut [0])).await.expect("an end").expect("no reset"), 0);
                }
            }
            2 if !near.has_shut_down => {
                let done = timeout(PATIENCE, io.shutdown()).await.expect("no wait");
                assert!(done.is_ok() || !whole, "{done:?}");
                near.has_shut_down = true;
            }
            3 if amount % 16 == 0 => drop(near.io.take()),
            _ => {}
        }
    }
}

async fn conversation(input: &[u8]) {
    let (connector, listener) = Memory::pair();
    let mut sessions = Yamux::listen(listener);
    let (dialed, accepted) = tokio::join!(Yamux::connect(connector), sessions.accept());
    let (first, mut first_incoming) = dialed.expect("a session").split();
    let (second, mut second_incoming) = accepted.expect("a session").0.split();
    let mut model = Model::default();
    for operation in input.chunks_exact(3) {
        let amount = usize::from(operation[2]) * 64;
        match operation[0] % 16 {
            0 => model.open(&first, &mut second_incoming).await,
            1 => model.open(&second, &mut first_incoming).await,
            _ => model.step(operation[0], usize::from(operation[1]), amount).await,
        }
    }
}

async fn any_bytes(input: &[u8]) {
    let (connector, listener) = Memory::pair();
    let mut sessions = Yamux::listen(listener);
    let mut io = connect(&connector).await.expect("a connection");
    let (session, _) = sessions.accept().await.expect("a session");
    let (outgoing, mut incoming) = session.split();
    let accepting = tokio::spawn(async move { while incoming.accept().await.is_some() {} });
    // The session may end before it has read all.
    io.write_all(input).await.ok();
    io.shutdown().await.ok();
    io.read_to_end(&mut Vec::new()).await.expect("the session ends");
    drop(outgoing);
    accepting.await.expect("accepting does not panic");
}

fuzz_target!(|input: &[u8]| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        match input.split_first() {
            Some((0..128, input)) => conversation(input).await,
            Some((_, input)) => any_bytes(input).await,
            None => {}
        }
    });
});
