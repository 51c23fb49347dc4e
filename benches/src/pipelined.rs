//! Many callers on one TCP connection without any RPC: the most that one session can do.
//!
//! A request is a header, the caller's number and the length of what follows, and then that many bytes. The server
//! sends it back as it came. At each end requests are written in batches: as many as there are, in one write.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{BufMut, Bytes};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Notify, mpsc};
use tokio::task::{JoinSet, yield_now};

use crate::load::Caller;

/// The number and the length, 32 bits each, the most significant byte first.
const HEADER: usize = 8;

/// As much as is written at once. Larger messages are not copied for it.
const BATCH: usize = 64 * 1024;

/// From this size on a message is read to its place instead of through a buffer, but for the part behind its header.
const LARGE: usize = 16 * 1024;

/// One of the callers of a connection.
#[derive(Debug)]
pub struct PipelinedCaller {
    connection: Arc<ClientConnection>,
    /// With its header.
    request: Bytes,
    answers: mpsc::Receiver<Vec<u8>>,
    /// Takes the memory of an answer back.
    used: mpsc::Sender<Vec<u8>>,
}

/// What all callers share. The tasks end with the last caller.
#[derive(Debug)]
struct ClientConnection {
    unwritten: Arc<Unwritten>,
    _tasks: JoinSet<io::Result<()>>,
}

/// Requests that wait to be written. Bounded, because each caller waits for its answer before it calls again.
#[derive(Debug, Default)]
struct Unwritten {
    requests: Mutex<Vec<Bytes>>,
    not_empty: Notify,
}

/// Where the reader finds a caller.
#[derive(Debug)]
struct Waiting {
    answers: mpsc::Sender<Vec<u8>>,
    used: mpsc::Receiver<Vec<u8>>,
}

/// Opens one connection for `callers` callers that send `size` bytes each time.
///
/// # Errors
///
/// When the system refuses.
pub async fn connect(to: SocketAddr, callers: u16, size: usize) -> io::Result<Vec<PipelinedCaller>> {
    let stream = TcpStream::connect(to).await?;
    stream.set_nodelay(true)?;
    let (reader, writer) = stream.into_split();
    let unwritten = Arc::new(Unwritten::default());
    let mut tasks = JoinSet::new();
    tasks.spawn(write_requests(writer, Arc::clone(&unwritten)));
    // A caller has one request under way, so there is never more than one answer.
    let (here, there): (Vec<_>, Vec<_>) = (0..callers).map(|_| (mpsc::channel(1), mpsc::channel(1))).map(ends).unzip();
    tasks.spawn(read_answers(Messages::new(reader, size), there));
    let connection = Arc::new(ClientConnection { unwritten, _tasks: tasks });
    let caller = |(number, (answers, used))| PipelinedCaller {
        connection: Arc::clone(&connection),
        request: request(number, &vec![b'x'; size]),
        answers,
        used,
    };
    Ok((0..).zip(here).map(caller).collect())
}

type Channel = (mpsc::Sender<Vec<u8>>, mpsc::Receiver<Vec<u8>>);
type CallersEnd = (mpsc::Receiver<Vec<u8>>, mpsc::Sender<Vec<u8>>);

fn ends(((answers, answered), (used, take_used)): (Channel, Channel)) -> (CallersEnd, Waiting) {
    ((answered, used), Waiting { answers, used: take_used })
}

fn request(number: u32, message: &[u8]) -> Bytes {
    let mut request = Vec::with_capacity(HEADER + message.len());
    request.put_u32(number);
    request.put_u32(length(message.len()));
    request.extend_from_slice(message);
    request.into()
}

impl Caller for PipelinedCaller {
    async fn call(&mut self) -> Result<(), String> {
        let mut answer = self.exchange().await.ok_or("the connection has ended")?;
        answer.clear();
        // Fails only when the reader has ended, which the next call notices.
        let _returned = self.used.try_send(answer);
        Ok(())
    }
}

impl PipelinedCaller {
    /// The answer with its header, whose length has been checked. `None` when the connection has ended.
    async fn exchange(&mut self) -> Option<Vec<u8>> {
        self.connection.unwritten.push(self.request.clone());
        self.answers.recv().await
    }
}

impl Unwritten {
    fn push(&self, request: Bytes) {
        let mut requests = self.requests();
        let is_first = requests.is_empty();
        requests.push(request);
        drop(requests);
        if is_first {
            self.not_empty.notify_one();
        }
    }

