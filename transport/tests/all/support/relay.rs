//! A relay between client and server, which does to their bytes what networks do: it delays, throttles, splits, cuts and
//! loses them.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use volplane_transport::{Connection, Listener, StdNet};

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toward {
    Server,
    Client,
}

/// What happens to the bytes of one direction. By default they pass unchanged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fault {
    /// How long each read is held back.
    pub delay: Duration,
    pub bytes_per_second: Option<u32>,
    /// Each byte is written by itself.
    pub single_bytes: bool,
    /// When more than this many bytes of a connection arrive, the rest is lost, and both ends are closed.
    pub cut_at: Option<u64>,
    /// Nothing passes, and nothing is closed. What was sent meanwhile passes afterwards.
    pub silent: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Faults {
    toward_server: Fault,
    toward_client: Fault,
    /// Connections with a lower number are silent for ever.
    first_alive: usize,
}

impl Faults {
    fn of(&self, toward: Toward) -> &Fault {
        match toward {
            Toward::Server => &self.toward_server,
            Toward::Client => &self.toward_client,
        }
    }
}

#[derive(Debug, Default)]
struct Counts {
    toward_server: AtomicU64,
    toward_client: AtomicU64,
    opened: AtomicUsize,
    open: AtomicUsize,
}

/// A running relay. Dropping it closes its connections.
#[derive(Debug)]
pub struct Relay {
    faults: watch::Sender<Faults>,
    counts: Arc<Counts>,
    task: JoinHandle<()>,
}

impl Relay {
    /// Carries what `listener` accepts to a connection that `connect` makes.
    pub fn between<L, C, F>(listener: L, connect: impl Fn() -> F + Send + Sync + 'static) -> Relay
    where
        L: Listener,
        C: Connection,
        F: Future<Output = io::Result<C>> + Send + 'static,
    {
        let (faults, watched) = watch::channel(Faults::default());
        let counts = Arc::new(Counts::default());
        // Ended by the drop of the relay.
        let task = tokio::spawn(accept(listener, connect, watched, Arc::clone(&counts)));
        Relay { faults, counts, task }
    }

    /// A relay over TCP in front of the server at `address`, and where it listens.
    pub async fn tcp(address: String) -> (Relay, String) {
        let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().to_string();
        let connect = move || {
            let address = address.clone();
            async move {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                Ok(stream)
            }
        };
        (Relay::between(listener, connect), here)
    }

    /// From now on, also for connections that are open.
    pub fn set(&self, toward: Toward, fault: Fault) {
        self.faults.send_modify(|faults| match toward {
            Toward::Server => faults.toward_server = fault,
            Toward::Client => faults.toward_client = fault,
        });
    }

    pub fn set_both(&self, fault: Fault) {
        self.set(Toward::Server, fault);
        self.set(Toward::Client, fault);
    }

    pub fn clear(&self) {
        self.set_both(Fault::default());
    }

    /// The connections that are open now stay open, and are silent for ever.
    pub fn bury(&self) {
        self.faults.send_modify(|faults| faults.first_alive = self.opened());
    }

    /// How many bytes were carried, of all connections.
    pub fn carried(&self, toward: Toward) -> u64 {
        self.counts.of(toward).load(Ordering::Relaxed)
    }

    pub fn opened(&self) -> usize {
        self.counts.opened.load(Ordering::Relaxed)
    }

    pub fn open(&self) -> usize {
        self.counts.open.load(Ordering::Relaxed)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Counts {
    fn of(&self, toward: Toward) -> &AtomicU64 {
        match toward {
            Toward::Server => &self.toward_server,
            Toward::Client => &self.toward_client,
        }
    }
}

async fn accept<L, C, F>(
    mut listener: L,
    connect: impl Fn() -> F + Send + Sync + 'static,
    watched: watch::Receiver<Faults>,
    counts: Arc<Counts>,
) where
    L: Listener,
    C: Connection,
    F: Future<Output = io::Result<C>> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Some((near, _)) = accepted else { break };
                let number = counts.opened.fetch_add(1, Ordering::Relaxed);
                let (far, watched, counts) = (connect(), watched.clone(), Arc::clone(&counts));
                connections.spawn(async move {
                    counts.open.fetch_add(1, Ordering::Relaxed);
                    if let Ok(far) = far.await {
                        carry(near, far, number, watched, &counts).await;
                    }
                    counts.open.fetch_sub(1, Ordering::Relaxed);
                });
            }
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
    while connections.join_next().await.is_some() {}
}

/// Carries one connection until both directions have ended, or one was cut.
async fn carry(
    near: impl Connection,
    far: impl Connection,
    number: usize,
    faults: watch::Receiver<Faults>,
    counts: &Counts,
) {
    let ((from_near, to_near), (from_far, to_far)) = (tokio::io::split(near), tokio::io::split(far));
    let there = pump(from_near, to_far, Toward::Server, number, faults.clone(), counts);
    let back = pump(from_far, to_near, Toward::Client, number, faults, counts);
    // An error is a cut, or an end that closed with bytes on the way: the other end sees it as well.
    let _cut = tokio::try_join!(there, back);
}

/// Carries one direction to its end. An error means that the connection is closed.
async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    toward: Toward,
    number: usize,
    mut watched: watch::Receiver<Faults>,
    counts: &Counts,
) -> io::Result<()> {
    let mut carried = 0;
    let mut buffer = [0; 4096];
    loop {
        let speaks = |faults: &Faults| !faults.of(toward).silent && number >= faults.first_alive;
        let fault = *watched.wait_for(speaks).await.map_err(io::Error::other)?.of(toward);
        // At most a tenth of a second's worth, so that a slow direction is a steady one.
        let most = fault.bytes_per_second.map_or(buffer.len(), |rate| buffer.len().min((rate / 10) as usize).max(1));
        let count = tokio::select! {
            // Bytes that arrive after the fault was set are subject to it.
            biased;
            changed = watched.changed() => {
                changed.map_err(io::Error::other)?;
                continue;
            }
            count = from.read(&mut buffer[..most]) => count?,
        };
        if count == 0 {
            return to.shutdown().await;
        }
        tokio::time::sleep(fault.delay).await;
        let left = fault.cut_at.map_or(u64::MAX, |cut_at| cut_at.saturating_sub(carried));
        let passing = count.min(usize::try_from(left).unwrap_or(usize::MAX));
        let piece = if fault.single_bytes { 1 } else { buffer.len() };
        for bytes in buffer[..passing].chunks(piece) {
            to.write_all(bytes).await?;
            to.flush().await?;
            if fault.single_bytes {
                tokio::task::yield_now().await;
            }
        }
        carried += passing as u64;
        counts.of(toward).fetch_add(passing as u64, Ordering::Relaxed);
        if passing < count {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        if let Some(rate) = fault.bytes_per_second {
            tokio::time::sleep(Duration::from_secs_f64(count as f64 / f64::from(rate))).await;
        }
    }
}
