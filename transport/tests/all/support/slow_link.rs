//! A link in memory that is slow, has a large buffer in each direction, and can be cut without an end. Made for the
//! paused clock: no byte waits in a socket.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use volo::net::Address;
use volplane_transport::{Listener, Memory, MemoryListener};

/// As much as Linux buffers of a socket at most.
const BUFFER: usize = 4 * 1024 * 1024;

/// How often bytes are carried.
fn tick(rate: usize) -> Duration {
    if rate < 1_000_000 { Duration::from_millis(50) } else { Duration::from_millis(1) }
}

/// What the test can do to the link, and see of it.
#[derive(Clone, Default)]
pub struct Control {
    /// How many of the connections are cut.
    cut: Arc<AtomicUsize>,
    /// Connections made.
    connections: Arc<AtomicUsize>,
    /// Bytes carried, both directions together.
    carried: Arc<AtomicUsize>,
    /// Ends of connections that were closed: two for each.
    closed: Arc<AtomicUsize>,
}

impl Control {
    /// From now on the connections of today carry nothing, and don't end. New ones are not affected.
    pub fn cut(&self) {
        self.cut.store(self.connections(), Ordering::SeqCst);
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn closed(&self) -> usize {
        self.closed.load(Ordering::SeqCst)
    }

    pub fn carried(&self) -> usize {
        self.carried.load(Ordering::SeqCst)
    }
}

/// A link of `rate` bytes per second: the connector of one end, the listener of the other, and the task that carries.
pub fn slow_link(rate: usize) -> (Memory, MemoryListener, Control, JoinSet<()>) {
    let (near, mut accepted) = Memory::pair();
    let (further, far) = Memory::pair();
    let control = Control::default();
    let mut task = JoinSet::new();
    task.spawn({
        let control = control.clone();
        async move {
            let mut pumps = JoinSet::new();
            while let Some((near, _)) = accepted.accept().await {
                let number = control.connections.fetch_add(1, Ordering::SeqCst);
                let far = further.call(Address::Ip(([0, 0, 0, 0], 0).into())).await.unwrap();
                let ((near_read, near_write), (far_read, far_write)) = (tokio::io::split(near), tokio::io::split(far));
                for (read, write) in [(near_read, far_write), (far_read, near_write)] {
                    pumps.spawn(carry(read, write, rate, control.clone(), number));
                }
            }
            // The connections end by themselves.
            while pumps.join_next().await.is_some() {}
        }
    });
    (near, far, control, task)
}

async fn carry(
    mut from: ReadHalf<DuplexStream>,
    mut to: WriteHalf<DuplexStream>,
    rate: usize,
    control: Control,
    number: usize,
) {
    let mut ticks = interval(tick(rate));
    // A direction that had nothing to carry has saved nothing up.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut under_way = VecDeque::new();
    let mut ended = false;
    let mut chunk = vec![0; 64 * 1024];
    let mut quota = 0.0;
    loop {
        tokio::select! {
            biased;
            read = from.read(&mut chunk), if !ended && under_way.len() < BUFFER => match read {
                Ok(0) | Err(_) => {
                    ended = true;
                    control.closed.fetch_add(1, Ordering::SeqCst);
                }
                Ok(count) => under_way.extend(&chunk[..count]),
            },
            _ = ticks.tick(), if ended || !under_way.is_empty() => {
                if number < control.cut.load(Ordering::SeqCst) {
                    under_way.clear();
                    // As long as the sender keeps it open.
                    if ended {
                        return;
                    }
                    continue;
                }
                // What is not used is not saved up.
                let part = rate as f64 * tick(rate).as_secs_f64();
                quota = f64::min(quota + part, part + 1.0);
                let count = (quota as usize).min(under_way.len());
                quota -= count as f64;
                let bytes: Vec<u8> = under_way.drain(..count).collect();
                control.carried.fetch_add(count, Ordering::SeqCst);
                if to.write_all(&bytes).await.is_err() {
                    return;
                }
                if ended && under_way.is_empty() {
                    to.shutdown().await.ok();
                    return;
                }
            },
        }
    }
}