    fn requests(&self) -> MutexGuard<'_, Vec<Bytes>> {
        // Nothing that holds the lock panics half-way.
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn write_requests(mut writer: OwnedWriteHalf, unwritten: Arc<Unwritten>) -> io::Result<()> {
    let (mut requests, mut batch) = (Vec::new(), Vec::new());
    loop {
        unwritten.not_empty.notified().await;
        // Callers that are ready to run add their requests first: fewer and larger writes.
        yield_now().await;
        std::mem::swap(&mut requests, &mut *unwritten.requests());
        for request in requests.drain(..) {
            if batch.len() + request.len() > BATCH {
                writer.write_all(&batch).await?;
                batch.clear();
            }
            if request.len() >= LARGE {
                writer.write_all(&request).await?;
            } else {
                batch.extend_from_slice(&request);
            }
        }
        writer.write_all(&batch).await?;
        batch.clear();
    }
}

async fn read_answers(mut messages: Messages<OwnedReadHalf>, mut callers: Vec<Waiting>) -> io::Result<()> {
    while let Some(number) = messages.next().await? {
        let caller = usize::try_from(number).ok().and_then(|number| callers.get_mut(number));
        let caller = caller.ok_or_else(|| wrong(format!("an answer for caller {number}, who does not exist")))?;
        let mut answer = caller.used.try_recv().unwrap_or_default();
        messages.append_to(&mut answer).await?;
        // A caller that no longer waits has no use for it.
        let _taken = caller.answers.try_send(answer);
    }
    Ok(())
}

/// Serves one connection: sends back each request once all of it is there. Ends with the connection.
///
/// # Errors
///
/// When the connection breaks, or a request is not of `size` bytes.
pub async fn echo(mut stream: TcpStream, size: usize) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (reader, mut writer) = stream.split();
    let mut messages = Messages::new(reader, size);
    let mut batch = Vec::new();
    while messages.next().await?.is_some() {
        messages.append_to(&mut batch).await?;
        if batch.len() + HEADER + size > BATCH || !messages.has_another() {
            writer.write_all(&batch).await?;
            batch.clear();
        }
    }
    Ok(())
}

/// Reads messages of one size.
struct Messages<R> {
    reader: BufReader<R>,
    header: [u8; HEADER],
    size: usize,
}

impl<R: AsyncRead + Unpin> Messages<R> {
    fn new(reader: R, size: usize) -> Self {
        let capacity = if size >= LARGE { 8 * 1024 } else { 64 * 1024 };
        Self { reader: BufReader::with_capacity(capacity, reader), header: [0; HEADER], size }
    }

    /// Reads the next header, and returns the caller's number; `None` at the end of the connection.
    async fn next(&mut self) -> io::Result<Option<u32>> {
        if self.reader.fill_buf().await?.is_empty() {
            return Ok(None);
        }
        self.reader.read_exact(&mut self.header).await?;
        let [number @ .., _, _, _, _] = self.header;
        let [_, _, _, _, found @ ..] = self.header;
        let found = u32::from_be_bytes(found);
        if found != length(self.size) {
            return Err(wrong(format!("expected a message of {} bytes, found {found}", self.size)));
        }
        Ok(Some(u32::from_be_bytes(number)))
    }

    /// Reads the rest of the message whose header was read, and puts both behind what `bytes` holds.
    async fn append_to(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        bytes.extend_from_slice(&self.header);
        let whole = bytes.len() + self.size;
        bytes.reserve(self.size);
        let mut rest = (&mut self.reader).take(self.size as u64);
        while bytes.len() < whole {
            if rest.read_buf(bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    /// Whether all of a further message has already been read.
    fn has_another(&self) -> bool {
        self.reader.buffer().len() >= HEADER + self.size
    }
}

/// The command line allows no more than 8 MiB.
fn length(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

fn wrong(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn server(size: usize) -> (SocketAddr, JoinSet<io::Result<()>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { echo(listener.accept().await?.0, size).await });
        (address, tasks)
    }

    #[tokio::test]
    async fn each_caller_gets_its_own_answers() {
        for size in [1, LARGE - 1, LARGE, 3 * BATCH] {
            let (address, mut serving) = server(size).await;
            let mut calling = JoinSet::new();
            for (number, mut caller) in (0..).zip(connect(address, 8, size).await.unwrap()) {
                calling.spawn(async move {
                    for turn in 0..50 {
                        let message = vec![u8::try_from(number * 16 + turn % 16).unwrap(); size];
                        caller.request = request(number, &message);
                        let answer = caller.exchange().await.unwrap();
                        assert!(answer == caller.request, "caller {number}, turn {turn}");
                    }
                });
            }
            calling.join_all().await;
            serving.join_next().await.unwrap().unwrap().unwrap();
        }
    }

    #[tokio::test]
    async fn a_request_of_another_size_ends_the_connection_and_the_call() {
        let (address, mut serving) = server(7).await;
        let mut callers = connect(address, 1, 8).await.unwrap();
        assert_eq!(callers[0].call().await.unwrap_err(), "the connection has ended");
        let error = serving.join_next().await.unwrap().unwrap().unwrap_err();
        assert_eq!(error.to_string(), "expected a message of 7 bytes, found 8");
    }
}
